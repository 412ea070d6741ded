package dev.convoke.settings;

/** A suite, a setting or a store that cannot be used; the message is one line with the remedy. Exit code 3. */
public final class ConfigurationException extends RuntimeException {
    public ConfigurationException(String message) {
        super(message);
    }

    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
