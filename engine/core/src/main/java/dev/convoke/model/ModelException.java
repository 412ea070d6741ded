package dev.convoke.model;

/** A model, optimizer or schedule that cannot be: the message is one line for the person who wrote it. */
public final class ModelException extends IllegalArgumentException {
    public ModelException(String message) {
        super(message);
    }
}
