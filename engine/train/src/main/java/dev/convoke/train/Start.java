package dev.convoke.train;

import dev.convoke.backend.NamedTensors;

/** The initial state of a run. */
public sealed interface Start {
    /** Initial weights from the seed. */
    record Fresh() implements Start {}

    /**
     * The final state of another run. Updates and epochs continue to be counted, as if Keras' {@code fit} was called twice:
     * bias correction and random numbers are those of a longer run. The history begins at epoch 1, and the schedule at its
     * own first step.
     *
     * @param state parameters and statistics, with or without the optimizer's state
     * @param steps updates that led to {@code state}; 0 without the optimizer's state
     * @param epochs epochs that led to {@code state}
     */
    record Continued(NamedTensors state, long steps, int epochs) implements Start {}

    /** Epochs that went before the run's first. */
    default int epochsBefore() {
        return this instanceof Continued continued ? continued.epochs() : 0;
    }

    /** Updates that went before the run's first. */
    default long stepsBefore() {
        return this instanceof Continued continued ? continued.steps() : 0;
    }
}
