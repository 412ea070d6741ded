package dev.convoke.train;

import dev.convoke.backend.NamedTensors;

/** Where a run begins. */
public sealed interface Start {
    /** Initial weights from the seed. */
    record Fresh() implements Start {}

    /**
     * Where another run ended. Updates and epochs go on counting, as they do when Keras' {@code fit} is called twice: bias
     * correction and chance see a longer run. The history begins at epoch 1, and the schedule at its own first step.
     *
     * @param state parameters and statistics, with or without the optimizer's state
     * @param steps updates behind {@code state}; 0 without the optimizer's state
     * @param epochs epochs behind {@code state}
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
