package dev.convoke;

/** A training that did not end with a network: it diverged, or was cancelled. The message says in a line why. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainingException(String message) {
        super(message);
    }
}
