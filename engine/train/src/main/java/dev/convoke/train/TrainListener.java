package dev.convoke.train;

import java.util.function.BiConsumer;

/** Receives the events of a run, on the training thread. */
public interface TrainListener {
    /** Ignores every event. */
    TrainListener SILENT = new TrainListener() {};

    /** Calls {@code action} after each epoch: to log, to stop the run, to scale its learning rate. */
    static TrainListener eachEpoch(BiConsumer<EpochMetrics, RunControl> action) {
        return new TrainListener() {
            @Override
            public void epochEnded(EpochMetrics metrics, RunControl control) {
                action.accept(metrics, control);
            }
        };
    }

    /** Some more steps are done. */
    default void progress(EpochProgress progress) {}

    /** An epoch and its validation are done. */
    default void epochEnded(EpochMetrics metrics) {}

    /**
     * An epoch and its validation are done, and the run may be changed: stopped, or its learning rate scaled. What is decided
     * should follow from the figures alone, else a run is not the same twice.
     */
    default void epochEnded(EpochMetrics metrics, RunControl control) {
        epochEnded(metrics);
    }

    /** The run is over, one way or another. */
    default void runEnded(TrainResult result) {}
}
