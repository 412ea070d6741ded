package dev.convoke.backend;

import dev.convoke.pipeline.EpochOrder;

/** The order of a trial's training images; keeps the epoch asked for last. Not for use by several threads. */
public final class TrainingOrder {
    private static final int NONE = -1;

    private final long seed;
    private final int[] order; // [images], index into the training set by position
    private int epoch = NONE;

    public TrainingOrder(long seed, int images) {
        this.seed = seed;
        this.order = new int[images];
    }

    /** Indices of the training images by position in {@code epoch}; the array is shared and changes with the epoch. */
    public int[] of(int wanted) {
        if (wanted != epoch) {
            EpochOrder.fill(seed, wanted, order);
            epoch = wanted;
        }
        return order;
    }
}
