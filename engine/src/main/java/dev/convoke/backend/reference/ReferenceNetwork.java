package dev.convoke.backend.reference;

import dev.convoke.backend.DropoutMask;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.RunningVariance;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;

/** One trial's network: runs the plan's ops one after the other, forward and backward, for any number of images. */
final class ReferenceNetwork {
    /** What a forward pass is for. */
    enum Mode {
        /** Dropout on, batch normalization by the batch's moments. */
        TRAINING,
        /** Dropout off, batch normalization by running statistics. */
        INFERENCE
    }

    private final Plan plan;
    private final ModelSpec model;
    private final long seed;
    private final ReferenceRounding rounding;
    private final ReferenceArena parameters;
    private final ReferenceArena statistics;

    ReferenceNetwork(
            Plan plan,
            ModelSpec model,
            long seed,
            ReferenceRounding rounding,
            ReferenceArena parameters,
            ReferenceArena statistics) {
        this.plan = plan;
        this.model = model;
        this.seed = seed;
        this.rounding = rounding;
        this.parameters = parameters;
        this.statistics = statistics;
    }

    ReferencePass forward(ReferenceBatch batch, Mode mode) {
        ReferencePass pass = new ReferencePass(batch, plan.slots().size());
        for (Op op : plan.ops()) {
            pass.setActivation(op.output(), rounding.round(forward(op, pass, mode)));
        }
        return pass;
    }

    /** All gradients from that of the logits, {@code [N, classes]}. */
    ReferenceGradients backward(ReferencePass pass, double[] logitsGradient) {
        ReferenceGradients gradients = ReferenceGradients.of(plan);
        gradients.slots().put(plan.logits().id(), rounding.round(logitsGradient));
        for (int i = plan.ops().size() - 1; i >= 0; i--) {
            Op op = plan.ops().get(i);
            double[] dy = gradients.slots().get(op.output());
            if (dy == null) {
                break; // nothing before this op has weights
            }
            backward(op, pass, dy, gradients);
        }
        return gradients;
    }

    /** Moves the running statistics by one training pass. */
    void moveStatistics(ReferencePass pass) {
        for (Op op : plan.ops()) {
            if (op instanceof Op.BatchNormalization normalization) {
                ReferenceBatchNormalization.Moments moved = ReferenceBatchNormalization.running(
                        normalization,
                        pass.batch().count(),
                        runningMoments(normalization),
                        pass.moments(normalization),
                        RunningVariance.UNBIASED);
                statistics.put(normalization.runningMean(), rounding.round(moved.mean()));
                statistics.put(normalization.runningVariance(), rounding.round(moved.variance()));
            }
        }
    }

    private double[] forward(Op op, ReferencePass pass, Mode mode) {
        double[] x = pass.activation(op.input());
        int count = pass.batch().count();
        if (op instanceof Op.Convolution conv) {
            return ReferenceConvolution.forward(
                    conv, count, rounding.operand(x), operand(conv.kernel()), parameters.of(conv.bias()));
        }
        if (op instanceof Op.Pooling pooling) {
            return ReferencePooling.forward(pooling, count, x);
        }
        if (op instanceof Op.BatchNormalization normalization) {
            return normalise(normalization, pass, mode);
        }
        if (op instanceof Op.Dense dense) {
            return ReferenceDense.forward(
                    dense, count, rounding.operand(x), operand(dense.kernel()), parameters.of(dense.bias()));
        }
        if (op instanceof Op.Dropout dropout) {
            return mode == Mode.TRAINING ? drop(dropout, pass.batch(), x) : x.clone();
        }
        if (op instanceof Op.Activation activation) {
            return ReferenceActivation.forward(activation, x);
        }
        if (op instanceof Op.Flatten) {
            return x.clone();
        }
        throw new AssertionError(op);
    }

    private void backward(Op op, ReferencePass pass, double[] dy, ReferenceGradients gradients) {
        double[] x = pass.activation(op.input());
        int count = pass.batch().count();
        if (op instanceof Op.Convolution conv) {
            double[] slope = rounding.operand(dy);
            put(gradients, conv.kernel(), ReferenceConvolution.kernelGradient(conv, count, rounding.operand(x), slope));
            put(gradients, conv.bias(), ReferenceConvolution.biasGradient(conv, count, slope));
        } else if (op instanceof Op.Dense dense) {
            double[] slope = rounding.operand(dy);
            put(gradients, dense.kernel(), ReferenceDense.kernelGradient(dense, count, rounding.operand(x), slope));
            put(gradients, dense.bias(), ReferenceDense.biasGradient(dense, count, slope));
        } else if (op instanceof Op.BatchNormalization normalization) {
            ReferenceBatchNormalization.Gradients found = normalizationGradients(normalization, pass, dy);
            put(gradients, normalization.gamma(), found.gamma());
            put(gradients, normalization.beta(), found.beta());
        }
        if (plan.needsInputGradient(op)) {
            gradients.slots().put(op.input(), rounding.round(inputGradient(op, pass, dy)));
        }
    }

    /** Weights as they are multiplied. */
    private double[] operand(Segment kernel) {
        return rounding.operand(parameters.of(kernel));
    }

    private double[] inputGradient(Op op, ReferencePass pass, double[] dy) {
        double[] x = pass.activation(op.input());
        int count = pass.batch().count();
        if (op instanceof Op.Convolution conv) {
            return ReferenceConvolution.inputGradient(conv, count, rounding.operand(dy), operand(conv.kernel()));
        }
        if (op instanceof Op.Pooling pooling) {
            return ReferencePooling.inputGradient(pooling, count, x, dy);
        }
        if (op instanceof Op.BatchNormalization normalization) {
            return normalizationGradients(normalization, pass, dy).x();
        }
        if (op instanceof Op.Dense dense) {
            return ReferenceDense.inputGradient(dense, count, rounding.operand(dy), operand(dense.kernel()));
        }
        if (op instanceof Op.Dropout dropout) {
            return drop(dropout, pass.batch(), dy);
        }
        if (op instanceof Op.Activation activation) {
            return ReferenceActivation.inputGradient(activation, x, dy);
        }
        if (op instanceof Op.Flatten) {
            return dy.clone();
        }
        throw new AssertionError(op);
    }

    private double[] normalise(Op.BatchNormalization op, ReferencePass pass, Mode mode) {
        double[] x = pass.activation(op.input());
        ReferenceBatchNormalization.Moments moments = mode == Mode.TRAINING
                ? ReferenceBatchNormalization.moments(op, pass.batch().count(), x)
                : runningMoments(op);
        pass.setMoments(op, moments);
        return ReferenceBatchNormalization.forward(op, x, moments, parameters.of(op.gamma()), parameters.of(op.beta()));
    }

    private ReferenceBatchNormalization.Gradients normalizationGradients(
            Op.BatchNormalization op, ReferencePass pass, double[] dy) {
        return ReferenceBatchNormalization.backward(
                op, pass.batch().count(), pass.activation(op.input()), dy, pass.moments(op), parameters.of(op.gamma()));
    }

    private ReferenceBatchNormalization.Moments runningMoments(Op.BatchNormalization op) {
        return new ReferenceBatchNormalization.Moments(
                statistics.of(op.runningMean()), statistics.of(op.runningVariance()));
    }

    private double[] drop(Op.Dropout op, ReferenceBatch batch, double[] values) {
        return ReferenceDropout.apply(
                op, DropoutMask.of(model, op), seed, batch.epoch(), batch.firstPosition(), batch.count(), values);
    }

    private void put(ReferenceGradients gradients, Segment segment, double[] values) {
        gradients.parameters().put(segment, rounding.round(values));
    }
}
