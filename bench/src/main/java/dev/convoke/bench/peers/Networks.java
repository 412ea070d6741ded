package dev.convoke.bench.peers;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.StateLayout;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.ImageShape;
import dev.convoke.model.LayerSpec;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.peers.Layer;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Tensor;
import dev.convoke.plan.TensorShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Convoke's models and tensors as the peers' layers and weights, and back. */
final class Networks {
    private Networks() {}

    /**
     * A model's layers.
     *
     * @throws IllegalArgumentException if a layer is not one that every peer is taught
     */
    static List<Layer> layers(Plan plan) {
        List<Layer> layers = new ArrayList<>();
        for (Op op : plan.ops()) {
            layers.add(layer(plan, op));
        }
        return layers;
    }

    private static Layer layer(Plan plan, Op op) {
        ImageShape in = plan.slots().get(op.input()).shape();
        LayerSpec spec = plan.model().layers().get(plan.ops().indexOf(op));
        if (spec instanceof LayerSpec.Convolution c && c.stride() == 1 && isSymmetric(c, in)) {
            return new Layer.Convolution(
                    c.name(),
                    in.channels(),
                    c.filters(),
                    c.kernel(),
                    c.padding().before(in.height(), c.kernel(), 1));
        }
        if (spec instanceof LayerSpec.Activation a && a.function() == ActivationFunction.RELU) {
            return new Layer.Relu(a.name());
        }
        if (spec instanceof LayerSpec.MaxPooling p && p.size() == p.stride() && p.padding() == Padding.VALID) {
            return new Layer.MaxPooling(p.name(), p.size());
        }
        if (spec instanceof LayerSpec.BatchNormalization b) {
            return new Layer.BatchNormalization(b.name(), in.channels(), b.momentum(), b.epsilon());
        }
        if (spec instanceof LayerSpec.Flatten) {
            return new Layer.Flatten(spec.name(), in.channels(), in.height(), in.width());
        }
        if (spec instanceof LayerSpec.Dense d) {
            return new Layer.Dense(d.name(), in.size(), d.units());
        }
        if (spec instanceof LayerSpec.Dropout d) {
            return new Layer.Dropout(d.name(), d.rate());
        }
        throw new IllegalArgumentException(plan.model().name() + ": the peers have no layer like '" + spec.name()
                + "'; choose one of the report's networks");
    }

    private static boolean isSymmetric(LayerSpec.Convolution c, ImageShape in) {
        return c.padding().before(in.height(), c.kernel(), 1) == c.padding().after(in.height(), c.kernel(), 1);
    }

    /** The model that a workload's layers describe. */
    static ModelSpec model(Workload workload) {
        List<LayerSpec> layers = workload.layers().stream().map(Networks::spec).toList();
        ImageShape input = new ImageShape(1, workload.height(), workload.width());
        return new ModelSpec(workload.run(), input, workload.classes(), layers, 0);
    }

    private static LayerSpec spec(Layer layer) {
        if (layer instanceof Layer.Convolution c) {
            Padding padding = c.padding() == 0 ? Padding.VALID : Padding.SAME;
            return new LayerSpec.Convolution(c.name(), c.filters(), c.kernel(), 1, padding, Penalty.NONE);
        }
        if (layer instanceof Layer.Relu) {
            return new LayerSpec.Activation(layer.name(), ActivationFunction.RELU);
        }
        if (layer instanceof Layer.MaxPooling p) {
            return new LayerSpec.MaxPooling(p.name(), p.size(), p.size(), Padding.VALID);
        }
        if (layer instanceof Layer.BatchNormalization b) {
            return new LayerSpec.BatchNormalization(b.name(), b.momentum(), b.epsilon());
        }
        if (layer instanceof Layer.Flatten) {
            return new LayerSpec.Flatten(layer.name());
        }
        if (layer instanceof Layer.Dense d) {
            return new LayerSpec.Dense(d.name(), d.units(), Penalty.NONE);
        }
        return new LayerSpec.Dropout(layer.name(), ((Layer.Dropout) layer).rate());
    }

    /** Parameters and running statistics of a session's state, without the optimizer's. */
    static List<Weights> weights(NamedTensors state) {
        List<Weights> weights = new ArrayList<>();
        for (String name : state.names()) {
            if (!name.startsWith(StateLayout.OPTIMIZER_PREFIX)) {
                Tensor tensor = state.get(name);
                int[] shape = tensor.shape().axes().stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                weights.add(new Weights(name, shape, tensor.values()));
            }
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
