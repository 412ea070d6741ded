package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.Mode;
import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Convolution, ReLU and max pooling by oneDNN and our pooling kernels.
 *
 * <p>ReLU and maximum may change places: the gradient is stopped where the pooled value is 0, in a quarter of the values,
 * before it is spread over the windows.
 */
final class CpuConvolutionPooling extends CpuLayer {
    private final Activations inner; // behind the ReLU, [N, H, W, F]
    private final CpuConvolution convolution;
    private final CpuPooling pooling;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dy;

    /**
     * @param ops convolution, ReLU, pooling
     * @param inner between ReLU and pooling
     */
    CpuConvolutionPooling(
            CpuContext context,
            Mode mode,
            List<Op> ops,
            int place,
            WindowGeometry window,
            int groups,
            WindowGeometry poolingWindow,
            Activations input,
            Activations inner,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.inner = inner;
        convolution = new CpuConvolution(
                context, mode, ops.subList(0, 2), place, window, groups, CpuReluFusion.MASKED_BEFORE, input, inner);
        pooling = new CpuPooling(context, place, ops.get(2), PoolingKind.MAXIMUM, poolingWindow, inner, output);
        y = CpuPartPointers.values(output, parts());
        dy = CpuPartPointers.gradient(output, parts());
        if (dy != null) {
            output.values().usedBackward(place);
        }
    }

    @Override
    public List<Buffer> buffers() {
        List<Buffer> buffers = new ArrayList<>(pooling.buffers());
        buffers.addAll(inner.buffers());
        return buffers;
    }

    @Override
    public String forwardKernels() {
        return convolution.forwardKernels() + "; " + pooling.forwardKernels();
    }

    @Override
    public String backwardKernels() {
        return pooling.backwardKernels() + "; " + convolution.backwardKernels();
    }

    @Override
    void forward(int part, int worker) {
        convolution.forward(part, worker);
        pooling.forward(part, worker);
    }

    @Override
    void backwardData(int part, int worker) {
        if (dy == null) {
            return;
        }
        FloatPointer gradient = dy.floats(part);
        long count = (long) parts().images(part) * output().shape().size();
        Kernels.reluDropoutBackward(y.floats(part), gradient, gradient, count, 1, 1);
        pooling.backwardData(part, worker);
        convolution.backwardData(part, worker);
    }

    @Override
    List<CpuUpdate> updates() {
        return convolution.updates();
    }

    @Override
    List<CpuPackedWeights> packed() {
        return convolution.packed();
    }
}
