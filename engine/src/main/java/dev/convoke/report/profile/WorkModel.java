package dev.convoke.report.profile;

import dev.convoke.backend.OptimizerSlot;
import dev.convoke.backend.StepProfile;
import dev.convoke.model.OptimizerSpec;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.WindowGeometry;
import dev.convoke.train.Flops;
import java.util.Arrays;
import java.util.List;

/**
 * Operations and bytes of each part of a training step, the same whatever kernel serves it, so that kernels can be compared.
 *
 * <p>FLOPs are those of the textbook's loops over the whole tensors: two for a multiply-add of a convolution or a dense
 * layer, forward, for the weights' gradient and, where it is wanted, for the input's. A kernel that needs fewer, as
 * Winograd's form or one that passes over zeros, shows a higher rate: the FLOPs are effective ones.
 *
 * <p>Bytes are those of the part's own tensors, each moved once: forward its input, parameters and output; backward its
 * input, the output's gradient, the output where that says which gradients pass (behind an activation, a dropout or a
 * pooling), the parameters, their gradients, and the input's gradient where it is wanted. Tensors between the ops of one
 * part, scratch memory and copies into other layouts do not count.
 */
public final class WorkModel {
    /** Mean, deviation squared and summed, then scaled and shifted: for each value. */
    private static final int NORMALIZATION_FORWARD = 8;
    /** Two sums over the gradient and the normalized values, then the gradient itself: for each value. */
    private static final int NORMALIZATION_BACKWARD = 11;
    /** Maximum, difference, exponential, sum, quotient, gradient: for each logit. */
    private static final int LOSS = 7;
    /** Division by 255. */
    private static final int GATHER = 1;
    /** Two coordinates of two multiply-adds each, clamping, four weights, four multiply-adds: for each pixel. */
    private static final int WARP = 24;
    /** Two axes, blurred along rows and columns, a multiply-add a tap. */
    private static final int ELASTIC_TAP = 8;

    private static final int SGD = 2;
    private static final int SGD_MOMENTUM = 4;
    private static final int RMSPROP = 8;
    private static final int ADAM = 12;
    private static final int LABEL_BYTES = 1;
    private static final int PIXEL_BYTES = 1;
    private static final int PARAMETER_BYTES = 4;

    private final Plan plan;
    private final OptimizerSpec optimizer;
    private final Augmentation augmentation;

    public WorkModel(Plan plan, OptimizerSpec optimizer, Augmentation augmentation) {
        this.plan = plan;
        this.optimizer = optimizer;
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
            case FORWARD -> forward(ops(part.name()));
            case BACKWARD -> backward(ops(part.name()));
        };
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
        double flops = ops.stream().mapToDouble(this::forwardFlops).sum() * plan.batch();
        return new Work(flops, values(ops.get(0).input()) + values(last(ops).output()) + parameterBytes(ops));
    }

    private Work backward(List<Op> ops) {
        Op first = ops.get(0);
        boolean wantsInput = plan.needsInputGradient(first);
        double flops = 0;
        for (Op op : ops) {
            flops += backwardFlops(op, plan.needsInputGradient(op)) * plan.batch();
        }
        double bytes = values(first.input()) + values(last(ops).output()) + 2 * parameterBytes(ops);
        bytes += wantsInput ? values(first.input()) : 0;
        bytes += ops.stream().anyMatch(WorkModel::passesByOutput)
                ? values(last(ops).output())
                : 0;
        return new Work(flops, bytes);
    }

    private static Op last(List<Op> ops) {
        return ops.get(ops.size() - 1);
    }

    /** Of one image. */
    private double forwardFlops(Op op) {
        if (op instanceof Op.BatchNormalization normalization) {
            return (double) NORMALIZATION_FORWARD * normalization.channels() * normalization.pixels();
        }
        if (op instanceof Op.Pooling pooling) {
            WindowGeometry window = pooling.window();
            return (double) window.output().size() * window.size() * window.size();
        }
        double products = Flops.of(op);
        return products > 0 ? products : plan.slots().get(op.output()).shape().size();
    }

    /** Of one image. */
    private double backwardFlops(Op op, boolean wantsInput) {
        if (op instanceof Op.BatchNormalization normalization) {
            return (double) NORMALIZATION_BACKWARD * normalization.channels() * normalization.pixels();
        }
        if (op instanceof Op.Convolution || op instanceof Op.Dense) {
            return (wantsInput ? 2.0 : 1.0) * Flops.of(op);
        }
        if (op instanceof Op.Pooling pooling && pooling.kind() == Op.PoolingKind.AVERAGE) {
            return forwardFlops(op);
        }
        return plan.slots().get(op.output()).shape().size();
    }

    private static boolean passesByOutput(Op op) {
        return op instanceof Op.Activation || op instanceof Op.Dropout || op instanceof Op.Pooling;
    }

    private Work pipeline() {
        double pixels = (double) plan.batch() * plan.model().input().size();
        double flops = GATHER;
        if (!augmentation.isNone()) {
            flops = WARP;
            if (augmentation.elastic().alpha() > 0) {
                flops += ELASTIC_TAP * augmentation.elastic().taps().length;
            }
        }
        return new Work(pixels * flops, pixels * PIXEL_BYTES + values(0) + 2.0 * plan.batch() * LABEL_BYTES);
    }

    private Work loss() {
        double logits = (double) plan.batch() * plan.model().classes();
        return new Work(logits * LOSS, 2 * values(plan.logits().id()) + plan.batch() * LABEL_BYTES);
    }

    /** Parameters and the optimizer's arrays are read and written, gradients read. */
    private Work optimizer() {
        double parameters = plan.parameters().size();
        int arrays = 3 + 2 * OptimizerSlot.of(optimizer).size();
        return new Work(parameters * updateFlops(), parameters * PARAMETER_BYTES * arrays);
    }

    private int updateFlops() {
        if (optimizer instanceof OptimizerSpec.Sgd sgd) {
            return sgd.momentum() == 0 ? SGD : SGD_MOMENTUM;
        }
        return optimizer instanceof OptimizerSpec.RmsProp ? RMSPROP : ADAM;
    }

    /** Bytes of a batch of a slot's values. */
    private double values(int slot) {
        return (double) plan.batch() * plan.slots().get(slot).shape().size() * valueBytes(plan.precision());
    }

    private static int valueBytes(Precision precision) {
        return switch (precision) {
            case FLOAT64 -> 8;
            case FLOAT32, TF32 -> 4;
            case BFLOAT16 -> 2;
        };
    }

    private double parameterBytes(List<Op> ops) {
        double size = plan.parameters().segments().stream()
                .filter(segment -> ops.stream().anyMatch(op -> segment.name().startsWith(op.name() + "/")))
                .mapToDouble(Segment::size)
                .sum();
        return size * PARAMETER_BYTES;
    }
}
