package dev.convoke.plan;

import dev.convoke.model.ModelSpec;
import java.util.List;

/**
 * A model compiled for one batch size: everything that is decided before the first step.
 *
 * @param model what was compiled
 * @param batch images a step, N
 * @param precision number format
 * @param ops in forward order
 * @param groups the same ops in fused groups, in forward order
 * @param slots the tensors between the ops; slot 0 is the input
 * @param parameters what the optimizer updates
 * @param statistics running statistics of batch normalization
 */
public record Plan(
        ModelSpec model,
        int batch,
        Precision precision,
        List<Op> ops,
        List<FusedGroup> groups,
        List<Slot> slots,
        SegmentTable parameters,
        SegmentTable statistics) {

    public Plan {
        ops = List.copyOf(ops);
        groups = List.copyOf(groups);
        slots = List.copyOf(slots);
    }

    /** The slot that the loss reads. */
    public Slot logits() {
        return ops.get(ops.size() - 1).output();
    }

    /** Values that the loss reads for each image. */
    public int outputs() {
        return model.outputs();
    }

    /** Parameters as Keras' {@code summary} counts the trainable and the others together. */
    public int parameterCount() {
        return parameters.size() + statistics.size();
    }

    /** Whether the gradient of {@code slot} is needed: whether any op before it has trained parameters. */
    public boolean needsGradient(Slot slot) {
        return needed()[slot.id()];
    }

    /** Whether the gradient of any input of {@code op} is needed. */
    public boolean needsInputGradient(Op op) {
        boolean[] needed = needed();
        return op.inputs().stream().anyMatch(slot -> needed[slot.id()]);
    }

    /** By slot; in the order of the ops, as a graph of diamonds has more ways through it than can be walked. */
    private boolean[] needed() {
        boolean[] needed = new boolean[slots.size()];
        for (Op op : ops) {
            needed[op.output().id()] = op.isTrained() || op.inputs().stream().anyMatch(slot -> needed[slot.id()]);
        }
        return needed;
    }

    /** How often {@code slot} is read; an op that reads it twice counts twice. */
    public int readers(Slot slot) {
        return (int) ops.stream()
                .flatMap(op -> op.inputs().stream())
                .filter(slot::equals)
                .count();
    }
}
