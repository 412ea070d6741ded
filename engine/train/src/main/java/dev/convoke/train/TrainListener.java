package dev.convoke.train;

/** Hears how a run goes, on the thread that trains. */
public interface TrainListener {
    /** Hears nothing. */
    TrainListener SILENT = new TrainListener() {};

    /** Some more steps are done. */
    default void progress(EpochProgress progress) {}

    /** An epoch and its validation are done. */
    default void epochEnded(EpochMetrics metrics) {}

    /** The run is over, one way or another. */
    default void runEnded(TrainResult result) {}
}
