package dev.convoke.backend.cpu;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.ImageSet;
import dev.convoke.kernels.Kernels;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/** Runs image sets through a network for inference, batch by batch. */
final class CpuEvaluator {
    private final CpuNetwork network;
    private final CpuLoss loss;
    private final CpuOptimizer optimizer;
    private final int threads;
    private final int[] order; // [N]
    private final IntPointer indices; // [N]
    private final @Nullable CpuSplitEvaluation split;

    CpuEvaluator(CpuContext context, CpuNetwork network, CpuLoss loss, CpuOptimizer optimizer) {
        this.network = network;
        this.loss = loss;
        this.optimizer = optimizer;
        threads = context.threads();
        order = new int[network.batch()];
        BytePointer block = context.resources().allocate("order", (long) order.length * Integer.BYTES);
        indices = new IntPointer(block);
        split = network.isSplit() ? new CpuSplitEvaluation(context, network, loss, block) : null;
    }

    Evaluation evaluate(ImageSet images) {
        CpuImages copy = CpuImages.acquire(images);
        try {
            return evaluate(images, copy);
        } finally {
            copy.release();
        }
    }

    private Evaluation evaluate(ImageSet images, CpuImages copy) {
        int total = images.count();
        byte[] predictions = new byte[total];
        float[] confidence = new float[total];
        loss.resetTotals();
        for (int first = 0; first < total; first += order.length) {
            int count = Math.min(order.length, total - first);
            indices(first, total);
            Kernels.gatherLabels(copy.labels(), indices, order.length, loss.labels());
            if (split == null) {
                Kernels.gather(
                        copy.pixels(),
                        indices,
                        order.length,
                        images.imageSize(),
                        network.input().data(),
                        threads);
                network.forward();
                loss.evaluate(network.logits(), count);
            } else {
                split.run(copy, count);
            }
            loss.predictions().get(predictions, first, count);
            loss.confidences().get(confidence, first, count);
        }
        return new Evaluation(loss.total() / total, optimizer.penalty(), (int) loss.correct(), predictions, confidence);
    }

    // A last partial batch is filled up with the last image.
    private void indices(int first, int total) {
        for (int i = 0; i < order.length; i++) {
            order[i] = Math.min(first + i, total - 1);
        }
        indices.put(order);
    }
}
