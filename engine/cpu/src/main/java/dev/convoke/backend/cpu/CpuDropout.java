package dev.convoke.backend.cpu;

import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Dropout;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** Dropout by itself, in training. */
final class CpuDropout extends CpuLayer {
    private final Mask mask;
    private final CpuPartPointers x;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;

    CpuDropout(CpuContext context, int place, Op op, Dropout layer, Activations input, Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        int pixels = input.shape().height() * input.shape().width();
        mask = new Mask(
                context,
                op.ordinal(),
                DropoutMask.of(layer.rate()),
                input.shape().channels() / input.folded(),
                pixels * input.folded());
        x = CpuPartPointers.values(input, parts());
        y = CpuPartPointers.values(output, parts());
        dx = CpuPartPointers.gradient(input, parts());
        dy = CpuPartPointers.gradient(output, parts());
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own("Philox mask");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("Philox mask, drawn again");
    }

    @Override
    void forward(int part, int worker) {
        mask.apply(x.floats(part), y.floats(part), parts(), part);
    }

    @Override
    void backwardData(int part, int worker) {
        if (dx != null && dy != null) {
            mask.apply(dy.floats(part), dx.floats(part), parts(), part);
        }
    }

    /**
     * The mask of a dropout layer, by which values are kept or set to zero.
     *
     * @param ordinal place among the dropout layers
     * @param channels C of a value's mask word, {@code channel * pixels + pixel}
     * @param pixels H * W
     */
    record Mask(CpuContext context, int ordinal, DropoutMask mask, int channels, int pixels) {
        /** Values of a part, or their gradient; both may be the same memory. */
        void apply(FloatPointer from, FloatPointer to, CpuParts parts, int part) {
            Kernels.dropout(
                    from,
                    to,
                    parts.images(part),
                    channels,
                    pixels,
                    context.trial().seed(),
                    context.step().epoch(),
                    context.step().firstPosition() + parts.from(part),
                    ordinal,
                    mask.threshold(),
                    mask.scale(),
                    1);
        }
    }
}
