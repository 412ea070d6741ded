package dev.convoke.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.convoke.peers.Layer;
import dev.convoke.peers.Node;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The workload's network as PyTorch arrays, and its way forward. */
final class DjlNetwork implements AutoCloseable {
    private static final Shape ONE = new Shape(1, 1);
    private static final Shape NONE = new Shape(0, 0);

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
        Map<String, PtNDArray> values = new HashMap<>(Map.of(Node.INPUT, images));
        PtNDArray last = images;
        for (Node node : workload.nodes()) {
            List<PtNDArray> read = node.from().stream()
                    .map(name -> Objects.requireNonNull(values.get(name), name))
                    .toList();
            last = forward(node.layer(), read, mode);
            values.put(node.layer().name(), last);
        }
        return last;
    }

    private PtNDArray forward(Layer layer, List<PtNDArray> read, Mode mode) {
        PtNDArray x = read.get(0);
        if (layer instanceof Layer.Convolution c) {
            return convolution(c, x);
        }
        if (layer instanceof Layer.Activation a) {
            return activation(a, x);
        }
        if (layer instanceof Layer.Pooling p) {
            return pooling(p, x);
        }
        if (layer instanceof Layer.GlobalPooling g) {
            return g.reduction() == Layer.Reduction.MAX
                    ? JniUtils.adaptiveMaxPool(x, ONE)
                    : JniUtils.adaptiveAvgPool(x, ONE);
        }
        if (layer instanceof Layer.BatchNormalization b) {
            return normalize(b, x, mode);
        }
        if (layer instanceof Layer.Flatten) {
            return rows(x);
        }
        if (layer instanceof Layer.Dense d) {
            PtNDArray vectors = x.getShape().dimension() == 2 ? x : rows(x);
            return JniUtils.linear(vectors, get(d, "kernel"), bias(d, d.bias()));
        }
        if (layer instanceof Layer.Dropout d) {
            return d.rate() == 0 || mode == Mode.INFERENCE ? x : JniUtils.dropout(x, d.rate(), true);
        }
        if (layer instanceof Layer.Add) {
            return read.stream().reduce(JniUtils::add).orElseThrow();
        }
        return JniUtils.cat(read.toArray(PtNDArray[]::new), 1);
    }

    private PtNDArray rows(PtNDArray x) {
        return JniUtils.reshape(x, new long[] {workload.batch(), -1});
    }

    private PtNDArray convolution(Layer.Convolution layer, PtNDArray x) {
        Layer.Window w = layer.window();
        boolean symmetric = w.isSymmetric();
        return JniUtils.convolution(
                symmetric ? x : padded(x, w, 0),
                get(layer, "kernel"),
                bias(layer, layer.bias()),
                new Shape(w.down(), w.across()),
                symmetric ? new Shape(w.top(), w.left()) : NONE,
                new Shape(w.dilationDown(), w.dilationAcross()),
                layer.groups());
    }

    private static PtNDArray activation(Layer.Activation layer, PtNDArray x) {
        return switch (layer.function()) {
            case RELU -> JniUtils.relu(x);
            case LEAKY_RELU -> JniUtils.leakyRelu(x, layer.slope());
            case GELU -> JniUtils.gelu(x);
            case TANH -> JniUtils.tanh(x);
            case SIGMOID -> JniUtils.sigmoid(x);
        };
    }

    private static PtNDArray pooling(Layer.Pooling layer, PtNDArray x) {
        Layer.Window w = layer.window();
        Shape size = new Shape(w.height(), w.width());
        Shape stride = new Shape(w.down(), w.across());
        boolean symmetric = w.isSymmetric();
        Shape padding = symmetric ? new Shape(w.top(), w.left()) : NONE;
        if (layer.reduction() == Layer.Reduction.MAX) {
            PtNDArray source = symmetric ? x : padded(x, w, Double.NEGATIVE_INFINITY);
            return JniUtils.maxPool(source, size, stride, padding, false);
        }
        if (!symmetric) {
            throw new UnsupportedOperationException(
                    "PyTorch counts zeros that lie on one side alone in the mean of '" + layer.name() + "'");
        }
        return JniUtils.avgPool(x, size, stride, padding, false, false);
    }

    private static PtNDArray padded(PtNDArray x, Layer.Window w, double value) {
        return JniUtils.pad(x, new long[] {w.left(), w.right(), w.top(), w.bottom()}, value);
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

    private @Nullable PtNDArray bias(Layer layer, boolean has) {
        return has ? get(layer, "bias") : null;
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
