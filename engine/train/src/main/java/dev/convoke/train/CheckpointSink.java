package dev.convoke.train;

/** Takes a run's state after every epoch. */
public interface CheckpointSink {
    /** Keeps nothing; the state is then not even read from the device. */
    CheckpointSink NONE = progress -> {};

    /** Keeps {@code progress}; when this returns, the run may be killed. */
    void save(TrainProgress progress);
}
