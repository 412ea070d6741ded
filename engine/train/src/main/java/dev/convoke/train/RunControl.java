package dev.convoke.train;

/** What a listener may change about a run after each epoch. */
public interface RunControl {
    /** Ends the run after this epoch, as early stopping does: the best epoch is restored where the run keeps it. */
    void stop();

    /**
     * From the next epoch on every learning rate is the schedule's times {@code factor}, in place of an earlier factor. A run
     * that is resumed from a checkpoint does not know it: set it again.
     *
     * @param factor positive and finite
     */
    void scaleRate(double factor);
}
