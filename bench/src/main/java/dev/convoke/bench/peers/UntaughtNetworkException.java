package dev.convoke.bench.peers;

/** A network that the peers' layers cannot describe. */
final class UntaughtNetworkException extends RuntimeException {
    private final String reason;

    /** @param reason one line */
    UntaughtNetworkException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** One line. */
    String reason() {
        return reason;
    }
}
