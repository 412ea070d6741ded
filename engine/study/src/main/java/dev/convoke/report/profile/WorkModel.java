package dev.convoke.report.profile;

import dev.convoke.backend.StepProfile;
import dev.convoke.backend.TargetRows;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Slot;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Operations and bytes of each part of a training step, independent of the kernel, so that kernels can be compared.
 *
 * <p>FLOPs are the layers' own {@linkplain dev.convoke.model.Cost costs}, those of the textbook algorithm on complete
 * tensors: two per multiply-add of a convolution or a dense layer in the forward pass, the same for the weights' gradient
 * and, if it is needed, for the input's. A kernel that needs fewer, such as Winograd's algorithm or one that skips zeros,
 * shows a higher rate: the FLOPs are effective ones.
 *
 * <p>Bytes are those of the part's own tensors, each moved once: forward its inputs, parameters and output; backward its
 * inputs, the output's gradient, the output if it determines which gradients pass (activation, dropout, pooling), the
 * parameters, their gradients, and the gradients of inputs that need one. Tensors between the ops of one part, scratch
 * memory and layout conversions do not count.
 */
public final class WorkModel {
    /** Maximum, difference, exponential, sum, quotient, gradient: for each output. Losses without softmax need less. */
    private static final int LOSS = 7;
    /** Division by 255. */
    private static final int GATHER = 1;
    /** Two coordinates of two multiply-adds each, clamping, four weights, four multiply-adds: for each pixel. */
    private static final int WARP = 24;
    /** Two axes, blurred along rows and columns, a multiply-add a tap. */
    private static final int ELASTIC_TAP = 8;
    /** A multiply-add for each gradient. */
    private static final int NORM = 2;

    private static final int TARGET_BYTES = 4;
    private static final int PIXEL_BYTES = 1;
    private static final int PARAMETER_BYTES = 4;

    private final Plan plan;
    private final UpdateRule rule;
    private final Augmentation augmentation;

    public WorkModel(Plan plan, UpdateRule rule, Augmentation augmentation) {
        this.plan = plan;
        this.rule = rule;
        this.augmentation = augmentation;
    }

    /**
     * Work of one step's part.
     *
     * @throws IllegalArgumentException if it names no ops of the plan
     */
    public Work of(StepProfile.Part part) {
        return switch (part.pass()) {
            case PIPELINE -> pipeline();
            case LOSS -> loss();
            case OPTIMIZER -> optimizer();
            case SUM -> sum(slot(part.name()));
            case REORDER -> new Work(0, 2 * values(slot(part.name())));
            case FORWARD -> forward(ops(part.name()));
            case BACKWARD -> backward(ops(part.name()));
        };
    }

    /** The gradients of all readers are read, and their sum written. */
    private Work sum(Slot slot) {
        int readers = plan.readers(slot);
        double count = (double) plan.batch() * slot.shape().size();
        return new Work((readers - 1) * count, (readers + 1) * values(slot));
    }

    private Slot slot(String name) {
        return plan.slots().stream()
                .filter(slot -> slot.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + name + "' is no slot of " + plan.model().name()));
    }

    private List<Op> ops(String names) {
        List<String> wanted = Arrays.asList(names.split("\\+", -1));
        List<Op> found =
                plan.ops().stream().filter(op -> wanted.contains(op.name())).toList();
        if (found.size() != wanted.size()) {
            throw new IllegalArgumentException(
                    "'" + names + "' does not name ops of " + plan.model().name());
        }
        return found;
    }

    private Work forward(List<Op> ops) {
        double flops = ops.stream().mapToDouble(op -> op.cost().forward()).sum() * plan.batch();
        return new Work(flops, inputs(ops) + values(last(ops).output()) + parameterBytes(ops));
    }

    private Work backward(List<Op> ops) {
        double flops = 0;
        for (Op op : ops) {
            flops += op.cost().backwardParameters();
            flops += plan.needsInputGradient(op) ? op.cost().backwardInput() : 0;
        }
        double output = values(last(ops).output());
        double bytes = inputs(ops) + output + 2 * parameterBytes(ops);
        bytes += values(slots(ops).stream().filter(plan::needsGradient).toList());
        bytes += ops.stream().anyMatch(op -> op.cost().output()) ? output : 0;
        return new Work(flops * plan.batch(), bytes);
    }

    private static Op last(List<Op> ops) {
        return ops.get(ops.size() - 1);
    }

    /** What a part reads: its first op's slots, for each of the others reads the one before it. */
    private static List<Slot> slots(List<Op> ops) {
        return ops.get(0).inputs().stream().distinct().toList();
    }

    private double inputs(List<Op> ops) {
        return values(slots(ops));
    }

    private Work pipeline() {
        Slot images = plan.slots().get(0);
        double pixels = (double) plan.batch() * images.shape().size();
        double flops = GATHER;
        if (!augmentation.isNone()) {
            flops = WARP;
            if (augmentation.elastic().alpha() > 0) {
                flops += ELASTIC_TAP * augmentation.elastic().taps().length;
            }
        }
        return new Work(pixels * flops, pixels * PIXEL_BYTES + values(images) + 2 * targetBytes());
    }

    private Work loss() {
        double outputs = (double) plan.batch() * plan.outputs();
        return new Work(outputs * LOSS, 2 * values(plan.logits()) + targetBytes());
    }

    private double targetBytes() {
        return (double) plan.batch() * TargetRows.width(plan.model().loss()) * TARGET_BYTES;
    }

    /** Parameters and optimizer state are read and written, gradients are read, and once more if their norm is computed. */
    private Work optimizer() {
        double parameters = size(plan.parameters().segments().stream()
                .filter(segment -> !segment.rule().frozen())
                .toList());
        boolean norm = rule.clipping().norm() > 0;
        int flops = rule.optimizer().flops() + (norm ? NORM : 0);
        int arrays = 3 + 2 * rule.slots().size() + (norm ? 1 : 0);
        return new Work(parameters * flops, parameters * PARAMETER_BYTES * arrays);
    }

    private double values(Collection<Slot> slots) {
        return slots.stream().mapToDouble(this::values).sum();
    }

    /** Bytes of a batch of a slot's values. */
    private double values(Slot slot) {
        return (double) plan.batch() * slot.shape().size() * valueBytes(plan.precision());
    }

    private static int valueBytes(Precision precision) {
        return switch (precision) {
            case FLOAT64 -> 8;
            case FLOAT32, TF32 -> 4;
            case BFLOAT16 -> 2;
        };
    }

    private static double parameterBytes(List<Op> ops) {
        return ops.stream().mapToDouble(op -> size(op.parameters())).sum() * PARAMETER_BYTES;
    }

    private static double size(Collection<Segment> segments) {
        return segments.stream().mapToDouble(Segment::size).sum();
    }
}
