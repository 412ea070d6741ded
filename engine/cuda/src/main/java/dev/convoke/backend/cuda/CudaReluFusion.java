package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.CudaKernels;

/** Whether a layer ends in {@code max(x, 0)}. */
enum CudaReluFusion {
    /** No ReLU. */
    NONE,
    /** The layer's own backward pass stops the gradient where the output is 0. */
    RELU;

    /** The words of a backward pass, with the kernel that comes before it. */
    String masked(String backward) {
        return this == RELU ? "ours: ReLU mask; " + backward : backward;
    }

    /**
     * Queues what stops the gradient of {@code output} where the layer has written 0, in place.
     *
     * @param scale of what a dropout behind the ReLU has kept, 1 for none
     */
    void mask(CudaContext context, Activations output, float scale, String name) {
        if (this == NONE) {
            return;
        }
        CudaRuntime.check(
                CudaKernels.reluDropoutBackward(
                        context.format().code(),
                        output.data(),
                        output.gradientData(),
                        output.gradientData(),
                        output.count(),
                        scale,
                        context.stream()),
                "convoke_cuda_relu_dropout_backward",
                name);
    }
}
