package dev.convoke.backend.cpu;

import dev.convoke.plan.Segment;
import org.jspecify.annotations.Nullable;

/** Both passes of a convolution or a dense layer between two tensors. */
final class CpuAffine {
    private final DnnlAffineForward forward;
    private final @Nullable DnnlAffineBackward backward;

    CpuAffine(
            CpuContext context,
            CpuMode mode,
            DnnlAffine affine,
            CpuRectifier rectifier,
            Segment kernel,
            Segment bias,
            CpuTensor input,
            CpuTensor output) {
        CpuArena parameters = context.parameters();
        forward = new DnnlAffineForward(
                affine, mode, rectifier, input.values(), parameters.of(kernel), parameters.of(bias), output.values());
        if (mode == CpuMode.INFERENCE) {
            backward = null;
            return;
        }
        CpuBuffer dy = output.gradientBuffer();
        backward = new DnnlAffineBackward(
                affine,
                forward,
                dy,
                context.gradients().of(kernel),
                context.gradients().of(bias));
        if (input.hasGradient()) {
            backward.alsoData(forward, parameters.of(kernel), input.gradientBuffer());
        }
    }

    /** What serves the forward pass, in words. */
    String forwardKernels() {
        return CpuKernels.library(forward.primitive());
    }

    /** What serves the backward pass, in words. */
    String backwardKernels() {
        return backward == null ? "" : backward.kernels();
    }

    void forward() {
        forward.run();
    }

    void backward() {
        if (backward == null) {
            throw new IllegalStateException("a network for inference has no backward pass");
        }
        backward.run();
    }
}
