package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;

/** Convolution and bias by oneDNN, with the ReLU that may follow. */
final class CpuConvolution extends CpuLayer {
    private final CpuRectifier rectifier;
    private final int threads;
    private final CpuAffine affine;

    CpuConvolution(
            CpuContext context,
            CpuMode mode,
            int place,
            Op.Convolution op,
            CpuRectifier rectifier,
            CpuTensor input,
            CpuTensor output) {
        super(place, input, output);
        this.rectifier = rectifier;
        threads = context.threads();
        DnnlConvolution convolution = new DnnlConvolution(context.engine(), op, input.batch(), context.operands());
        affine = new CpuAffine(context, mode, convolution, rectifier, op.kernel(), op.bias(), input, output);
        if (mode == CpuMode.TRAINING) {
            input.values().usedBackward(place);
            if (rectifier == CpuRectifier.MASKS) {
                output.values().usedBackward(place);
            }
        }
    }

    @Override
    String forwardKernels() {
        return affine.forwardKernels();
    }

    @Override
    String backwardKernels() {
        return CpuKernels.masked(rectifier, affine.backwardKernels());
    }

    @Override
    void forward() {
        affine.forward();
    }

    @Override
    void backward() {
        if (rectifier == CpuRectifier.MASKS) {
            Kernels.reluDropoutBackward(
                    output().data(), output().gradientData(), output().gradientData(), output().count(), 1, threads);
        }
        affine.backward();
    }
}
