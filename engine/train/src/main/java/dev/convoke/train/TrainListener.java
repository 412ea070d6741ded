package dev.convoke.train;

/** Receives the events of a run, on the training thread. */
public interface TrainListener {
    /** Ignores every event. */
    TrainListener SILENT = new TrainListener() {};

    /** Some more steps are done. */
    default void progress(EpochProgress progress) {}

    /** An epoch and its validation are done. */
    default void epochEnded(EpochMetrics metrics) {}

    /** The run is over, one way or another. */
    default void runEnded(TrainResult result) {}
}
