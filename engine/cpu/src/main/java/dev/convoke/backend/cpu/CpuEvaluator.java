package dev.convoke.backend.cpu;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.graph.Network;
import dev.convoke.datasets.ImageSet;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Loss;
import dev.convoke.model.OptimizerSlot;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/** Runs image sets through a network for inference, batch by batch; the set that was asked for last stays in native memory. */
final class CpuEvaluator {
    private final CpuContext context;
    private final Network<CpuLayer> network;
    private final List<CpuPackedWeights> packed;
    private final Loss spec;
    private final CpuLoss.Totals totals = new CpuLoss.Totals();
    private final CpuLoss loss;
    private final CpuOptimizer optimizer;
    private final CpuParts parts;
    private final int[] order; // [N]
    private final IntPointer indices; // [N]
    private final CpuPartPointers orders;
    private final CpuPartPointers input;
    private final CpuPhases phases;
    private @Nullable CpuImages held;

    CpuEvaluator(CpuContext context, Network<CpuLayer> network, CpuOptimizer optimizer) {
        this.context = context;
        this.network = network;
        this.optimizer = optimizer;
        spec = network.plan().model().loss();
        parts = CpuParts.of(network.batch(), context.threads());
        loss = new CpuLoss(context, spec, network.output(), parts, totals);
        packed = CpuTraining.packed(network);
        order = new int[network.batch()];
        BytePointer block = context.resources().allocate("order", (long) order.length * Integer.BYTES);
        indices = new IntPointer(block);
        orders = CpuPartPointers.of(block, parts, Integer.BYTES);
        input = CpuPartPointers.values(network.input(), parts);
        phases = new CpuPhases(context.team(), parts.count()).byPart(this::load);
        CpuTraining.addForward(phases, network.layers());
        phases.byPart(loss::run).done();
        context.resources().onClose(this::release);
    }

    /** Images {@code from .. to - 1} of a set, by the averaged weights where weights are averaged. */
    Evaluation evaluate(ImageSet images, int from, int to) {
        return answering(() -> run(hold(images), from, to));
    }

    /** The answers to images {@code from .. to - 1} of a set, {@code [N, outputs]}. */
    float[] outputs(ImageSet images, int from, int to) {
        return answering(() -> answers(hold(images), from, to));
    }

    private <T> T answering(Supplier<T> pass) {
        return context.trial().rule().averages()
                ? context.arenas().withParameters(OptimizerSlot.AVERAGE, context.packings()::outdate, pass)
                : pass.get();
    }

    private CpuImages hold(ImageSet images) {
        CpuImages copy = held;
        if (copy == null || copy.images() != images) {
            release();
            copy = CpuImages.acquire(images, spec);
            held = copy;
        }
        return copy;
    }

    private void release() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private Evaluation run(CpuImages images, int from, int to) {
        int total = to - from;
        int[] predictions = new int[total];
        float[] confidence = new float[total];
        totals.reset();
        context.packings().refresh(packed);
        for (int first = from; first < to; first += order.length) {
            batch(images, first, to);
            loss.end();
            loss.answers(predictions, confidence, first - from);
        }
        return new Evaluation(
                totals.loss() / total,
                optimizer.penalty(),
                totals.first() / total,
                totals.second() / total,
                predictions,
                confidence);
    }

    private float[] answers(CpuImages images, int from, int to) {
        int width = spec.outputs();
        float[] answers = new float[(to - from) * width];
        context.packings().refresh(packed);
        for (int first = from; first < to; first += order.length) {
            int count = batch(images, first, to);
            network.output().data().get(answers, (first - from) * width, count * width);
        }
        spec.toPredictions(answers);
        return answers;
    }

    /** Runs the batch that begins with image {@code first}; returns how many of its images lie before {@code to}. */
    private int batch(CpuImages images, int first, int to) {
        int count = Math.min(order.length, to - first);
        // A last partial batch is filled up with the last image.
        for (int i = 0; i < order.length; i++) {
            order[i] = Math.min(first + i, to - 1);
        }
        indices.put(order);
        images.gatherTargets(indices, order.length, loss.targets());
        loss.begin(count, count);
        phases.run();
        return count;
    }

    private void load(int part, int worker) {
        CpuImages images = held;
        if (images != null) {
            int size = network.input().shape().size();
            Kernels.gather(images.pixels(), orders.ints(part), parts.images(part), size, input.floats(part), 1);
        }
    }
}
