package dev.convoke.pipeline;

import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;

/** The order in which an epoch visits the training images. */
public final class EpochOrder {
    private EpochOrder() {}

    /**
     * A permutation of {@code 0 .. order.length - 1}, by Fisher and Yates from the end, written into {@code order}: the
     * image at place {@code p} is trained at position {@code p} of the epoch.
     */
    public static void fill(long seed, int epoch, int[] order) {
        fill(Philox.stream(seed, Purpose.SHUFFLE, 0, epoch, 0), order);
    }

    static void fill(Philox.Stream stream, int[] order) {
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int i = order.length - 1; i > 0; i--) {
            int j = stream.below(i, i + 1);
            int held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
    }
}
