package dev.convoke.backend;

/**
 * Whether a backend can run here.
 *
 * @param available whether sessions can be opened
 * @param detail one human-readable line: what was found, or what is missing and how to install it
 * @param absent whether the machine shows no trace of the device, so that nobody who did not name it expects it
 */
public record Probe(boolean available, String detail, boolean absent) {
    public static Probe found(String detail) {
        return new Probe(true, detail, false);
    }

    public static Probe missing(String detail) {
        return new Probe(false, detail, false);
    }

    public static Probe absent(String detail) {
        return new Probe(false, detail, true);
    }
}
