package dev.convoke.train;

/** A checkpoint or saved model that cannot be used; the message is one line naming file and field. Exit code 5. */
public final class CheckpointException extends RuntimeException {
    public CheckpointException(String message) {
        super(oneLine(message));
    }

    public CheckpointException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Names and values that it quotes may hold line breaks. */
    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }
}
