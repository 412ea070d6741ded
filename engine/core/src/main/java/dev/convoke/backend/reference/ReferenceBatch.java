package dev.convoke.backend.reference;

import dev.convoke.datasets.ImageSet;

/**
 * The images of one step.
 *
 * @param images {@code [N, C, H, W]}
 * @param set where their targets stand
 * @param indices {@code [N]}, which images of the set they are
 * @param epoch of the step; dropout counts by it
 * @param firstPosition position in the epoch's order of the first image
 */
record ReferenceBatch(double[] images, ImageSet set, int[] indices, int epoch, int firstPosition) {
    /** N. */
    int count() {
        return indices.length;
    }
}
