package dev.convoke.peers.libtorch;

import dev.convoke.peers.Layer;
import dev.convoke.peers.Node;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The workload's network as libtorch's tensors, and its way forward. Tensors of images are [N, C, H, W], channels last. */
final class LibTorchNetwork implements AutoCloseable {
    private static final long[] NO_PADDING = {0, 0};
    private static final long[] NO_GAPS = {1, 1};
    private static final long[] ONE_PIXEL = {1, 1};
    private static final long[] TO_NCHW = {0, 3, 1, 2};
    private static final long[] TO_NHWC = {0, 2, 3, 1};

    private final Workload workload;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> statistics = new LinkedHashMap<>();
    private final FloatPointer pixels;
    private final float[] scaled;

    LibTorchNetwork(Workload workload) {
        this.workload = workload;
        scaled = new float[workload.batch() * workload.height() * workload.width()];
        pixels = new FloatPointer(scaled.length);
        for (Weights each : workload.weights()) {
            Tensor tensor = created(each);
            if (each.name().contains("/running_")) {
                statistics.put(each.name(), tensor);
            } else {
                tensor.set_requires_grad(true); // What it gives is a view that does not own the tensor.
                parameters.put(each.name(), tensor);
            }
        }
    }

    /** What the optimizer updates, in the workload's order. */
    TensorVector parameters() {
        return new TensorVector(parameters.values().toArray(Tensor[]::new));
    }

    /** Sets the workload's weights. */
    void load() {
        PointerScope scope = new PointerScope();
        NoGradGuard still = new NoGradGuard();
        try {
            for (Weights each : workload.weights()) {
                Tensor source = created(each);
                tensor(each.name()).copy_(source);
                source.close();
            }
        } finally {
            still.close(); // Before the scope, which closes in an order of its own.
            scope.close();
        }
    }

    /** A tensor with memory of its own; kernels have their channels last. */
    private static Tensor created(Weights weights) {
        long[] shape = new long[weights.shape().length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = weights.shape()[i];
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor tensor =
                    torch.from_blob(new FloatPointer(weights.values()), shape).clone();
            if (shape.length == TO_NCHW.length) {
                tensor = tensor.permute(TO_NHWC).contiguous().permute(TO_NCHW);
            }
            tensor.retainReference();
            scope.detach(tensor);
            return tensor;
        }
    }

    private Tensor tensor(String name) {
        Tensor found = parameters.containsKey(name) ? parameters.get(name) : statistics.get(name);
        return Objects.requireNonNull(found, name);
    }

    /** A step's images, [N, 1, H, W]. */
    Tensor images(int step) {
        workload.scale(step, scaled);
        pixels.put(scaled, 0, scaled.length);
        return torch.from_blob(pixels, workload.batch(), workload.height(), workload.width(), 1)
                .permute(TO_NCHW);
    }

    /** Logits, [N, classes]. */
    Tensor forward(Tensor images, Mode mode) {
        Map<String, Tensor> values = new HashMap<>(Map.of(Node.INPUT, images));
        Tensor last = images;
        for (Node node : workload.nodes()) {
            List<Tensor> read =
                    node.from().stream().map(name -> value(values, name)).toList();
            last = forward(node.layer(), read, mode);
            values.put(node.layer().name(), last);
        }
        return last;
    }

    private static Tensor value(Map<String, Tensor> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    private Tensor forward(Layer layer, List<Tensor> read, Mode mode) {
        Tensor x = read.get(0);
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
                    ? torch.adaptive_max_pool2d(x, ONE_PIXEL).get0()
                    : torch.adaptive_avg_pool2d(x, ONE_PIXEL);
        }
        if (layer instanceof Layer.BatchNormalization b) {
            return torch.batch_norm(
                    x,
                    optional(b, "gamma"),
                    optional(b, "beta"),
                    optional(b, "running_mean"),
                    optional(b, "running_variance"),
                    mode == Mode.TRAINING,
                    1 - b.momentum(),
                    b.epsilon(),
                    true);
        }
        if (layer instanceof Layer.Flatten) {
            return x.reshape(workload.batch(), -1);
        }
        if (layer instanceof Layer.Dense d) {
            Tensor rows = x.dim() == 2 ? x : x.reshape(workload.batch(), -1);
            return torch.linear(rows, tensor(d.name() + "/kernel"), bias(d, d.bias()));
        }
        if (layer instanceof Layer.Dropout d) {
            return d.rate() == 0 || mode == Mode.INFERENCE ? x : torch.dropout(x, d.rate(), true);
        }
        if (layer instanceof Layer.Add) {
            return read.stream().reduce(Tensor::add).orElseThrow();
        }
        return torch.cat(new TensorVector(read.toArray(Tensor[]::new)), 1);
    }

    private Tensor convolution(Layer.Convolution layer, Tensor x) {
        Layer.Window w = layer.window();
        boolean symmetric = w.isSymmetric();
        return torch.conv2d(
                symmetric ? x : padded(x, w, 0),
                tensor(layer.name() + "/kernel"),
                bias(layer, layer.bias()),
                new long[] {w.down(), w.across()},
                symmetric ? new long[] {w.top(), w.left()} : NO_PADDING,
                new long[] {w.dilationDown(), w.dilationAcross()},
                layer.groups());
    }

    private static Tensor activation(Layer.Activation layer, Tensor x) {
        return switch (layer.function()) {
            case RELU -> torch.relu(x);
            case LEAKY_RELU -> torch.leaky_relu(x, new Scalar(layer.slope()));
            case GELU -> torch.gelu(x);
            case TANH -> torch.tanh(x);
            case SIGMOID -> torch.sigmoid(x);
        };
    }

    private static Tensor pooling(Layer.Pooling layer, Tensor x) {
        Layer.Window w = layer.window();
        long[] size = {w.height(), w.width()};
        long[] stride = {w.down(), w.across()};
        boolean symmetric = w.isSymmetric();
        long[] padding = symmetric ? new long[] {w.top(), w.left()} : NO_PADDING;
        if (layer.reduction() == Layer.Reduction.MAX) {
            Tensor source = symmetric ? x : padded(x, w, Double.NEGATIVE_INFINITY);
            return torch.max_pool2d(source, size, stride, padding, NO_GAPS, false);
        }
        if (!symmetric) {
            throw new UnsupportedOperationException(
                    "libtorch counts zeros that lie on one side alone in the mean of '" + layer.name() + "'");
        }
        return torch.avg_pool2d(x, size, stride, padding, false, false, new LongOptional());
    }

    private static Tensor padded(Tensor x, Layer.Window w, double value) {
        return torch.constant_pad_nd(x, new long[] {w.left(), w.right(), w.top(), w.bottom()}, new Scalar(value));
    }

    private TensorOptional bias(Layer layer, boolean has) {
        return has ? optional(layer, "bias") : new TensorOptional();
    }

    private TensorOptional optional(Layer layer, String role) {
        return new TensorOptional(tensor(layer.name() + "/" + role));
    }

    @Override
    public void close() {
        parameters.values().forEach(Tensor::close);
        statistics.values().forEach(Tensor::close);
        pixels.close();
    }

    /** Whether dropout drops and batch norm takes the batch's statistics. */
    enum Mode {
        TRAINING,
        INFERENCE
    }
}
