package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.model.ActivationFunction;
import dev.convoke.plan.Op;
import org.bytedeco.javacpp.FloatPointer;

/** An element-wise function by itself. */
final class CpuActivation extends CpuLayer {
    private final int kind;
    private final boolean readsInput; // in the backward pass; else it reads the output
    private final float slope;
    private final int threads;

    CpuActivation(CpuContext context, int place, Op.Activation op, CpuTensor input, CpuTensor output) {
        super(place, input, output);
        kind = kind(op.function());
        readsInput = op.function() == ActivationFunction.LEAKY_RELU || op.function() == ActivationFunction.GELU;
        slope = (float) op.slope();
        threads = context.threads();
        if (input.hasGradient()) {
            (readsInput ? input : output).values().usedBackward(place);
        }
    }

    private static int kind(ActivationFunction function) {
        return switch (function) {
            case RELU -> Kernels.RELU;
            case LEAKY_RELU -> Kernels.LEAKY_RELU;
            case GELU -> Kernels.GELU;
            case TANH -> Kernels.TANH;
            case SIGMOID -> Kernels.SIGMOID;
        };
    }

    @Override
    String forwardKernels() {
        return CpuKernels.own("activation");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.own("activation");
    }

    @Override
    void forward() {
        Kernels.activationForward(kind, input().data(), output().data(), output().count(), slope, threads);
    }

    @Override
    void backward() {
        if (!input().hasGradient()) {
            return;
        }
        FloatPointer x = readsInput ? input().data() : null;
        FloatPointer y = readsInput ? null : output().data();
        Kernels.activationBackward(
                kind, x, y, output().gradientData(), input().gradientData(), output().count(), slope, threads);
    }
}
