package dev.convoke.bench.peers;

/** A peer could not serve a request that it should have served; it still runs, and may serve others. */
final class PeerFailure extends BenchException {
    private final String reason;

    /** @param reason what the peer said, one line */
    PeerFailure(String message, String reason) {
        super(message);
        this.reason = reason;
    }

    /** What the peer said, one line. */
    String reason() {
        return "failed: " + reason;
    }
}
