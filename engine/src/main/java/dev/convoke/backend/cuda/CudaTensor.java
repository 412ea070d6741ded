package dev.convoke.backend.cuda;

import dev.convoke.backend.ChannelsLast;
import dev.convoke.model.ImageShape;
import dev.convoke.plan.Slot;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A batch of activations between two layers, NHWC, and their gradient.
 *
 * @param slot the plan's slot
 * @param batch N
 * @param folded pixels that a flatten has folded into the channels, 1 for none; see {@link ChannelsLast}
 * @param format of values and gradient
 * @param values {@code [N, H, W, C]}
 * @param gradient of the mean loss, {@code [N, H, W, C]}; null where nobody wants it
 */
record CudaTensor(
        Slot slot,
        int batch,
        int folded,
        CudaFormat format,
        CudaBuffer values,
        @Nullable CudaBuffer gradient) {

    /** A tensor with memory of its own. */
    static CudaTensor of(Slot slot, int batch, int folded, CudaFormat format, boolean wantsGradient) {
        long bytes = (long) batch * slot.shape().size() * format.bytes();
        CudaBuffer gradient = wantsGradient ? new CudaBuffer(slot.name() + " gradient", bytes) : null;
        return new CudaTensor(slot, batch, folded, format, new CudaBuffer(slot.name(), bytes), gradient);
    }

    /** The same memory under another slot: of a layer that has nothing to do. */
    CudaTensor as(Slot other) {
        return new CudaTensor(other, batch, folded, format, values, gradient);
    }

    /** The same memory, rows and columns read as channels. */
    CudaTensor flattened(Slot other) {
        return new CudaTensor(other, batch, folded * ChannelsLast.pixels(slot.shape()), format, values, gradient);
    }

    ImageShape shape() {
        return slot.shape();
    }

    /** The memory behind it. */
    List<CudaBuffer> buffers() {
        return gradient == null ? List.of(values) : List.of(values, gradient);
    }

    /** Values of the whole batch. */
    long count() {
        return (long) batch * slot.shape().size();
    }

    /** N * H * W. */
    long rows() {
        return (long) batch * ChannelsLast.pixels(slot.shape());
    }

    Pointer data() {
        return values.data();
    }

    boolean hasGradient() {
        return gradient != null;
    }

    CudaBuffer gradientBuffer() {
        if (gradient == null) {
            throw new IllegalStateException(slot.name() + " has no gradient");
        }
        return gradient;
    }

    Pointer gradientData() {
        return gradientBuffer().data();
    }
}
