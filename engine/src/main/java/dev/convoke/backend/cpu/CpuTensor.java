package dev.convoke.backend.cpu;

import dev.convoke.backend.ChannelsLast;
import dev.convoke.model.ImageShape;
import dev.convoke.plan.Slot;
import dev.convoke.plan.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * A batch of activations between two layers, NHWC, and their gradient.
 *
 * <p>A flatten moves nothing: what was {@code [N, H, W, C]} is then read as {@code [N, H * W * C]}, while the canonical
 * order of the same values is C, H, W. {@code folded} remembers the {@code H * W} of it.
 *
 * @param slot the plan's slot
 * @param batch N
 * @param folded pixels that a flatten has folded into the channels, 1 for none
 * @param values {@code [N, H, W, C]}
 * @param gradient of the mean loss, {@code [N, H, W, C]}; null where nobody wants it
 */
record CpuTensor(
        Slot slot,
        int batch,
        int folded,
        CpuBuffer values,
        @Nullable CpuBuffer gradient) {

    /** A tensor with memory of its own. */
    static CpuTensor of(Slot slot, int batch, int folded, boolean wantsGradient) {
        long bytes = (long) batch * slot.shape().size() * Float.BYTES;
        CpuBuffer gradient = wantsGradient ? new CpuBuffer(slot.name() + " gradient", bytes) : null;
        return new CpuTensor(slot, batch, folded, new CpuBuffer(slot.name(), bytes), gradient);
    }

    /** The same memory under another slot: of a layer that has nothing to do. */
    CpuTensor as(Slot other) {
        return new CpuTensor(other, batch, folded, values, gradient);
    }

    /** The same memory, rows and columns read as channels. */
    CpuTensor flattened(Slot other) {
        return new CpuTensor(other, batch, folded * ChannelsLast.pixels(slot.shape()), values, gradient);
    }

    ImageShape shape() {
        return slot.shape();
    }

    /** The memory behind it. */
    List<CpuBuffer> buffers() {
        return gradient == null ? List.of(values) : List.of(values, gradient);
    }

    /** Values of the whole batch. */
    long count() {
        return (long) batch * slot.shape().size();
    }

    FloatPointer data() {
        return values.floats();
    }

    boolean hasGradient() {
        return gradient != null;
    }

    CpuBuffer gradientBuffer() {
        if (gradient == null) {
            throw new IllegalStateException(slot.name() + " has no gradient");
        }
        return gradient;
    }

    FloatPointer gradientData() {
        return gradientBuffer().floats();
    }

    /** A copy of {@code source}, this tensor's values or gradient, canonical. */
    Tensor canonical(FloatPointer source) {
        float[] ours = new float[(int) count()];
        source.get(ours);
        return ChannelsLast.canonical(slot, batch, folded, ours);
    }
}
