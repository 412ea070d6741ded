package dev.convoke.backend.cuda;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.graph.Network;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.OptimizerSlot;
import org.jspecify.annotations.Nullable;

/** Runs image sets through a network for inference; the one asked for last stays on the device. */
final class CudaEvaluator {
    private final CudaContext context;
    private final Network<CudaLayer> network;
    private final CudaLoss loss;
    private final CudaOptimizer optimizer;
    private @Nullable CudaEvaluation held;

    CudaEvaluator(CudaContext context, Network<CudaLayer> network, CudaLoss loss, CudaOptimizer optimizer) {
        this.context = context;
        this.network = network;
        this.loss = loss;
        this.optimizer = optimizer;
        context.resources().onClose(this::release);
    }

    /** Images {@code from .. to - 1} of a set, by the averaged weights where weights are averaged. */
    Evaluation evaluate(ImageSet images, int from, int to) {
        CudaEvaluation evaluation = hold(images);
        if (!context.trial().rule().averages()) {
            return evaluation.run(from, to);
        }
        return context.arenas()
                .withParameters(OptimizerSlot.AVERAGE, context.parameters()::refresh, () -> evaluation.run(from, to));
    }

    private CudaEvaluation hold(ImageSet images) {
        CudaEvaluation evaluation = held;
        if (evaluation == null || evaluation.images() != images) {
            release();
            evaluation = new CudaEvaluation(context, network, loss, optimizer, images);
            held = evaluation;
        }
        return evaluation;
    }

    private void release() {
        if (held != null) {
            context.queue().synchronize("an evaluation");
            held.close();
            held = null;
        }
    }
}
