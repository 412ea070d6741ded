package dev.convoke.backend.graph;

import dev.convoke.backend.CanonicalShape;
import dev.convoke.model.ImageShape;
import dev.convoke.plan.Slot;
import dev.convoke.plan.Tensor;

/**
 * Activations of backends that keep them NHWC.
 *
 * <p>With NHWC a flatten moves no data: {@code [N, H, W, C]} is read as {@code [N, H * W * C]}, while the canonical order
 * of the same values is C, H, W. Layers that read flattened values therefore need to know the {@code H * W} that was folded
 * into the channels.
 */
public final class ChannelsLast {
    private ChannelsLast() {}

    /** Rows times columns. */
    public static int pixels(ImageShape shape) {
        return shape.height() * shape.width();
    }

    /**
     * The canonical tensor of a slot's values.
     *
     * @param folded pixels that a flatten has folded into the channels, 1 for none
     * @param values {@code [N, H, W, folded, C]}
     */
    public static Tensor canonical(Slot slot, int batch, int folded, float[] values) {
        float[] canonical = new float[values.length];
        int pixels = pixels(slot.shape());
        int channels = slot.shape().channels() / folded;
        for (int i = 0; i < values.length; i++) {
            int c = i % channels;
            int fold = i / channels % folded;
            int pixel = i / channels / folded % pixels;
            int n = i / channels / folded / pixels;
            canonical[((n * channels + c) * folded + fold) * pixels + pixel] = values[i];
        }
        return new Tensor(CanonicalShape.of(slot, batch), canonical);
    }
}
