package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.GraphLayer;
import dev.convoke.plan.Op;
import java.util.List;

/** A layer that queues its work on a stream. Its algorithms are chosen once, before the first step. */
abstract sealed class CudaLayer extends GraphLayer
        permits CudaActivation,
                CudaAdd,
                CudaBatchNormalization,
                CudaConcatenate,
                CudaConvolution,
                CudaConvolutionPooling,
                CudaDense,
                CudaDropout,
                CudaFirstConvolution,
                CudaGlobalPooling,
                CudaLibraryPooling,
                CudaPooling,
                CudaReorder,
                CudaSum {

    private final CudaContext context;

    CudaLayer(CudaContext context, List<Op> ops, int place, List<Activations> inputs, Activations output) {
        super(ops, place, inputs, output);
        this.context = context;
    }

    final CudaContext context() {
        return context;
    }

    /** The format of the activations as our kernels name it. */
    final int type() {
        return context.format().code();
    }

    /** Selects algorithms after all memory was placed; its content may be overwritten. */
    void choose(CudaAlgorithmSelector selector) {
        // Most layers have nothing to choose.
    }

    @Override
    public final void backward() {
        if (output().hasGradient()) {
            queueBackward();
        }
    }

    /** Queues the backward pass of an output that has a gradient. */
    abstract void queueBackward();
}
