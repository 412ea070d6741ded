package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer by our own kernels, which skip the zeros after ReLU, pooling and dropout, with an optional following ReLU
 * and dropout.
 */
final class CpuSparseDense extends CpuLayer {
    private static final int UNIT_STEP = 16; // a cache line of the packed weights

    private final int inputs;
    private final int units;
    private final CpuReluFusion relu;
    private final CpuDropout.@Nullable Mask mask; // in training, where something is dropped
    private final float scale;
    private final CpuPackings.Shared packed; // [inputs, units]
    private final List<CpuPackedWeights> packedWeights;
    private final FloatPointer kernel; // [units, inputs]
    private final FloatPointer bias; // [units]
    private final FloatPointer kernelGradient;
    private final FloatPointer biasGradient;
    private final List<CpuUpdate> updates;
    private final CpuPartPointers x;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;

    /**
     * @param ops the dense layer, and the ReLU and the dropout if present
     * @param mask of the dropout after the ReLU; null for none. Requires a ReLU, so that the output shows which values were
     *     kept
     */
    CpuSparseDense(
            CpuContext context,
            List<Op> ops,
            int place,
            CpuReluFusion relu,
            CpuDropout.@Nullable Mask mask,
            Activations input,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.relu = relu;
        this.mask = mask;
        scale = mask == null ? 1 : mask.mask().scale();
        Op op = ops.get(0);
        inputs = input.shape().channels();
        units = output.shape().channels();
        kernel = context.parameters().of(op.kernel());
        packed = context.packings()
                .of(
                        op.kernel(),
                        kernel,
                        Kernels.densePreparedBytes(inputs, units),
                        units,
                        (weights, from, to, copy) -> Kernels.densePrepare(weights, inputs, units, from, to, copy));
        packedWeights = List.of(packed.weights());
        context.workspaces().atLeast(Kernels.denseWorkspaceBytes(input.batch(), units));
        CpuBias ofBias = CpuBias.of(context, op, units);
        bias = ofBias.values();
        biasGradient = ofBias.gradient();
        kernelGradient = context.gradients().of(op.kernel());
        x = CpuPartPointers.values(input, parts());
        y = CpuPartPointers.values(output, parts());
        dx = CpuPartPointers.gradient(input, parts());
        dy = CpuPartPointers.gradient(output, parts());
        if (dy != null) {
            input.values().usedBackward(place);
            if (relu == CpuReluFusion.MASKS) {
                output.values().usedBackward(place);
            }
        }
        updates = dy != null && op.isTrained()
                ? CpuFilterRanges.of(units, UNIT_STEP, context.threads())
                        .updates(op, packed.weights(), context.packings(), this::backwardUnits)
                : List.of();
    }

    @Override
    public String forwardKernels() {
        String product = CpuKernels.own("dense, over what is not zero");
        return mask == null ? product : product + "; " + CpuKernels.own("Philox mask");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.masked(relu, CpuKernels.own("dense, over what is not zero"));
    }

    @Override
    void forward(int part, int worker) {
        Kernels.denseForward(
                x.floats(part),
                packed.floats(),
                bias,
                parts().images(part),
                inputs,
                units,
                relu == CpuReluFusion.NONE ? 0 : 1,
                y.floats(part),
                context().workspaces().of(worker));
        if (mask != null) {
            mask.apply(y.floats(part), y.floats(part), parts(), part);
        }
    }

    @Override
    void backwardData(int part, int worker) {
        if (dy == null) {
            return;
        }
        FloatPointer gradient = dy.floats(part);
        if (relu == CpuReluFusion.MASKS) {
            long count = (long) parts().images(part) * units;
            Kernels.reluDropoutBackward(y.floats(part), gradient, gradient, count, scale, 1);
        }
        if (dx != null) {
            Kernels.denseBackwardData(gradient, kernel, parts().images(part), inputs, units, dx.floats(part));
        }
    }

    @Override
    List<CpuUpdate> updates() {
        return updates;
    }

    @Override
    List<CpuPackedWeights> packed() {
        return packedWeights;
    }

    /** Sets the gradients of units {@code from .. to - 1}. */
    private void backwardUnits(int from, int to, int worker) {
        Kernels.denseBackwardUnits(
                input().data(),
                output().gradientData(),
                input().batch(),
                inputs,
                units,
                from,
                to,
                kernelGradient,
                biasGradient,
                context().workspaces().of(worker));
    }
}
