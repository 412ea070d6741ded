package dev.convoke.backend.graph;

import dev.convoke.backend.NamedTensors;
import dev.convoke.plan.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Runs one training step layer by layer and copies every tensor as soon as it is computed, since its memory may be reused
 * soon after.
 */
public final class Tracer {
    private final Network<? extends GraphLayer> network;
    private final Memory memory;
    private final Map<String, Tensor> values = new HashMap<>();
    private final Map<String, Tensor> gradients = new HashMap<>();

    public Tracer(Network<? extends GraphLayer> network, Memory memory) {
        this.network = network;
        this.memory = memory;
    }

    /** Runs the step whose images and targets are loaded; {@code loss} sets the gradient of the output. */
    public void run(Runnable loss) {
        takeValues(network.input().values());
        for (GraphLayer layer : network.layers()) {
            layer.forward();
            takeValues(layer.output().values());
        }
        loss.run();
        takeGradient(network.output());
        List<? extends GraphLayer> layers = network.layers();
        for (int i = layers.size() - 1; i >= 0; i--) {
            GraphLayer layer = layers.get(i);
            layer.backward();
            layer.inputs().forEach(this::takeGradient);
        }
    }

    /** By slot, in the plan's order. */
    public NamedTensors values() {
        return ordered(values);
    }

    /** By slot, in the plan's order; those of slots that several layers read are the sums. */
    public NamedTensors gradients() {
        return ordered(gradients);
    }

    private void takeValues(Buffer written) {
        for (Activations each : network.activations()) {
            if (each.values() == written) {
                take(values, each, each.data());
            }
        }
    }

    // A gradient that is still incomplete is copied too, and copied again later. Other slots may lie in the same
    // memory as a whole; of one that only shares the gradient's, as a sum's output does its input's, it is no gradient.
    private void takeGradient(Activations written) {
        for (Activations each : network.activations()) {
            if (written.hasGradient() && each.gradient() == written.gradient() && each.values() == written.values()) {
                take(gradients, each, each.gradientData());
            }
        }
    }

    private void take(Map<String, Tensor> into, Activations of, FloatPointer source) {
        float[] ours = memory.readActivations(source, (int) of.count(), of.valueBytes());
        into.put(of.slot().name(), ChannelsLast.canonical(of.slot(), of.batch(), of.folded(), ours));
    }

    private NamedTensors ordered(Map<String, Tensor> taken) {
        NamedTensors ordered = new NamedTensors();
        for (Activations each : network.activations()) {
            Tensor found = taken.get(each.slot().name());
            if (found != null) {
                ordered.put(each.slot().name(), found);
            }
        }
        return ordered;
    }
}
