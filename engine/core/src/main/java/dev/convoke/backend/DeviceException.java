package dev.convoke.backend;

/** A device that is not available or does not support the request; the message is one line with the remedy. Exit code 6. */
public final class DeviceException extends RuntimeException {
    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
