package dev.convoke.model;

/** An invalid model, optimizer or schedule; the message is one line for the user. */
public final class ModelException extends IllegalArgumentException {
    public ModelException(String message) {
        super(message);
    }
}
