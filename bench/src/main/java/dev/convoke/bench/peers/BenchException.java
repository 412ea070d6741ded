package dev.convoke.bench.peers;

/** A comparison that cannot be made; the message is one line with the remedy. */
final class BenchException extends RuntimeException {
    BenchException(String message) {
        super(message);
    }

    BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
