package dev.convoke.datasets;

/** Data that is missing, damaged or not what it should be. The message is one line: file, fault and remedy. */
public final class DatasetException extends RuntimeException {

    public DatasetException(String message) {
        super(oneLine(message));
    }

    public DatasetException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }

    /** A description of the cause: the exception's message, or its class if it has none. */
    static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
