package dev.convoke.backend.reference;

import dev.convoke.backend.DropoutMask;
import dev.convoke.model.Activation;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.Padding;
import dev.convoke.model.Role;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;

/** What one op writes: {@code [N, C, H, W]} of its output. */
final class ReferenceForward implements Layer.Visitor<double[]> {
    private final ReferenceNetwork network;
    private final Op op;
    private final ReferencePass pass;
    private final ReferenceNetwork.Mode mode;
    private final double[] x; // the first input
    private final int count;

    ReferenceForward(ReferenceNetwork network, Op op, ReferencePass pass, ReferenceNetwork.Mode mode) {
        this.network = network;
        this.op = op;
        this.pass = pass;
        this.mode = mode;
        x = pass.activation(op.input());
        count = pass.batch().count();
    }

    @Override
    public double[] visit(Convolution layer) {
        WindowGeometry window = layer.over(op.inputShape());
        int groups = layer.groups(op.inputShape().channels());
        double[] kernel = network.operand(network.parameter(op.kernel()));
        return biased(ReferenceConvolution.forward(window, groups, count, network.operand(x), kernel));
    }

    @Override
    public double[] visit(Dense layer) {
        int inputs = op.inputShape().channels();
        double[] kernel = network.operand(network.parameter(op.kernel()));
        return biased(ReferenceDense.forward(inputs, layer.units(), count, network.operand(x), kernel));
    }

    private double[] biased(double[] y) {
        Segment bias = op.bias();
        if (bias != null) {
            ReferenceConvolution.addBias(op.outputShape(), y, network.parameter(bias));
        }
        return y;
    }

    @Override
    public double[] visit(BatchNormalization layer) {
        ReferenceBatchNormalization normalization = new ReferenceBatchNormalization(layer, op.inputShape(), count);
        ReferenceBatchNormalization.Moments moments = layer.takesBatch(mode == ReferenceNetwork.Mode.TRAINING)
                ? normalization.moments(x)
                : network.runningMoments(op);
        pass.setMoments(op, moments);
        return normalization.forward(
                x, moments, network.parameter(op, Role.GAMMA, 1), network.parameter(op, Role.BETA, 0));
    }

    @Override
    public double[] visit(MaxPooling layer) {
        return ReferencePooling.forward(layer.over(op.inputShape()), ReferencePooling.Kind.MAXIMUM, count, x);
    }

    @Override
    public double[] visit(AveragePooling layer) {
        return ReferencePooling.forward(layer.over(op.inputShape()), ReferencePooling.Kind.AVERAGE, count, x);
    }

    @Override
    public double[] visit(GlobalMaxPooling layer) {
        return ReferencePooling.forward(whole(op), ReferencePooling.Kind.MAXIMUM, count, x);
    }

    @Override
    public double[] visit(GlobalAveragePooling layer) {
        return ReferencePooling.forward(whole(op), ReferencePooling.Kind.AVERAGE, count, x);
    }

    /** A window over all of an image. */
    static WindowGeometry whole(Op op) {
        ImageShape shape = op.inputShape();
        Window window = new Window(new Size(shape.height(), shape.width()), Size.ONE, Size.ONE, Padding.VALID);
        return window.over(op.name(), shape, shape.channels());
    }

    @Override
    public double[] visit(Dropout layer) {
        return mode == ReferenceNetwork.Mode.TRAINING ? drop(network, op, layer, pass, x) : x.clone();
    }

    static double[] drop(ReferenceNetwork network, Op op, Dropout layer, ReferencePass pass, double[] values) {
        ReferenceBatch batch = pass.batch();
        return ReferenceDropout.apply(
                op,
                DropoutMask.of(layer.rate()),
                network.seed(),
                batch.epoch(),
                batch.firstPosition(),
                batch.count(),
                values);
    }

    @Override
    public double[] visit(Activation layer) {
        return ReferenceActivation.forward(layer, x);
    }

    @Override
    public double[] visit(Flatten layer) {
        return x.clone();
    }

    @Override
    public double[] visit(Add layer) {
        double[] sum = new double[x.length];
        for (var input : op.inputs()) {
            double[] values = pass.activation(input);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[i];
            }
        }
        return sum;
    }

    @Override
    public double[] visit(Concatenate layer) {
        double[] y = new double[count * op.outputShape().size()];
        int at = 0;
        for (var input : op.inputs()) {
            int size = input.shape().size();
            for (int n = 0; n < count; n++) {
                System.arraycopy(
                        pass.activation(input),
                        n * size,
                        y,
                        n * op.outputShape().size() + at,
                        size);
            }
            at += size;
        }
        return y;
    }
}
