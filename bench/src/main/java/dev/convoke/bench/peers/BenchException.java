package dev.convoke.bench.peers;

/** A comparison that cannot be made; the message is one line with the remedy. */
sealed class BenchException extends RuntimeException permits PeerFailure {
    BenchException(String message) {
        super(message);
    }

    BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
