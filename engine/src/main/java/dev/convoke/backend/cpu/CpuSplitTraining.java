package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/**
 * Training steps of a network that is split by image. A step has two phases, and two more for each layer that needs the
 * whole batch, as batch normalization does:
 *
 * <ol>
 *   <li>each part of the batch by itself: its images, forward, loss, and back to the first layer;
 *   <li>each range of a layer's filters by itself: the gradient of its weights over all images, their update, and the copy
 *       of the new weights that the next step reads.
 * </ol>
 *
 * <p>Weights and their gradients are so written by one thread each, and nothing is added up across threads.
 */
final class CpuSplitTraining {
    private final CpuNetwork network;
    private final CpuPipeline pipeline;
    private final CpuOptimizer optimizer;
    private final CpuPackings packings;
    private final CpuPartLoss loss;
    private final BytePointer labels;
    private final CpuPhases phases;

    CpuSplitTraining(
            CpuContext context, CpuNetwork network, CpuPipeline pipeline, CpuLoss totals, CpuOptimizer optimizer) {
        this.network = network;
        this.pipeline = pipeline;
        this.optimizer = optimizer;
        packings = context.packings();
        labels = totals.labels();
        CpuParts parts = CpuParts.of(network.batch(), context.threads());
        CpuPipeline.Parts images = pipeline.parts(network.input(), parts);
        loss = new CpuPartLoss(context, totals, network.logits(), parts);
        phases = new CpuPhases(context.team(), parts.count()).byPart(images::load);
        addForward(phases, network.layers());
        phases.byPart((part, worker) -> loss.run(part));
        addBackward(phases, network.layers());
        phases.tasks(updates(context)).done();
    }

    /** Adds the forward passes of {@code layers}. */
    static void addForward(CpuPhases phases, List<CpuLayer> layers) {
        for (CpuLayer layer : layers) {
            if (layer instanceof CpuSplitLayer split) {
                phases.byPart(split::forward);
            } else {
                phases.whole(layer::forward);
            }
        }
    }

    private static void addBackward(CpuPhases phases, List<CpuLayer> layers) {
        for (int i = layers.size() - 1; i >= 0; i--) {
            CpuLayer layer = layers.get(i);
            if (layer instanceof CpuSplitLayer split) {
                phases.byPart(split::backwardData);
            } else {
                phases.whole(layer::backward);
            }
        }
    }

    // By the thread that begins with them: a layer's first filters with the first, which has their moments in its
    // cache.
    // Short tasks come last and fill up what is left.
    private List<CpuTeam.Work> updates(CpuContext context) {
        List<List<CpuTeam.Work>> byThread = new ArrayList<>();
        for (int thread = 0; thread < context.threads(); thread++) {
            byThread.add(new ArrayList<>());
        }
        for (CpuLayer layer : network.layers()) {
            if (layer instanceof CpuSplitLayer split) {
                CpuFilterRanges ranges = CpuFilterRanges.of(split, context.threads());
                for (int range = 0; range < ranges.count(); range++) {
                    byThread.get(range * context.threads() / ranges.count())
                            .add(update(split, ranges.from(range), ranges.to(range)));
                }
            } else {
                addUpdate(byThread.get(0), layer.parameters());
            }
        }
        return byThread.stream().flatMap(List::stream).toList();
    }

    private CpuTeam.Work update(CpuSplitLayer layer, int from, int to) {
        Kernels.Segments segments = optimizer.range(
                CpuParameterRange.filters(layer.kernel(), layer.filters(), from, to),
                CpuParameterRange.filters(layer.bias(), layer.filters(), from, to));
        return (task, worker) -> {
            layer.backwardFilters(from, to, worker);
            optimizer.update(segments, 2);
            layer.packed().pack(from, to);
        };
    }

    private void addUpdate(List<CpuTeam.Work> tasks, List<CpuParameterRange> parameters) {
        if (!parameters.isEmpty()) {
            Kernels.Segments segments = optimizer.range(parameters.toArray(CpuParameterRange[]::new));
            tasks.add((task, worker) -> optimizer.update(segments, parameters.size()));
        }
    }

    /**
     * Trains one step, whose number is set.
     *
     * @return the penalty before the step
     */
    double step(int epoch, int step, double rate) {
        packings.refresh();
        pipeline.begin(epoch, step, network.batch(), labels);
        loss.begin(network.batch());
        double penalty = optimizer.begin(rate);
        phases.run();
        loss.end();
        return penalty;
    }
}
