package dev.convoke.backend.reference;

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
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.Role;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Slot;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Backward passes: from the gradient of an op's output to those of its parameters, if they are trained, and of its inputs,
 * if they are needed. Results are stored, not returned.
 */
final class ReferenceBackward implements Layer.Visitor<ReferenceGradients> {
    private final ReferenceNetwork network;
    private final Op op;
    private final ReferencePass pass;
    private final ReferenceGradients gradients;
    private final double[] x; // the first input
    private final double[] dy; // of the output, not to be changed
    private final int count;

    ReferenceBackward(ReferenceNetwork network, Op op, ReferencePass pass, ReferenceGradients gradients, double[] dy) {
        this.network = network;
        this.op = op;
        this.pass = pass;
        this.gradients = gradients;
        this.dy = dy;
        x = pass.activation(op.input());
        count = pass.batch().count();
    }

    /** Adds to the gradient of {@code slot} if it is needed. */
    private ReferenceGradients give(Slot slot, Supplier<double[]> gradient) {
        if (network.plan().needsGradient(slot)) {
            gradients.add(slot, gradient.get());
        }
        return gradients;
    }

    private void put(@Nullable Segment segment, Supplier<double[]> gradient) {
        if (segment != null && op.isTrained()) {
            gradients.put(segment, gradient.get());
        }
    }

    @Override
    public ReferenceGradients visit(Convolution layer) {
        WindowGeometry window = layer.over(op.inputShape());
        int groups = layer.groups(op.inputShape().channels());
        double[] slope = network.operand(dy);
        int size = op.kernel().size();
        put(
                op.kernel(),
                () -> ReferenceConvolution.kernelGradient(window, groups, count, size, network.operand(x), slope));
        put(op.bias(), () -> ReferenceConvolution.biasGradient(op.outputShape(), slope));
        double[] kernel = network.operand(network.parameter(op.kernel()));
        return give(op.input(), () -> ReferenceConvolution.inputGradient(window, groups, count, slope, kernel));
    }

    @Override
    public ReferenceGradients visit(Dense layer) {
        int inputs = op.inputShape().channels();
        int units = layer.units();
        double[] slope = network.operand(dy);
        put(op.kernel(), () -> ReferenceDense.kernelGradient(inputs, units, count, network.operand(x), slope));
        put(op.bias(), () -> ReferenceConvolution.biasGradient(op.outputShape(), slope));
        double[] kernel = network.operand(network.parameter(op.kernel()));
        return give(op.input(), () -> ReferenceDense.inputGradient(inputs, units, count, slope, kernel));
    }

    @Override
    public ReferenceGradients visit(BatchNormalization layer) {
        ReferenceBatchNormalization normalization = new ReferenceBatchNormalization(layer, op.inputShape(), count);
        double[] gamma = network.parameter(op, Role.GAMMA, 1);
        if (!layer.takesBatch(true)) {
            return give(op.input(), () -> normalization.backwardFrozen(dy, pass.moments(op), gamma));
        }
        ReferenceBatchNormalization.Gradients found = normalization.backward(x, dy, pass.moments(op), gamma);
        put(op.find(Role.GAMMA), found::gamma);
        put(op.find(Role.BETA), found::beta);
        return give(op.input(), found::x);
    }

    @Override
    public ReferenceGradients visit(MaxPooling layer) {
        return pool(layer.over(op.inputShape()), ReferencePooling.Kind.MAXIMUM);
    }

    @Override
    public ReferenceGradients visit(AveragePooling layer) {
        return pool(layer.over(op.inputShape()), ReferencePooling.Kind.AVERAGE);
    }

    @Override
    public ReferenceGradients visit(GlobalMaxPooling layer) {
        return pool(ReferenceForward.whole(op), ReferencePooling.Kind.MAXIMUM);
    }

    @Override
    public ReferenceGradients visit(GlobalAveragePooling layer) {
        return pool(ReferenceForward.whole(op), ReferencePooling.Kind.AVERAGE);
    }

    private ReferenceGradients pool(WindowGeometry window, ReferencePooling.Kind kind) {
        return give(op.input(), () -> ReferencePooling.inputGradient(window, kind, count, x, dy));
    }

    @Override
    public ReferenceGradients visit(Dropout layer) {
        return give(op.input(), () -> ReferenceForward.drop(network, op, layer, pass, dy));
    }

    @Override
    public ReferenceGradients visit(Activation layer) {
        return give(op.input(), () -> ReferenceActivation.inputGradient(layer, x, dy));
    }

    @Override
    public ReferenceGradients visit(Flatten layer) {
        return give(op.input(), dy::clone);
    }

    @Override
    public ReferenceGradients visit(Add layer) {
        op.inputs().forEach(input -> give(input, dy::clone));
        return gradients;
    }

    @Override
    public ReferenceGradients visit(Concatenate layer) {
        int at = 0;
        for (Slot input : op.inputs()) {
            int first = at;
            give(input, () -> part(first, input.shape().size()));
            at += input.shape().size();
        }
        return gradients;
    }

    /** Values {@code first .. first + size - 1} of the output's gradient of every image. */
    private double[] part(int first, int size) {
        double[] part = new double[count * size];
        for (int n = 0; n < count; n++) {
            System.arraycopy(dy, n * op.outputShape().size() + first, part, n * size, size);
        }
        return part;
    }
}
