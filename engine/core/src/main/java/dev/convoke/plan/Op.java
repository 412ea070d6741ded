package dev.convoke.plan;

import dev.convoke.model.Cost;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Role;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a plan: a layer with its input and output slots and its tensors. Sizes are those of one image; the batch
 * is the plan's.
 *
 * @param layer what is computed
 * @param ordinal index among the plan's layers of the same kind, from 0: part of the Philox counter of dropout
 * @param inputs slots read, in the layer's order; duplicates are allowed
 * @param output slot written
 * @param parameters trainable parameters
 * @param statistics running statistics
 */
public record Op(
        Layer layer, int ordinal, List<Slot> inputs, Slot output, List<Segment> parameters, List<Segment> statistics) {
    public Op {
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
        statistics = List.copyOf(statistics);
    }

    /** Name of the layer. */
    public String name() {
        return layer.name();
    }

    /** The first slot read, the only one but where layers are joined. */
    public Slot input() {
        return inputs.get(0);
    }

    /** Shape of {@link #input}. */
    public ImageShape inputShape() {
        return input().shape();
    }

    public ImageShape outputShape() {
        return output.shape();
    }

    /** The layer's tensor of that role, null where it has none. */
    public @Nullable Segment find(Role role) {
        return Stream.concat(parameters.stream(), statistics.stream())
                .filter(segment -> segment.role() == role)
                .findFirst()
                .orElse(null);
    }

    /**
     * The layer's tensor of that role.
     *
     * @throws IllegalArgumentException if it has none
     */
    public Segment segment(Role role) {
        Segment found = find(role);
        if (found == null) {
            throw new IllegalArgumentException(name() + " has no " + role.suffix());
        }
        return found;
    }

    /** The kernel of a layer that has one. */
    public Segment kernel() {
        return segment(Role.KERNEL);
    }

    public @Nullable Segment bias() {
        return find(Role.BIAS);
    }

    /** Whether the optimizer moves parameters of it. */
    public boolean isTrained() {
        return !parameters.isEmpty() && !layer.rule().frozen();
    }

    /** Parameters and running statistics as Keras' {@code summary} counts them. */
    public int parameterCount() {
        return Stream.concat(parameters.stream(), statistics.stream())
                .mapToInt(Segment::size)
                .sum();
    }

    /** What it computes for one image. */
    public Cost cost() {
        return layer.cost(inputs.stream().map(Slot::shape).toList());
    }
}
