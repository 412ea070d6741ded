package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.plan.Op;
import java.util.List;

/** An element-wise function by itself. */
final class CudaActivation extends CudaLayer {
    private final int kind;
    private final boolean readsInput; // in the backward pass; else it reads the output
    private final float slope;

    CudaActivation(CudaContext context, int place, Op op, Activation layer, Activations input, Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        kind = kind(layer.function());
        readsInput = layer.function() == ActivationFunction.LEAKY_RELU || layer.function() == ActivationFunction.GELU;
        slope = (float) layer.slope();
        if (output.hasGradient()) {
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
    public String forwardKernels() {
        return "ours: activation";
    }

    @Override
    public String backwardKernels() {
        return "ours: activation";
    }

    @Override
    public void forward() {
        CudaRuntime.check(
                CudaKernels.activationForward(
                        type(), kind, input().data(), output().data(), output().count(), slope, context().stream()),
                "convoke_cuda_activation_forward",
                name());
    }

    @Override
    void queueBackward() {
        CudaRuntime.check(
                CudaKernels.activationBackward(
                        type(),
                        kind,
                        readsInput ? input().data() : null,
                        readsInput ? null : output().data(),
                        output().gradientData(),
                        input().gradientData(),
                        output().count(),
                        slope,
                        context().stream()),
                "convoke_cuda_activation_backward",
                name());
    }
}
