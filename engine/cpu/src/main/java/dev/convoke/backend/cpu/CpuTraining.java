package dev.convoke.backend.cpu;

import dev.convoke.backend.UpdateGroups;
import dev.convoke.backend.graph.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * Training steps of a network. A step has two phases, and two more for each layer that needs the whole batch, as batch
 * normalization does:
 *
 * <ol>
 *   <li>each part of the batch by itself: its images, forward, loss, and back to the first layer;
 *   <li>each piece of a layer's parameters by itself: the gradient of its weights over all images, their update, and the copy
 *       of the new weights that the next step reads.
 * </ol>
 *
 * <p>Where the update of one weight depends on the gradients of all, or gradients are accumulated over several batches, the
 * second phase becomes two. Weights and their gradients are so written by one thread each, and nothing is added up across
 * threads.
 */
final class CpuTraining {
    private final CpuContext context;
    private final Network<CpuLayer> network;
    private final CpuPipeline pipeline;
    private final CpuOptimizer optimizer;
    private final UpdateGroups groups;
    private final List<CpuPackedWeights> packed;
    private final CpuLoss loss;
    private final CpuPipeline.Parts images;
    private final CpuParts parts;
    private final CpuPhases phases;
    private final List<CpuTeam.Work> updates; // of the whole step, one after the other

    CpuTraining(
            CpuContext context,
            Network<CpuLayer> network,
            CpuPipeline pipeline,
            CpuLoss.Totals totals,
            CpuOptimizer optimizer,
            UpdateGroups groups) {
        this.context = context;
        this.network = network;
        this.pipeline = pipeline;
        this.optimizer = optimizer;
        this.groups = groups;
        packed = packed(network);
        parts = CpuParts.of(network.batch(), context.threads());
        images = pipeline.parts(network.input(), parts);
        loss = new CpuLoss(context, network.plan().model().loss(), network.output(), parts, totals);
        phases = new CpuPhases(context.team(), parts.count()).byPart(images::load);
        addForward(phases, network.layers());
        phases.byPart(loss::run);
        addBackward(phases, network.layers());
        List<Piece> pieces = pieces();
        if (optimizer.movesAtOnce()) {
            phases.tasks(pieces.stream().map(Piece::gradientAndMove).toList());
        } else {
            phases.tasks(pieces.stream().map(Piece::gradient).toList());
            phases.whole(optimizer::measureNorm);
            phases.tasks(pieces.stream().map(Piece::move).toList());
        }
        phases.done();
        updates = pieces.stream().map(Piece::move).toList();
    }

    /** The copies of weights that {@code network} reads. */
    static List<CpuPackedWeights> packed(Network<CpuLayer> network) {
        return network.layers().stream()
                .flatMap(layer -> layer.packed().stream())
                .toList();
    }

    /** Adds the forward passes of {@code layers}. */
    static void addForward(CpuPhases phases, List<CpuLayer> layers) {
        for (CpuLayer layer : layers) {
            if (layer.isWhole()) {
                phases.whole(() -> layer.forward(0, 0));
            } else {
                phases.byPart(layer::forward);
            }
        }
    }

    private static void addBackward(CpuPhases phases, List<CpuLayer> layers) {
        for (int i = layers.size() - 1; i >= 0; i--) {
            CpuLayer layer = layers.get(i);
            if (!layer.output().hasGradient()) {
                continue;
            }
            if (layer.isWhole()) {
                phases.whole(() -> layer.backwardData(0, 0));
            } else {
                phases.byPart(layer::backwardData);
            }
        }
    }

    /** A piece of the parameters. */
    private record Piece(CpuUpdate update, CpuOptimizer optimizer, CpuOptimizer.Ranges ranges) {
        CpuTeam.Work gradient() {
            return (task, worker) -> {
                update.gradient().run(task, worker);
                optimizer.accumulate(ranges);
            };
        }

        CpuTeam.Work move() {
            return (task, worker) -> {
                if (optimizer.moves()) {
                    optimizer.update(ranges);
                    update.pack().run();
                }
            };
        }

        CpuTeam.Work gradientAndMove() {
            return (task, worker) -> {
                update.gradient().run(task, worker);
                optimizer.update(ranges);
                update.pack().run();
            };
        }
    }

    // By the thread that begins with them: a layer's first filters with the first, which has their moments in its
    // cache.
    // Short tasks come last and fill up what is left.
    private List<Piece> pieces() {
        List<List<Piece>> byThread = new ArrayList<>();
        for (int thread = 0; thread < context.threads(); thread++) {
            byThread.add(new ArrayList<>());
        }
        for (CpuLayer layer : network.layers()) {
            List<CpuUpdate> all = layer.updates();
            for (int i = 0; i < all.size(); i++) {
                CpuUpdate update = all.get(i);
                byThread.get(i * context.threads() / all.size())
                        .add(new Piece(update, optimizer, optimizer.ranges(update.ranges())));
            }
        }
        return byThread.stream().flatMap(List::stream).toList();
    }

    Network<CpuLayer> network() {
        return network;
    }

    /**
     * Trains one step.
     *
     * @return the penalty before the step
     */
    double step(int epoch, int step, double rate) {
        begin(epoch, step);
        double penalty = beginUpdate(step, rate);
        phases.run();
        loss.end();
        return penalty;
    }

    /** Sets the step up whose images and losses are then asked for. */
    private void begin(int epoch, int step) {
        context.step().set(epoch, pipeline.firstPosition(step));
        context.packings().refresh(packed);
        pipeline.begin(epoch, step, network.batch(), loss.targets());
        loss.begin(network.batch(), groups.images(step));
    }

    private double beginUpdate(int step, double rate) {
        boolean moves = groups.updates(step);
        if (moves) {
            context.packings().outdate();
        }
        return optimizer.begin(rate, groups.begins(step), moves);
    }

    /** Loads the images of a step: for looking at it layer by layer. */
    void load(int epoch, int step) {
        begin(epoch, step);
        context.team().run(parts.count(), images::load);
    }

    /** The loss of the loaded batch and its gradient, once the network has run. */
    void runLoss() {
        context.team().run(parts.count(), loss::run);
        loss.end();
    }

    /** As {@link #runLoss}, for the mean loss of this batch alone. */
    void runLossAlone() {
        loss.begin(network.batch(), network.batch());
        runLoss();
    }

    /** Moves the parameters, once the network's gradients are there. */
    void update(int step, double rate) {
        beginUpdate(step, rate);
        optimizer.accumulateAll();
        optimizer.measureNorm();
        for (int i = 0; i < updates.size(); i++) {
            updates.get(i).run(i, 0);
        }
    }
}
