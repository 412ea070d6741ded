package dev.convoke.backend.cuda;

import java.util.List;

/**
 * One op, or a fused group of them, ready to run. Everything is described when it is made, and chosen before the first step;
 * running makes nothing.
 *
 * <p>A layer is made with its place in the network, by which it says when it uses its tensors.
 */
abstract sealed class CudaLayer
        permits CudaActivation,
                CudaBatchNormalization,
                CudaConvolution,
                CudaConvolutionPooling,
                CudaDense,
                CudaDropout,
                CudaFirstConvolution,
                CudaLibraryPooling,
                CudaPooling {

    private final String name;
    private final CudaTensor input;
    private final CudaTensor output;

    /** @param name the ops', joined as a fused group's */
    CudaLayer(String name, int place, CudaTensor input, CudaTensor output) {
        this.name = name;
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

    final String name() {
        return name;
    }

    final CudaTensor input() {
        return input;
    }

    final CudaTensor output() {
        return output;
    }

    /** What serves the layer, in words. */
    abstract String kernels();

    /** Memory of the layer's own that takes part in the memory map, beside its input and output. */
    List<CudaBuffer> buffers() {
        return List.of();
    }

    /** Chooses algorithms, once all memory has its place; what lies in it may be overwritten. */
    void choose(CudaChooser chooser) {
        // Most layers have nothing to choose.
    }

    /** Queues what sets the output's values. */
    abstract void forward();

    /**
     * Queues what sets the gradients of the layer's parameters, and of its input where that is wanted. The gradient of the
     * output is spent: it may be overwritten.
     */
    abstract void backward();
}
