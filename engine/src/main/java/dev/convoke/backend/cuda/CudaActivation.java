package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.ActivationFunction;
import dev.convoke.plan.Op;

/** An element-wise function by itself. */
final class CudaActivation extends CudaLayer {
    private final CudaContext context;
    private final int kind;
    private final boolean readsInput; // in the backward pass; else it reads the output
    private final float slope;

    CudaActivation(CudaContext context, int place, Op.Activation op, CudaTensor input, CudaTensor output) {
        super(op.name(), place, input, output);
        this.context = context;
        kind = kind(op.function());
        readsInput = op.function() == ActivationFunction.LEAKY_RELU || op.function() == ActivationFunction.GELU;
        slope = (float) op.slope();
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
    String kernels() {
        return "our kernel";
    }

    @Override
    void forward() {
        CudaRuntime.check(
                CudaKernels.activationForward(
                        output().format().code(),
                        kind,
                        input().data(),
                        output().data(),
                        output().count(),
                        slope,
                        context.stream()),
                "convoke_cuda_activation_forward",
                name());
    }

    @Override
    void backward() {
        if (!input().hasGradient()) {
            return;
        }
        CudaRuntime.check(
                CudaKernels.activationBackward(
                        output().format().code(),
                        kind,
                        readsInput ? input().data() : null,
                        readsInput ? null : output().data(),
                        output().gradientData(),
                        input().gradientData(),
                        output().count(),
                        slope,
                        context.stream()),
                "convoke_cuda_activation_backward",
                name());
    }
}
