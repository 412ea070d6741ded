package dev.convoke.backend;

/**
 * Whether a backend can run here.
 *
 * @param available whether sessions can be opened
 * @param detail one human-readable line: what was found, or what is missing and how to install it
 */
public record Probe(boolean available, String detail) {
    public static Probe found(String detail) {
        return new Probe(true, detail);
    }

    public static Probe missing(String detail) {
        return new Probe(false, detail);
    }
}
