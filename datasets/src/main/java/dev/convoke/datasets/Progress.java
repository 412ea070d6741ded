package dev.convoke.datasets;

/** Listens to a download; called often and from the thread that downloads, so it should return at once. */
@FunctionalInterface
public interface Progress {
    /** Hears nothing. */
    Progress NONE = (file, done, total) -> {};

    /**
     * Bytes have arrived.
     *
     * @param file name of the file that is fetched
     * @param done bytes on disk so far, resumed ones included; smaller than before where a server made us start again
     * @param total size of the whole file
     */
    void transferred(String file, long done, long total);

    /** A message for the user: a failed mirror, a wait for another process. */
    default void notice(String line) {}
}
