package dev.convoke.bench.peers;

/** A peer failed to execute a supported request; it still runs and may execute others. */
final class PeerFailure extends BenchException {
    private final String reason;

    /** @param reason the peer's error message, one line */
    PeerFailure(String message, String reason) {
        super(message);
        this.reason = reason;
    }

    /** The peer's error message, one line. */
    String reason() {
        return "failed: " + reason;
    }
}
