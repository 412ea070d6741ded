package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Mode;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** A dense layer by oneDNN, with the ReLU and the dropout that may follow. */
final class CpuDense extends CpuLayer {
    private final CpuReluFusion relu;
    private final CpuDropout.@Nullable Mask mask; // in training, where something is dropped
    private final float scale;
    private final DnnlPasses passes;
    private final List<CpuUpdate> updates;
    private final List<CpuPackedWeights> packed;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dy;

    /**
     * @param ops the dense layer, and the ReLU and the dropout if present
     * @param mask of the dropout after the ReLU; null for none. Requires a ReLU, so that the output shows which values were
     *     kept
     */
    CpuDense(
            CpuContext context,
            Mode mode,
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
        int inputs = input.shape().channels();
        int units = output.shape().channels();
        boolean bias = op.bias() != null;
        passes = new DnnlPasses(
                context,
                mode,
                op,
                parts(),
                relu,
                input,
                output,
                images -> new DnnlInnerProduct(
                        context.engine(), op.name(), inputs, units, bias, images, context.operands()));
        updates = passes.updates();
        packed = List.of(passes.packed());
        y = CpuPartPointers.values(output, parts());
        dy = CpuPartPointers.gradient(output, parts());
        if (dy != null) {
            input.values().usedBackward(place);
            if (relu == CpuReluFusion.MASKS) {
                output.values().usedBackward(place);
            }
        }
    }

    @Override
    public String forwardKernels() {
        return mask == null ? passes.forwardKernels() : passes.forwardKernels() + "; " + CpuKernels.own("Philox mask");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.masked(relu, passes.backwardKernels());
    }

    @Override
    void forward(int part, int worker) {
        passes.forward(part, worker);
        if (mask != null) {
            mask.apply(y.floats(part), y.floats(part), parts(), part);
        }
    }

    @Override
    void backwardData(int part, int worker) {
        if (dy == null) {
            return;
        }
        if (relu == CpuReluFusion.MASKS) {
            FloatPointer gradient = dy.floats(part);
            long count = (long) parts().images(part) * output().shape().size();
            Kernels.reluDropoutBackward(y.floats(part), gradient, gradient, count, scale, 1);
        }
        passes.backwardData(part, worker);
    }

    @Override
    List<CpuUpdate> updates() {
        return updates;
    }

    @Override
    List<CpuPackedWeights> packed() {
        return packed;
    }
}
