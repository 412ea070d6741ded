package dev.convoke.peers.tensorflow;

import dev.convoke.peers.Layer;
import dev.convoke.peers.Node;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The workload's network as a graph. Tensors of images are [N, rows, columns, channels]. */
final class TensorFlowNetwork {
    private static final int IMAGE_AXES = 4;
    private static final String SAME = "SAME";
    private static final String VALID = "VALID";

    private final Workload workload;
    private final Mode mode;
    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final List<Variable<TFloat32>> parameters = new ArrayList<>();
    private final List<Op> start = new ArrayList<>();
    private final List<Op> statistics = new ArrayList<>();
    private final Placeholder<TFloat32> images;
    private final Map<String, Operand<TFloat32>> values = new HashMap<>();
    /** Layers whose one axis has the channels innermost, other than the workload has it, with the flattening that made it. */
    private final Map<String, Layer.Flatten> innermost = new HashMap<>();

    private Operand<TFloat32> logits;

    TensorFlowNetwork(Workload workload, Mode mode) {
        this.workload = workload;
        this.mode = mode;
        images = tf.placeholder(
                TFloat32.class, Placeholder.shape(Shape.of(workload.batch(), workload.height(), workload.width(), 1)));
        values.put(Node.INPUT, images);
        logits = images;
        for (Node node : workload.nodes()) {
            logits = add(node);
            values.put(node.layer().name(), logits);
        }
    }

    Graph graph() {
        return graph;
    }

    Ops ops() {
        return tf;
    }

    /** [N, rows, columns, 1]. */
    Placeholder<TFloat32> images() {
        return images;
    }

    /** [N, classes]. */
    Operand<TFloat32> logits() {
        return logits;
    }

    /** What the optimizer updates. */
    List<Variable<TFloat32>> parameters() {
        return parameters;
    }

    /** Assignments that set the workload's weights. */
    List<Op> start() {
        return start;
    }

    /** Assignments of running statistics that belong to a training step. */
    List<Op> statistics() {
        return statistics;
    }

    private Operand<TFloat32> add(Node node) {
        Layer layer = node.layer();
        List<Operand<TFloat32>> read = new ArrayList<>();
        Set<Layer.Flatten> orders = new HashSet<>();
        for (String name : node.from()) {
            read.add(Objects.requireNonNull(values.get(name), name));
            Layer.Flatten order = innermost.get(name);
            if (order != null) {
                orders.add(order);
            }
        }
        Operand<TFloat32> x = read.get(0);
        if (layer instanceof Layer.Dense d) {
            return dense(d, x, innermost.get(node.from().get(0)));
        }
        if (layer instanceof Layer.Flatten f) {
            innermost.put(f.name(), f);
            return tf.reshape(x, tf.constant(new int[] {workload.batch(), -1}));
        }
        if (!orders.isEmpty()) {
            if (orders.size() > 1 || layer instanceof Layer.Concatenate) {
                throw new UnsupportedOperationException(
                        "'" + layer.name() + "' joins flattened images, whose channels lie in another order here");
            }
            innermost.put(layer.name(), orders.iterator().next());
        }
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
            Operand<TInt32> pixels = tf.constant(new int[] {1, 2});
            return g.reduction() == Layer.Reduction.AVERAGE
                    ? tf.math.mean(x, pixels, org.tensorflow.op.math.Mean.keepDims(true))
                    : tf.max(x, pixels, org.tensorflow.op.core.Max.keepDims(true));
        }
        if (layer instanceof Layer.BatchNormalization b) {
            return normalization(b, x, innermost.get(node.from().get(0)));
        }
        if (layer instanceof Layer.Dropout d) {
            return dropout(d, x);
        }
        return layer instanceof Layer.Add ? tf.math.addN(read) : tf.concat(read, tf.constant(-1));
    }

    private Operand<TFloat32> dense(Layer.Dense layer, Operand<TFloat32> x, Layer.@Nullable Flatten order) {
        Operand<TFloat32> rows =
                x.shape().numDimensions() == 2 ? x : tf.reshape(x, tf.constant(new int[] {workload.batch(), -1}));
        Weights kernel = weights(layer, "kernel");
        Operand<TFloat32> product = tf.linalg.matMul(
                rows, parameter(Channels.transposed(order == null ? kernel : Channels.innermost(kernel, order))));
        return layer.bias() ? tf.nn.biasAdd(product, parameter(weights(layer, "bias"))) : product;
    }

    private Operand<TFloat32> convolution(Layer.Convolution layer, Operand<TFloat32> x) {
        Layer.Window w = layer.window();
        // Only zeros that SAME does not put there are put there by an op of their own.
        boolean same =
                w.isPadded() && w.isSame((int) x.shape().get(1), (int) x.shape().get(2));
        Operand<TFloat32> source = w.isPadded() && !same ? padded(x, w) : x;
        List<Long> strides = List.of(1L, (long) w.down(), (long) w.across(), 1L);
        List<Long> dilations = List.of(1L, (long) w.dilationDown(), (long) w.dilationAcross(), 1L);
        Weights kernel = weights(layer, "kernel");
        Operand<TFloat32> sum;
        if (layer.groups() == 1) {
            sum = tf.nn.conv2d(
                    source,
                    parameter(Channels.last(kernel)),
                    strides,
                    same ? SAME : VALID,
                    Conv2d.dilations(dilations));
        } else if (layer.groups() == layer.inputs() && w.down() == w.across()) {
            sum = tf.nn.depthwiseConv2dNative(
                    source,
                    parameter(Channels.depthwise(kernel, layer.inputs())),
                    strides,
                    same ? SAME : VALID,
                    DepthwiseConv2dNative.dilations(dilations));
        } else {
            throw new UnsupportedOperationException("TensorFlow does not train '" + layer.name()
                    + "' on a processor: groups of several channels, or unequal strides of a depthwise convolution");
        }
        return layer.bias() ? tf.nn.biasAdd(sum, parameter(weights(layer, "bias"))) : sum;
    }

    private Operand<TFloat32> padded(Operand<TFloat32> x, Layer.Window w) {
        return tf.pad(
                x,
                tf.constant(new int[][] {{0, 0}, {w.top(), w.bottom()}, {w.left(), w.right()}, {0, 0}}),
                tf.constant(0f));
    }

    private Operand<TFloat32> activation(Layer.Activation layer, Operand<TFloat32> x) {
        return switch (layer.function()) {
            case RELU -> tf.nn.relu(x);
            case LEAKY_RELU -> tf.nn.leakyRelu(x, LeakyRelu.alpha((float) layer.slope()));
            case GELU -> {
                Operand<TFloat32> erf = tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))));
                yield tf.math.mul(tf.math.mul(x, tf.constant(0.5f)), tf.math.add(erf, tf.constant(1f)));
            }
            case TANH -> tf.math.tanh(x);
            case SIGMOID -> tf.math.sigmoid(x);
        };
    }

    private Operand<TFloat32> pooling(Layer.Pooling layer, Operand<TFloat32> x) {
        Layer.Window w = layer.window();
        boolean same = w.isPadded();
        if (same && !w.isSame((int) x.shape().get(1), (int) x.shape().get(2))) {
            throw new UnsupportedOperationException(
                    "TensorFlow pools with the padding SAME or none, not with that of '" + layer.name() + "'");
        }
        String padding = same ? SAME : VALID;
        if (layer.reduction() == Layer.Reduction.MAX) {
            return tf.nn.maxPool(
                    x,
                    tf.constant(new int[] {1, w.height(), w.width(), 1}),
                    tf.constant(new int[] {1, w.down(), w.across(), 1}),
                    padding);
        }
        return tf.nn.avgPool(
                x,
                List.of(1L, (long) w.height(), (long) w.width(), 1L),
                List.of(1L, (long) w.down(), (long) w.across(), 1L),
                padding);
    }

    private Operand<TFloat32> normalization(
            Layer.BatchNormalization layer, Operand<TFloat32> x, Layer.@Nullable Flatten order) {
        boolean vectors = x.shape().numDimensions() != IMAGE_AXES;
        Operand<TFloat32> pictures =
                vectors ? tf.reshape(x, tf.constant(new int[] {workload.batch(), 1, 1, layer.channels()})) : x;
        Variable<TFloat32> gamma = parameter(ordered(layer, "gamma", order));
        Variable<TFloat32> beta = parameter(ordered(layer, "beta", order));
        Variable<TFloat32> mean = variable(ordered(layer, "running_mean", order));
        Variable<TFloat32> variance = variable(ordered(layer, "running_variance", order));
        FusedBatchNorm<TFloat32, TFloat32> normalized = tf.nn.fusedBatchNorm(
                pictures,
                gamma,
                beta,
                mean,
                variance,
                FusedBatchNorm.isTraining(mode == Mode.TRAINING),
                FusedBatchNorm.epsilon((float) layer.epsilon()),
                FusedBatchNorm.exponentialAvgFactor((float) (1 - layer.momentum())));
        if (mode == Mode.TRAINING) {
            // With that factor, what the op gives are the running statistics after the step.
            statistics.add(tf.assign(mean, normalized.batchMean()));
            statistics.add(tf.assign(variance, normalized.batchVariance()));
        }
        return vectors ? tf.reshape(normalized.y(), tf.constant(x.shape().asArray())) : normalized.y();
    }

    private Weights ordered(Layer layer, String role, Layer.@Nullable Flatten order) {
        Weights found = weights(layer, role);
        return order == null ? found : Channels.innermost(found, order);
    }

    private Operand<TFloat32> dropout(Layer.Dropout layer, Operand<TFloat32> x) {
        if (layer.rate() == 0 || mode == Mode.INFERENCE) {
            return x;
        }
        Operand<TFloat32> chance = tf.random.randomUniform(tf.constant(x.shape().asArray()), TFloat32.class);
        Operand<TFloat32> kept =
                tf.dtypes.cast(tf.math.greaterEqual(chance, tf.constant((float) layer.rate())), TFloat32.class);
        return tf.math.mul(tf.math.mul(x, tf.constant((float) (1 / (1 - layer.rate())))), kept);
    }

    private Weights weights(Layer layer, String role) {
        return workload.weights(layer.name() + "/" + role);
    }

    private Variable<TFloat32> parameter(Weights weights) {
        Variable<TFloat32> made = variable(weights);
        parameters.add(made);
        return made;
    }

    private Variable<TFloat32> variable(Weights weights) {
        Shape shape = Shape.of(Arrays.stream(weights.shape()).asLongStream().toArray());
        Variable<TFloat32> made = tf.variable(shape, TFloat32.class);
        try (TFloat32 value = TFloat32.tensorOf(shape, DataBuffers.of(weights.values(), false, false))) {
            start.add(tf.assign(made, tf.constantOf(value)));
        }
        return made;
    }

    /** Whether dropout drops and batch norm takes the batch's statistics. */
    enum Mode {
        TRAINING,
        INFERENCE
    }
}
