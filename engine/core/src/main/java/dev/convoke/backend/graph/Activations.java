package dev.convoke.backend.graph;

import dev.convoke.model.ImageShape;
import dev.convoke.plan.Slot;
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
 * @param valueBytes bytes of a value
 * @param values {@code [N, H, W, C]}
 * @param gradient of the mean loss, {@code [N, H, W, C]}; null where it is not needed
 */
public record Activations(
        Slot slot,
        int batch,
        int folded,
        int valueBytes,
        Buffer values,
        @Nullable Buffer gradient) {

    /** Activations with their own memory. */
    public static Activations of(Slot slot, int batch, int folded, int valueBytes, boolean wantsGradient) {
        Buffer values = buffer(slot, batch, valueBytes, "");
        Buffer gradient = wantsGradient ? buffer(slot, batch, valueBytes, " gradient") : null;
        return new Activations(slot, batch, folded, valueBytes, values, gradient);
    }

    private static Buffer buffer(Slot slot, int batch, int valueBytes, String what) {
        return new Buffer(slot.name() + what, (long) batch * slot.shape().size() * valueBytes);
    }

    /** The same memory under another slot: of a layer that has nothing to do. */
    Activations as(Slot other) {
        return new Activations(other, batch, folded, valueBytes, values, gradient);
    }

    /** The same memory, rows and columns read as channels. */
    Activations flattened(Slot other) {
        int pixels = ChannelsLast.pixels(slot.shape());
        return new Activations(other, batch, folded * pixels, valueBytes, values, gradient);
    }

    /** The same values with another gradient: of one reader of several. */
    Activations branch() {
        return new Activations(slot, batch, folded, valueBytes, values, buffer(slot, batch, valueBytes, " gradient"));
    }

    /** Activations with their own values that share the gradient of {@code other}. */
    public static Activations sharingGradient(Slot slot, Activations other) {
        Buffer values = buffer(slot, other.batch, other.valueBytes, "");
        return new Activations(slot, other.batch, other.folded, other.valueBytes, values, other.gradient);
    }

    public ImageShape shape() {
        return slot.shape();
    }

    /** The memory behind it. */
    public List<Buffer> buffers() {
        return gradient == null ? List.of(values) : List.of(values, gradient);
    }

    /** Values of the whole batch. */
    public long count() {
        return (long) batch * slot.shape().size();
    }

    /** N * H * W. */
    public long rows() {
        return (long) batch * ChannelsLast.pixels(slot.shape());
    }

    public FloatPointer data() {
        return values.floats();
    }

    public boolean hasGradient() {
        return gradient != null;
    }

    public Buffer gradientBuffer() {
        if (gradient == null) {
            throw new IllegalStateException(slot.name() + " has no gradient");
        }
        return gradient;
    }

    public FloatPointer gradientData() {
        return gradientBuffer().floats();
    }
}
