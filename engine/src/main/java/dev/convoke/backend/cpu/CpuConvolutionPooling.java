package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolution, ReLU and max pooling by oneDNN and our pooling kernels.
 *
 * <p>ReLU and maximum may change places: the gradient is stopped where the pooled value is 0, in a quarter of the values,
 * before it is spread over the windows.
 */
final class CpuConvolutionPooling extends CpuLayer {
    private final CpuTensor inner; // behind the ReLU, [N, H, W, F]
    private final CpuConvolution convolution;
    private final CpuPooling pooling;
    private final int threads;

    /** @param inner the tensor between convolution and pooling */
    CpuConvolutionPooling(
            CpuContext context,
            CpuMode mode,
            int place,
            Op.Convolution convolutionOp,
            Op.Pooling poolingOp,
            CpuTensor input,
            CpuTensor inner,
            CpuTensor output) {
        super(place, input, output);
        this.inner = inner;
        threads = context.threads();
        convolution = new CpuConvolution(context, mode, place, convolutionOp, CpuRectifier.MASKED_BEFORE, input, inner);
        pooling = new CpuPooling(context, place, poolingOp, inner, output);
        if (mode == CpuMode.TRAINING) {
            output.values().usedBackward(place);
        }
    }

    @Override
    List<CpuBuffer> buffers() {
        List<CpuBuffer> buffers = new ArrayList<>(pooling.buffers());
        buffers.addAll(inner.buffers());
        return buffers;
    }

    @Override
    String forwardKernels() {
        return convolution.forwardKernels() + "; " + pooling.forwardKernels();
    }

    @Override
    String backwardKernels() {
        return pooling.backwardKernels() + "; " + convolution.backwardKernels();
    }

    @Override
    void forward() {
        convolution.forward();
        pooling.forward();
    }

    @Override
    void backward() {
        Kernels.reluDropoutBackward(
                output().data(), output().gradientData(), output().gradientData(), output().count(), 1, threads);
        pooling.backward();
        convolution.backward();
    }
}
