package dev.convoke.datasets;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The fixed split of a data set without one: in each class, in the given order, the third of every five images is a test
 * image, so a fifth of each class to the nearest image. The split is not random.
 */
final class StratifiedSplit {
    /** Fewest images a class needs so that one of them is for testing. */
    static final int LEAST_PER_CLASS = 3;

    private static final int PERIOD = 5;

    private final boolean[] isTest;

    /** Splits images with these labels, {@code [N]}. */
    StratifiedSplit(int[] labels) {
        Map<Integer, Integer> seen = new HashMap<>();
        isTest = new boolean[labels.length];
        for (int i = 0; i < labels.length; i++) {
            isTest[i] = (seen.merge(labels[i], 1, Integer::sum) - 1) % PERIOD == LEAST_PER_CLASS - 1;
        }
    }

    /** Indices of the training images, ascending. */
    int[] train() {
        return IntStream.range(0, isTest.length).filter(i -> !isTest[i]).toArray();
    }

    /** Indices of the test images, ascending. */
    int[] test() {
        return IntStream.range(0, isTest.length).filter(i -> isTest[i]).toArray();
    }
}
