package dev.convoke.backend.cuda;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.ImageSet;
import org.jspecify.annotations.Nullable;

/** Runs image sets through a network for inference; the one asked for last stays on the device. */
final class CudaEvaluator {
    private final CudaContext context;
    private final CudaNetwork network;
    private final CudaLoss loss;
    private final CudaOptimizer optimizer;
    private @Nullable CudaEvaluation held;

    CudaEvaluator(CudaContext context, CudaNetwork network, CudaLoss loss, CudaOptimizer optimizer) {
        this.context = context;
        this.network = network;
        this.loss = loss;
        this.optimizer = optimizer;
        context.resources().onClose(this::release);
    }

    Evaluation evaluate(ImageSet images) {
        CudaEvaluation evaluation = held;
        if (evaluation == null || evaluation.images() != images) {
            release();
            evaluation = new CudaEvaluation(context, network, loss, optimizer, images);
            held = evaluation;
        }
        return evaluation.run();
    }

    private void release() {
        if (held != null) {
            context.queue().synchronize("an evaluation");
            held.close();
            held = null;
        }
    }
}
