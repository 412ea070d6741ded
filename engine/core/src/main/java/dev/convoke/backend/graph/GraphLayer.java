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
     * @param ops what it computes; empty for an auxiliary layer
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

    /** The joined names of its ops; for an auxiliary layer, the name of its activations. */
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

    /** The purpose of an auxiliary layer: summing gradients or reordering features. */
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

    /** Additional memory of the layer that is part of the memory map, besides inputs and output. */
    public List<Buffer> buffers() {
        return List.of();
    }

    /** Description of the kernels of the forward pass. */
    public abstract String forwardKernels();

    /** Description of the kernels of the backward pass. */
    public abstract String backwardKernels();

    /** Sets the output's values. */
    public abstract void forward();

    /**
     * Sets the gradients of the layer's parameters, where they are trained, and of its inputs where they have one. The
     * gradient of the output is not needed any more: it may be overwritten.
     */
    public abstract void backward();
}
