package dev.convoke.plan;

import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelException;
import dev.convoke.model.TensorShape;

/** What a network may hold at most. Sizes are multiplied as float64 numbers, which do not wrap around. */
final class SizeLimits {
    /**
     * Parameters and running statistics of a network. A checkpoint keeps up to six float32 values for each (weights, two of
     * the optimizer, and all three again of the best epoch), which stay below the gigabyte that a checkpoint may have.
     */
    static final int PARAMETERS = 1 << 25;

    /** Values of one image behind any layer: those of a whole evaluation batch are still counted by an int. */
    static final int IMAGE_VALUES = 1 << 23;

    private SizeLimits() {}

    /**
     * Checks what a layer gives for every image of a batch.
     *
     * @throws ModelException naming the layer, if that is too much for one image or for the batch
     */
    static void checkActivations(String model, String layer, ImageShape shape, int batch) {
        double values = (double) shape.channels() * shape.height() * shape.width();
        if (values > IMAGE_VALUES) {
            throw new ModelException(model + ": " + layer + " has " + shape + " values an image, more than the "
                    + IMAGE_VALUES + " that are allowed; use smaller images, fewer filters or fewer units");
        }
        if (values * batch > Integer.MAX_VALUE) {
            throw new ModelException(model + ": " + layer + " has " + shape
                    + " values an image, too many for a batch of " + batch + "; use a smaller batch size");
        }
    }

    /**
     * Checks that a tensor still fits into the network's memory.
     *
     * @param held parameters and running statistics so far
     * @throws ModelException naming the tensor, if it would be too much
     */
    static void checkParameters(String model, String tensor, int held, TensorShape shape) {
        double total = held + shape.axes().stream().mapToDouble(axis -> axis).reduce(1, (a, b) -> a * b);
        if (total > PARAMETERS) {
            throw new ModelException(model + ": with " + tensor + " of " + shape + " the network has more than the "
                    + PARAMETERS + " parameters that are allowed; use fewer filters or units, or a smaller kernel");
        }
    }
}
