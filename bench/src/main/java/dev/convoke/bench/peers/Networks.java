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
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.model.TensorShape;
import dev.convoke.model.WindowGeometry;
import dev.convoke.peers.Layer;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Slot;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Convoke's models and tensors as the peers' layers and weights, and back. */
final class Networks {
    private Networks() {}

    /**
     * A model's layers.
     *
     * @throws IllegalArgumentException if a layer is not one that every peer is taught, or reads another than the one before it
     */
    static List<Layer> layers(Plan plan) {
        List<Layer> layers = new ArrayList<>();
        Slot last = plan.slots().get(0);
        for (Op op : plan.ops()) {
            Optional<Layer> layer = op.inputs().equals(List.of(last))
                    ? op.layer().accept(new Translator(op.inputShape()))
                    : Optional.empty();
            layers.add(layer.orElseThrow(
                    () -> new IllegalArgumentException(plan.model().name() + ": the peers have no layer like '"
                            + op.name() + "'; choose one of the report's networks")));
            last = op.output();
        }
        return layers;
    }

    /** A layer as the peers have it; empty for one that they do not have. */
    private record Translator(ImageShape in) implements dev.convoke.model.Layer.Visitor<Optional<Layer>> {
        @Override
        public Optional<Layer> visit(Activation layer) {
            return layer.isRelu() ? Optional.of(new Layer.Relu(layer.name())) : Optional.empty();
        }

        @Override
        public Optional<Layer> visit(Add layer) {
            return Optional.empty();
        }

        @Override
        public Optional<Layer> visit(AveragePooling layer) {
            return Optional.empty();
        }

        @Override
        public Optional<Layer> visit(BatchNormalization layer) {
            return Optional.of(
                    new Layer.BatchNormalization(layer.name(), in.channels(), layer.momentum(), layer.epsilon()));
        }

        @Override
        public Optional<Layer> visit(Concatenate layer) {
            return Optional.empty();
        }

        @Override
        public Optional<Layer> visit(Convolution layer) {
            WindowGeometry window = layer.over(in);
            int kernel = window.size().height();
            return layer.groups(in.channels()) == 1
                            && layer.hasBias()
                            && window.is(kernel, 1)
                            && window.isEvenlyPadded()
                    ? Optional.of(new Layer.Convolution(
                            layer.name(), in.channels(), window.output().channels(), kernel, window.padTop()))
                    : Optional.empty();
        }

        @Override
        public Optional<Layer> visit(Dense layer) {
            return layer.hasBias()
                    ? Optional.of(new Layer.Dense(layer.name(), in.size(), layer.units()))
                    : Optional.empty();
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
            return Optional.empty();
        }

        @Override
        public Optional<Layer> visit(GlobalMaxPooling layer) {
            return Optional.empty();
        }

        @Override
        public Optional<Layer> visit(MaxPooling layer) {
            WindowGeometry window = layer.over(in);
            int size = window.size().height();
            return window.is(size, size) && window.isUnpadded()
                    ? Optional.of(new Layer.MaxPooling(layer.name(), size))
                    : Optional.empty();
        }
    }

    /** The model that a workload's layers describe. */
    static ModelSpec model(Workload workload) {
        List<dev.convoke.model.Layer> layers =
                workload.layers().stream().map(Networks::spec).toList();
        ImageShape input = new ImageShape(1, workload.height(), workload.width());
        return new ModelSpec(workload.run(), input, workload.classes(), layers, 0);
    }

    private static dev.convoke.model.Layer spec(Layer layer) {
        if (layer instanceof Layer.Convolution c) {
            Padding padding = c.padding() == 0 ? Padding.VALID : Padding.SAME;
            return new Convolution(c.name(), c.filters(), c.kernel(), 1, padding, Penalty.NONE);
        }
        if (layer instanceof Layer.Relu) {
            return new Activation(layer.name(), ActivationFunction.RELU);
        }
        if (layer instanceof Layer.MaxPooling p) {
            return new MaxPooling(p.name(), p.size(), p.size(), Padding.VALID);
        }
        if (layer instanceof Layer.BatchNormalization b) {
            return new BatchNormalization(b.name(), b.momentum(), b.epsilon());
        }
        if (layer instanceof Layer.Flatten) {
            return new Flatten(layer.name());
        }
        if (layer instanceof Layer.Dense d) {
            return new Dense(d.name(), d.units(), Penalty.NONE);
        }
        return new Dropout(layer.name(), ((Layer.Dropout) layer).rate());
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
