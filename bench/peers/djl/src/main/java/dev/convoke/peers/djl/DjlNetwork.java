package dev.convoke.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.convoke.peers.Layer;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The workload's network as PyTorch arrays, and its way forward. */
final class DjlNetwork implements AutoCloseable {
    private static final Shape ONE = new Shape(1, 1);

    private final Workload workload;
    private final PtNDManager manager;
    private final Map<String, PtNDArray> parameters = new LinkedHashMap<>();
    private final Map<String, PtNDArray> statistics = new LinkedHashMap<>();

    DjlNetwork(Engine engine, Workload workload, MemoryFormat format) {
        this.workload = workload;
        manager = (PtNDManager) engine.newBaseManager();
        for (Weights each : workload.weights()) {
            Shape shape = new Shape(Arrays.stream(each.shape()).asLongStream().toArray());
            PtNDArray array = each.shape().length == 4
                    ? format.create(manager, each.values(), shape)
                    : MemoryFormat.copied(manager, each.values(), shape);
            (each.name().contains("/running_") ? statistics : parameters).put(each.name(), array);
        }
    }

    /** What the optimizer updates, by name. */
    Map<String, PtNDArray> parameters() {
        return parameters;
    }

    /** Owner of a step's arrays, to be closed after it. */
    PtNDManager newArrays() {
        return manager.newSubManager(manager.getDevice());
    }

    /** Logits, {@code [N, classes]}, of {@code images}, {@code [N, 1, H, W]}. */
    PtNDArray forward(PtNDArray images, Mode mode) {
        PtNDArray x = images;
        for (Layer layer : workload.layers()) {
            x = forward(layer, x, mode);
        }
        return x;
    }

    private PtNDArray forward(Layer layer, PtNDArray x, Mode mode) {
        if (layer instanceof Layer.Convolution c) {
            Shape padding = new Shape(c.padding(), c.padding());
            return JniUtils.convolution(x, get(c, "kernel"), get(c, "bias"), ONE, padding, ONE, 1);
        }
        if (layer instanceof Layer.Relu) {
            return JniUtils.relu(x);
        }
        if (layer instanceof Layer.MaxPooling p) {
            Shape size = new Shape(p.size(), p.size());
            return JniUtils.maxPool(x, size, size, new Shape(0, 0), false);
        }
        if (layer instanceof Layer.BatchNormalization b) {
            return normalize(b, x, mode);
        }
        if (layer instanceof Layer.Flatten) {
            return JniUtils.reshape(x, new long[] {workload.batch(), -1});
        }
        if (layer instanceof Layer.Dense d) {
            return JniUtils.linear(x, get(d, "kernel"), get(d, "bias"));
        }
        Layer.Dropout d = (Layer.Dropout) layer;
        return d.rate() == 0 || mode == Mode.INFERENCE ? x : JniUtils.dropout(x, d.rate(), true);
    }

    private PtNDArray normalize(Layer.BatchNormalization layer, PtNDArray x, Mode mode) {
        return JniUtils.batchNorm(
                x,
                statistic(layer, "running_mean"),
                statistic(layer, "running_variance"),
                get(layer, "gamma"),
                get(layer, "beta"),
                mode == Mode.TRAINING,
                1 - layer.momentum(),
                layer.epsilon());
    }

    private PtNDArray get(Layer layer, String role) {
        return Objects.requireNonNull(parameters.get(layer.name() + "/" + role), layer.name());
    }

    private PtNDArray statistic(Layer layer, String role) {
        return Objects.requireNonNull(statistics.get(layer.name() + "/" + role), layer.name());
    }

    @Override
    public void close() {
        manager.close();
    }

    /** Whether dropout drops and batch norm takes the batch's statistics. */
    enum Mode {
        TRAINING,
        INFERENCE
    }
}
