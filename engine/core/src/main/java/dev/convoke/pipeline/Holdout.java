package dev.convoke.pipeline;

import dev.convoke.datasets.ImageSet;
import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;
import java.util.Arrays;

/**
 * A validation part held out of the training images by seed.
 *
 * @param train what is left to train on, in the original order
 * @param validation the images held out, in the original order
 */
public record Holdout(ImageSet train, ImageSet validation) {

    /**
     * Holds {@code count} images out.
     *
     * @throws IllegalArgumentException if nothing would be left on either side
     */
    public static Holdout of(ImageSet images, int count, long seed) {
        if (count < 1 || count >= images.count()) {
            throw new IllegalArgumentException(
                    "cannot hold " + count + " of " + images.count() + " training images out; give a smaller number");
        }
        int[] order = new int[images.count()];
        EpochOrder.fill(Philox.stream(seed, Purpose.HOLDOUT, 0, 0, 0), order);
        return new Holdout(images.select(sorted(order, count, order.length)), images.select(sorted(order, 0, count)));
    }

    private static int[] sorted(int[] order, int from, int to) {
        int[] chosen = Arrays.copyOfRange(order, from, to);
        Arrays.sort(chosen);
        return chosen;
    }
}
