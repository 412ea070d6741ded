package dev.convoke.bench.peers;

/** A network that the peers' layers cannot describe. */
final class UnsupportedNetworkException extends RuntimeException {
    private final String reason;

    /** @param reason one line */
    UnsupportedNetworkException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** One line. */
    String reason() {
        return reason;
    }
}
