package dev.convoke.backend.cuda;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.graph.Network;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.OptimizerSlot;
import java.util.function.Supplier;
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
        return answering(() -> evaluation.run(from, to));
    }

    /** The answers to images {@code from .. to - 1} of a set, {@code [N, outputs]}. */
    float[] outputs(ImageSet images, int from, int to) {
        CudaEvaluation evaluation = hold(images);
        return answering(() -> evaluation.outputs(from, to));
    }

    private <T> T answering(Supplier<T> pass) {
        return context.trial().rule().averages()
                ? context.arenas().withParameters(OptimizerSlot.AVERAGE, context.parameters()::refresh, pass)
                : pass.get();
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
