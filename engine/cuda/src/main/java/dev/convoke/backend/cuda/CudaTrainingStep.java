package dev.convoke.backend.cuda;

import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.backend.graph.GraphLayer.Task;
import dev.convoke.backend.graph.Network;
import java.util.ArrayList;
import java.util.List;

/** A training step of one plan, part by part: images, forward, loss, backward, update. Running it queues all of it. */
final class CudaTrainingStep {
    /**
     * A part of the step.
     *
     * @param name the joined names of the ops; otherwise a description
     * @param pass the stage that it belongs to
     * @param kernels description of its kernels
     * @param work queues it
     */
    record Part(String name, Pass pass, String kernels, Runnable work) {}

    private static final String OURS = "our kernel";

    private final Network<CudaLayer> network;
    private final Part[] parts;

    CudaTrainingStep(Network<CudaLayer> network, CudaLoader loader, CudaLoss loss, CudaOptimizer optimizer) {
        this.network = network;
        List<Part> all = new ArrayList<>();
        all.add(new Part("images", Pass.PIPELINE, OURS, () -> loader.load(network.input(), loss.targets())));
        addForward(all, network.layers());
        all.add(new Part("loss", Pass.LOSS, OURS, () -> loss.train(network.output())));
        addBackward(all, network.layers());
        all.add(new Part("update", Pass.OPTIMIZER, OURS, () -> optimizer.update(network.batch())));
        parts = all.toArray(Part[]::new);
    }

    private static void addForward(List<Part> parts, List<CudaLayer> layers) {
        for (CudaLayer layer : layers) {
            if (layer.task() != Task.SUM) {
                Pass pass = layer.task() == Task.OPS ? Pass.FORWARD : Pass.REORDER;
                parts.add(new Part(layer.name(), pass, layer.forwardKernels(), layer::forward));
            }
        }
    }

    // Where nothing ahead is trained, a layer's output has no gradient, and there is no way back from there on.
    private static void addBackward(List<Part> parts, List<CudaLayer> layers) {
        for (int i = layers.size() - 1; i >= 0; i--) {
            CudaLayer layer = layers.get(i);
            if (layer.output().hasGradient()) {
                Pass pass = switch (layer.task()) {
                    case OPS -> Pass.BACKWARD;
                    case SUM -> Pass.SUM;
                    case REORDER -> Pass.REORDER;
                };
                parts.add(new Part(layer.name(), pass, layer.backwardKernels(), layer::backward));
            }
        }
    }

    Network<CudaLayer> network() {
        return network;
    }

    /** In the order in which they run. */
    List<Part> parts() {
        return List.of(parts);
    }

    /** Queues the whole step. */
    void run() {
        for (Part part : parts) {
            part.work().run();
        }
    }
}
