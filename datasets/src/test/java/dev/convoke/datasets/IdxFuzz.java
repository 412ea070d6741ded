package dev.convoke.datasets;

/** IDX arrays, raw and gzip. */
public final class IdxFuzz {
    private static final HostileFile FILE = new HostileFile("images-idx3-ubyte", DatasetException.class);

    private IdxFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(data, IdxReader::read);
    }
}
