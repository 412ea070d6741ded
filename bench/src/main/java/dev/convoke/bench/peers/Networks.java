package dev.convoke.bench.peers;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.StateLayout;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Size;
import dev.convoke.model.TensorShape;
import dev.convoke.model.Window;
import dev.convoke.model.WindowGeometry;
import dev.convoke.peers.Layer;
import dev.convoke.peers.Node;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Slot;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Convoke's models and tensors as the peers' layers and weights, and back. */
final class Networks {
    private static final double NO_SMOOTHING = 0;

    private Networks() {}

    /**
     * A model's layers, and what each reads.
     *
     * @throws UnsupportedNetworkException if the peers are not taught one of them or the loss
     */
    static List<Node> nodes(Plan plan) {
        String name = plan.model().name();
        if (!(plan.model().loss() instanceof Loss.SoftmaxCrossEntropy)) {
            throw new UnsupportedNetworkException(name + ": the peers train softmax cross-entropy, not "
                    + plan.model().loss().kind().text());
        }
        Map<Slot, String> writers = new HashMap<>(Map.of(plan.slots().get(0), Node.INPUT));
        List<Node> nodes = new ArrayList<>();
        for (Op op : plan.ops()) {
            Layer layer = op.layer()
                    .accept(new Translator(op.inputShape()))
                    .orElseThrow(() -> new UnsupportedNetworkException(
                            name + ": the peers have no layer like '" + op.name() + "'"));
            List<String> from = op.inputs().stream()
                    .map(slot -> Objects.requireNonNull(writers.get(slot), slot.name()))
                    .toList();
            nodes.add(new Node(layer, from));
            writers.put(op.output(), op.name());
        }
        return nodes;
    }

    /** A layer as the peers have it; empty for one that they do not have. */
    private record Translator(ImageShape in) implements dev.convoke.model.Layer.Visitor<Optional<Layer>> {
        @Override
        public Optional<Layer> visit(Activation layer) {
            return Optional.of(new Layer.Activation(
                    layer.name(), Layer.Function.valueOf(layer.function().name()), layer.slope()));
        }

        @Override
        public Optional<Layer> visit(Add layer) {
            return Optional.of(new Layer.Add(layer.name()));
        }

        @Override
        public Optional<Layer> visit(AveragePooling layer) {
            return Optional.of(new Layer.Pooling(layer.name(), Layer.Reduction.AVERAGE, window(layer.over(in))));
        }

        @Override
        public Optional<Layer> visit(BatchNormalization layer) {
            return layer.scales() && layer.shifts()
                    ? Optional.of(new Layer.BatchNormalization(
                            layer.name(), in.channels(), layer.momentum(), layer.epsilon()))
                    : Optional.empty();
        }

        @Override
        public Optional<Layer> visit(Concatenate layer) {
            return Optional.of(new Layer.Concatenate(layer.name()));
        }

        @Override
        public Optional<Layer> visit(Convolution layer) {
            return Optional.of(new Layer.Convolution(
                    layer.name(),
                    in.channels(),
                    layer.outputs(in.channels()),
                    layer.groups(in.channels()),
                    window(layer.over(in)),
                    layer.hasBias()));
        }

        @Override
        public Optional<Layer> visit(Dense layer) {
            return Optional.of(new Layer.Dense(layer.name(), in.size(), layer.units(), layer.hasBias()));
        }

        @Override
        public Optional<Layer> visit(Dropout layer) {
            return Optional.of(new Layer.Dropout(layer.name(), layer.rate()));
        }

        @Override
        public Optional<Layer> visit(Flatten layer) {
            return Optional.of(new Layer.Flatten(layer.name(), in.channels(), in.height(), in.width()));
        }

        @Override
        public Optional<Layer> visit(GlobalAveragePooling layer) {
            return Optional.of(new Layer.GlobalPooling(layer.name(), Layer.Reduction.AVERAGE));
        }

        @Override
        public Optional<Layer> visit(GlobalMaxPooling layer) {
            return Optional.of(new Layer.GlobalPooling(layer.name(), Layer.Reduction.MAX));
        }

        @Override
        public Optional<Layer> visit(MaxPooling layer) {
            return Optional.of(new Layer.Pooling(layer.name(), Layer.Reduction.MAX, window(layer.over(in))));
        }

        private static Layer.Window window(WindowGeometry window) {
            return new Layer.Window(
                    window.size().height(),
                    window.size().width(),
                    window.stride().height(),
                    window.stride().width(),
                    window.dilation().height(),
                    window.dilation().width(),
                    window.padTop(),
                    window.padLeft(),
                    window.padBottom(),
                    window.padRight());
        }
    }

    /** The model that a workload's layers describe; padding is given in zeros. */
    static ModelSpec model(Workload workload) {
        List<dev.convoke.model.Node> nodes = workload.nodes().stream()
                .map(node -> new dev.convoke.model.Node(spec(node.layer()), node.from()))
                .toList();
        ImageShape input = new ImageShape(1, workload.height(), workload.width());
        return new ModelSpec(
                workload.run(), input, nodes, Loss.SoftmaxCrossEntropy.of(workload.classes(), NO_SMOOTHING));
    }

    private static dev.convoke.model.Layer spec(Layer layer) {
        if (layer instanceof Layer.Convolution c) {
            return convolution(c);
        }
        if (layer instanceof Layer.Activation a) {
            return new Activation(
                    a.name(), ActivationFunction.valueOf(a.function().name()), a.slope());
        }
        if (layer instanceof Layer.Pooling p) {
            return p.reduction() == Layer.Reduction.MAX
                    ? new MaxPooling(p.name(), window(p.window()))
                    : new AveragePooling(p.name(), window(p.window()));
        }
        if (layer instanceof Layer.GlobalPooling g) {
            return g.reduction() == Layer.Reduction.MAX
                    ? new GlobalMaxPooling(g.name())
                    : new GlobalAveragePooling(g.name());
        }
        if (layer instanceof Layer.BatchNormalization b) {
            return new BatchNormalization(b.name(), b.momentum(), b.epsilon());
        }
        if (layer instanceof Layer.Flatten) {
            return new Flatten(layer.name());
        }
        if (layer instanceof Layer.Dense d) {
            return new Dense(d.name(), d.units(), d.bias(), Penalty.NONE, ParameterRule.NORMAL);
        }
        if (layer instanceof Layer.Dropout d) {
            return new Dropout(d.name(), d.rate());
        }
        return layer instanceof Layer.Add ? new Add(layer.name()) : new Concatenate(layer.name());
    }

    private static Convolution convolution(Layer.Convolution layer) {
        Window window = window(layer.window());
        if (layer.groups() > 1 && layer.groups() == layer.inputs()) {
            return Convolution.depthwise(layer.name(), layer.filters() / layer.inputs(), window, layer.bias());
        }
        return new Convolution(
                layer.name(),
                layer.filters(),
                0,
                window,
                layer.groups(),
                layer.bias(),
                Penalty.NONE,
                ParameterRule.NORMAL);
    }

    private static Window window(Layer.Window window) {
        return new Window(
                new Size(window.height(), window.width()),
                new Size(window.down(), window.across()),
                new Size(window.dilationDown(), window.dilationAcross()),
                Padding.of(window.top(), window.left(), window.bottom(), window.right()));
    }

    /** Parameters and running statistics of a session's state, without the optimizer's. */
    static List<Weights> weights(NamedTensors state) {
        List<Weights> weights = new ArrayList<>();
        NamedTensors network = StateLayout.answering(state);
        for (String name : network.names()) {
            Tensor tensor = network.get(name);
            int[] shape =
                    tensor.shape().axes().stream().mapToInt(Integer::intValue).toArray();
            weights.add(new Weights(name, shape, tensor.values()));
        }
        return weights;
    }

    /** A workload's weights as a session takes them. */
    static NamedTensors state(Workload workload) {
        NamedTensors state = new NamedTensors();
        for (Weights each : workload.weights()) {
            TensorShape shape =
                    new TensorShape(Arrays.stream(each.shape()).boxed().toList());
            state.put(each.name(), new Tensor(shape, each.values()));
        }
        return state;
    }
}
