package dev.convoke.backend.cpu;

import java.util.List;

/**
 * One op, or a fused group of them, ready to run. Everything is bound when it is made; running makes nothing.
 *
 * <p>A layer is made with its place in the network, by which it says when it uses its tensors.
 */
abstract sealed class CpuLayer
        permits CpuActivation,
                CpuBatchNormalization,
                CpuConvolution,
                CpuConvolutionPooling,
                CpuDense,
                CpuDropout,
                CpuFusedConvolution,
                CpuPooling,
                CpuSparseDense,
                CpuSplitConvolution {

    private final CpuTensor input;
    private final CpuTensor output;

    CpuLayer(int place, CpuTensor input, CpuTensor output) {
        this.input = input;
        this.output = output;
        input.values().usedForward(place);
        output.values().usedForward(place);
        if (input.hasGradient()) {
            input.gradientBuffer().usedBackward(place);
        }
        if (output.hasGradient()) {
            output.gradientBuffer().usedBackward(place);
        }
    }

    final CpuTensor input() {
        return input;
    }

    final CpuTensor output() {
        return output;
    }

    /** Memory of the layer's own that takes part in the memory map, beside its input and output. */
    List<CpuBuffer> buffers() {
        return List.of();
    }

    /** Parameters that the optimizer moves for the layer, where it is not split. */
    List<CpuParameterRange> parameters() {
        return List.of();
    }

    /** What serves the forward pass, in words. */
    abstract String forwardKernels();

    /** What serves the backward pass, in words. */
    abstract String backwardKernels();

    /** Sets the output's values. */
    abstract void forward();

    /**
     * Sets the gradients of the layer's parameters, and of its input where that is wanted. The gradient of the output is
     * spent: it may be overwritten.
     */
    abstract void backward();
}
