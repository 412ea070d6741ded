package dev.convoke.backend;

import dev.convoke.model.ImageShape;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Slot;

/** Shapes of a batch's activations as a {@link Trace} gives them. */
public final class CanonicalShape {
    private CanonicalShape() {}

    /** {@code [N, C, H, W]}, or {@code [N, C]} where an image has a single row and column. */
    public static TensorShape of(Slot slot, int batch) {
        ImageShape shape = slot.shape();
        return shape.height() == 1 && shape.width() == 1
                ? TensorShape.of(batch, shape.channels())
                : TensorShape.of(batch, shape.channels(), shape.height(), shape.width());
    }
}
