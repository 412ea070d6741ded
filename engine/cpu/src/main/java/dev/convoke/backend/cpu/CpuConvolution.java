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
    private final CpuRectifier rectifier;
    private final DnnlPasses passes;
    private final List<CpuUpdate> updates;
    private final List<CpuPackedWeights> packed;
    private final CpuPieces y;
    private final @Nullable CpuPieces dy;

    /** @param ops the convolution, and the ReLU where there is one */
    CpuConvolution(
            CpuContext context,
            Mode mode,
            List<Op> ops,
            int place,
            WindowGeometry window,
            int groups,
            CpuRectifier rectifier,
            Activations input,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.rectifier = rectifier;
        Op op = ops.get(0);
        boolean bias = op.bias() != null;
        passes = new DnnlPasses(
                context,
                mode,
                op,
                parts(),
                rectifier,
                input,
                output,
                images -> new DnnlConvolution(
                        context.engine(), op.name(), window, groups, bias, images, context.operands()));
        updates = passes.updates();
        packed = List.of(passes.packed());
        y = CpuPieces.values(output, parts());
        dy = CpuPieces.gradient(output, parts());
        if (dy != null) {
            input.values().usedBackward(place);
            if (rectifier == CpuRectifier.MASKS) {
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
        return CpuKernels.masked(rectifier, passes.backwardKernels());
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
        if (rectifier == CpuRectifier.MASKS) {
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
