package dev.convoke.backend.graph;

import dev.convoke.plan.Op;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One op of a network, or a fused group of them, ready to run. Everything is described when it is made, and decided before the
 * first step; running makes nothing.
 *
 * <p>A layer is made with its place in the network, by which it says when it uses its activations.
 */
public abstract class GraphLayer {
    private final List<Op> ops;
    private final List<Activations> inputs;
    private final Activations output;

    /**
     * @param ops what it computes; none for a layer that the network needs beside its ops
     * @param place in the network, from 0
     */
    protected GraphLayer(List<Op> ops, int place, List<Activations> inputs, Activations output) {
        this.ops = List.copyOf(ops);
        this.inputs = List.copyOf(inputs);
        this.output = output;
        for (Activations input : this.inputs) {
            input.values().usedForward(place);
            if (input.hasGradient()) {
                input.gradientBuffer().usedBackward(place);
            }
        }
        output.values().usedForward(place);
        if (output.hasGradient()) {
            output.gradientBuffer().usedBackward(place);
        }
    }

    /** The names of its ops, joined; of the activations that it serves where it has none. */
    public final String name() {
        return ops.isEmpty() ? output.slot().name() : ops.stream().map(Op::name).collect(Collectors.joining("+"));
    }

    /** What it computes, in order. */
    public final List<Op> ops() {
        return ops;
    }

    /** What it reads, in the op's order. */
    public final List<Activations> inputs() {
        return inputs;
    }

    /** The first that it reads. */
    public final Activations input() {
        return inputs.get(0);
    }

    public final Activations output() {
        return output;
    }

    /** What it does beside the ops: adds gradients up, or brings features into another order. */
    public Task task() {
        return Task.OPS;
    }

    /** What a layer is there for. */
    public enum Task {
        /** To compute its ops. */
        OPS,
        /** To add up the gradients of what several layers read. */
        SUM,
        /** To bring flattened features into canonical order. */
        REORDER
    }

    /** Memory of the layer's own that takes part in the memory map, beside inputs and output. */
    public List<Buffer> buffers() {
        return List.of();
    }

    /** What serves the forward pass, in words. */
    public abstract String forwardKernels();

    /** What serves the backward pass, in words. */
    public abstract String backwardKernels();

    /** Sets the output's values. */
    public abstract void forward();

    /**
     * Sets the gradients of the layer's parameters, where they are trained, and of its inputs where they have one. The
     * gradient of the output is not needed any more: it may be overwritten.
     */
    public abstract void backward();
}
