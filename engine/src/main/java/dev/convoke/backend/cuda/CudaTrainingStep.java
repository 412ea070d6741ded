package dev.convoke.backend.cuda;

import dev.convoke.backend.StepProfile.Pass;
import java.util.ArrayList;
import java.util.List;

/** A training step of one plan, part by part: images, forward, loss, backward, update. Running it queues all of it. */
final class CudaTrainingStep {
    /**
     * A part of the step.
     *
     * @param name the ops' names, joined; else what it is
     * @param pass the stage that it belongs to
     * @param kernels what serves it, in words
     * @param work queues it
     */
    record Part(String name, Pass pass, String kernels, Runnable work) {}

    private static final String OURS = "our kernel";

    private final CudaNetwork network;
    private final Part[] parts;

    CudaTrainingStep(CudaNetwork network, CudaLoader loader, CudaLoss loss, CudaOptimizer optimizer) {
        this.network = network;
        List<Part> all = new ArrayList<>();
        all.add(new Part("images", Pass.PIPELINE, OURS, () -> loader.load(network.input(), loss.labels())));
        for (CudaLayer layer : network.layers()) {
            all.add(new Part(layer.name(), Pass.FORWARD, layer.kernels(), layer::forward));
        }
        all.add(new Part("loss", Pass.LOSS, OURS, () -> loss.train(network.logits())));
        for (int i = network.layers().size() - 1; i >= 0; i--) {
            CudaLayer layer = network.layers().get(i);
            all.add(new Part(layer.name(), Pass.BACKWARD, layer.kernels(), layer::backward));
        }
        all.add(new Part("update", Pass.OPTIMIZER, OURS, () -> optimizer.update(network.batch())));
        parts = all.toArray(Part[]::new);
    }

    CudaNetwork network() {
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
