package dev.convoke.datasets;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** A mirror that did not deliver; a fault of the network or the server, never of the disk here. */
final class TransferException extends Exception {

    /** What can be done about it. */
    enum Kind {
        /** The mirror does not have the file: ask another. */
        REFUSED,
        /** The connection failed or broke: what has come may be continued. */
        BROKEN
    }

    private final Kind kind;

    TransferException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** A description of a connection failure. */
    static TransferException broken(Throwable cause) {
        TransferException fault = new TransferException(Kind.BROKEN, words(cause));
        fault.initCause(cause);
        return fault;
    }

    // The JDK leaves these exceptions without a message.
    private static String words(Throwable cause) {
        if (cause instanceof HttpConnectTimeoutException) {
            return "no connection in time";
        }
        if (cause instanceof ConnectException) {
            boolean unknown = cause.getCause() instanceof ConnectException inner
                    && inner.getCause() instanceof UnresolvedAddressException;
            return unknown || cause.getCause() instanceof UnresolvedAddressException ? "host unknown" : "no connection";
        }
        return DatasetException.reason(cause);
    }
}
