package dev.convoke.backend.reference;

import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Layer;
import dev.convoke.model.Role;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import java.util.Arrays;

/** The network: runs the plan's ops one after the other, forward and backward, for any number of images. */
final class ReferenceNetwork {
    /** What a forward pass is for. */
    enum Mode {
        /** Dropout on, batch normalization by the batch's moments. */
        TRAINING,
        /** Dropout off, batch normalization by running statistics. */
        INFERENCE
    }

    private final Plan plan;
    private final long seed;
    private final ReferenceRounding rounding;
    private final ReferenceArena parameters;
    private final ReferenceArena statistics;

    ReferenceNetwork(
            Plan plan, long seed, ReferenceRounding rounding, ReferenceArena parameters, ReferenceArena statistics) {
        this.plan = plan;
        this.seed = seed;
        this.rounding = rounding;
        this.parameters = parameters;
        this.statistics = statistics;
    }

    ReferencePass forward(ReferenceBatch batch, Mode mode) {
        ReferencePass pass = new ReferencePass(batch, plan.slots().get(0));
        for (Op op : plan.ops()) {
            Layer layer = op.layer();
            pass.put(op.output(), rounding.round(layer.accept(new ReferenceForward(this, op, pass, mode))));
        }
        return pass;
    }

    /** All gradients from that of the logits, {@code [N, outputs]}. */
    ReferenceGradients backward(ReferencePass pass, double[] logitsGradient) {
        ReferenceGradients gradients = new ReferenceGradients(plan, rounding);
        gradients.add(plan.logits(), logitsGradient);
        for (int i = plan.ops().size() - 1; i >= 0; i--) {
            Op op = plan.ops().get(i);
            double[] dy = gradients.of(op.output());
            if (dy != null) {
                op.layer().accept(new ReferenceBackward(this, op, pass, gradients, dy));
            }
        }
        return gradients;
    }

    /** Moves the running statistics by one training pass. */
    void moveStatistics(ReferencePass pass) {
        for (Op op : plan.ops()) {
            if (op.layer() instanceof BatchNormalization layer && layer.takesBatch(true)) {
                ReferenceBatchNormalization.Moments moved = new ReferenceBatchNormalization(
                                layer, op.inputShape(), pass.batch().count())
                        .running(runningMoments(op), pass.moments(op));
                statistics.put(op.segment(Role.RUNNING_MEAN), rounding.round(moved.mean()));
                statistics.put(op.segment(Role.RUNNING_VARIANCE), rounding.round(moved.variance()));
            }
        }
    }

    Plan plan() {
        return plan;
    }

    long seed() {
        return seed;
    }

    /** Values as they are multiplied. */
    double[] operand(double[] values) {
        return rounding.operand(values);
    }

    double[] parameter(Segment segment) {
        return parameters.of(segment);
    }

    /** The parameter of that role, or {@code otherwise} for each channel where the layer has none. */
    double[] parameter(Op op, Role role, double otherwise) {
        Segment segment = op.find(role);
        if (segment != null) {
            return parameters.of(segment);
        }
        double[] values = new double[op.inputShape().channels()];
        Arrays.fill(values, otherwise);
        return values;
    }

    ReferenceBatchNormalization.Moments runningMoments(Op op) {
        return new ReferenceBatchNormalization.Moments(
                statistics.of(op.segment(Role.RUNNING_MEAN)), statistics.of(op.segment(Role.RUNNING_VARIANCE)));
    }
}
