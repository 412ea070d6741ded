package dev.convoke.settings;

/** A suite, a setting or a store that cannot be used; the message is one line with the remedy. Exit code 3. */
public final class ConfigurationException extends RuntimeException {
    public ConfigurationException(String message) {
        super(oneLine(message));
    }

    public ConfigurationException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Names and values that it quotes may hold line breaks. */
    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }
}
