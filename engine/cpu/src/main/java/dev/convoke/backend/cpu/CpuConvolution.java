package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Mode;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** Convolution and bias by oneDNN, with the ReLU that may follow. */
final class CpuConvolution extends CpuLayer {
    private final CpuReluFusion relu;
    private final DnnlPasses passes;
    private final List<CpuUpdate> updates;
    private final List<CpuPackedWeights> packed;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dy;

    /** @param ops the convolution, and the ReLU where there is one */
    CpuConvolution(
            CpuContext context,
            Mode mode,
            List<Op> ops,
            int place,
            WindowGeometry window,
            int groups,
            CpuReluFusion relu,
            Activations input,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.relu = relu;
        Op op = ops.get(0);
        boolean bias = op.bias() != null;
        passes = new DnnlPasses(
                context,
                mode,
                op,
                parts(),
                relu,
                input,
                output,
                images -> new DnnlConvolution(
                        context.engine(), op.name(), window, groups, bias, images, context.operands()));
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
        return passes.forwardKernels();
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.masked(relu, passes.backwardKernels());
    }

    @Override
    void forward(int part, int worker) {
        passes.forward(part, worker);
    }

    @Override
    void backwardData(int part, int worker) {
        if (dy == null) {
            return;
        }
        if (relu == CpuReluFusion.MASKS) {
            FloatPointer gradient = dy.floats(part);
            long count = (long) parts().images(part) * output().shape().size();
            Kernels.reluDropoutBackward(y.floats(part), gradient, gradient, count, 1, 1);
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
