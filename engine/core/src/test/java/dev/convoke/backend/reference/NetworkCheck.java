package dev.convoke.backend.reference;

import dev.convoke.backend.States;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import java.util.stream.IntStream;

/** A whole network in float64 whose gradients are compared with central differences of its loss. */
final class NetworkCheck {
    /**
     * Share of the largest gradient of the network by which one may be off: the differences' error is {@code h^2 / 6} =
     * 1.6e-10 times the third derivative, which batch normalization of few values drives into the thousands.
     */
    private static final double TOLERANCE = 1e-6;

    /** Values of each segment that are moved. */
    private static final int SAMPLES = 4;

    private static final int EPOCH = 2;
    private static final long SEED = 31;

    private final Plan plan;
    private final ReferenceArena parameters;
    private final ReferenceNetwork network;
    private final ReferenceBatch batch;

    NetworkCheck(ModelSpec model, ImageSet images) {
        int count = images.count();
        plan = PlanCompiler.compile(model, count, Precision.FLOAT64);
        var state = States.shaken(plan);
        parameters = ReferenceArena.zeros(plan.parameters());
        plan.parameters().segments().forEach(segment -> parameters.put(segment, state.get(segment.name())));
        ReferenceArena statistics = ReferenceArena.zeros(plan.statistics());
        plan.statistics().segments().forEach(segment -> statistics.put(segment, state.get(segment.name())));
        network = new ReferenceNetwork(plan, SEED, ReferenceRounding.FLOAT64, parameters, statistics);
        double[] pixels = new double[count * images.imageSize()];
        for (int n = 0; n < count; n++) {
            double[] plain = ReferenceAugmentation.plain(images, n);
            System.arraycopy(plain, 0, pixels, n * plain.length, plain.length);
        }
        batch = new ReferenceBatch(pixels, images, IntStream.range(0, count).toArray(), EPOCH, 0);
    }

    /** Smooth functions in place of those whose kinks a difference could straddle; these are looked at one by one. */
    static ModelSpec withoutKinks(ModelSpec model) {
        return new ModelSpec(
                model.name(),
                model.input(),
                model.nodes().stream()
                        .map(node -> new Node(withoutKinks(node.layer()), node.from()))
                        .toList(),
                model.loss());
    }

    private static Layer withoutKinks(Layer layer) {
        if (layer instanceof Activation activation) {
            boolean kinks = activation.isRelu() || activation.function() == ActivationFunction.LEAKY_RELU;
            return kinks ? new Activation(activation.name(), ActivationFunction.GELU) : activation;
        }
        if (layer instanceof MaxPooling pooling) {
            return new AveragePooling(pooling.name(), pooling.window());
        }
        return layer instanceof GlobalMaxPooling ? new GlobalAveragePooling(layer.name()) : layer;
    }

    Plan plan() {
        return plan;
    }

    /** Gradients of the mean loss of the images. */
    ReferenceArena gradients() {
        ReferencePass pass = network.forward(batch, ReferenceNetwork.Mode.TRAINING);
        return network.backward(pass, loss(pass).gradient()).parameters();
    }

    /** Fails where these gradients and the differences part; frozen segments have none. */
    void assertGradients(ReferenceArena gradients) {
        double largest = 0;
        for (Segment segment : plan.parameters().segments()) {
            for (double gradient : gradients.of(segment)) {
                largest = Math.max(largest, Math.abs(gradient));
            }
        }
        if (largest == 0) {
            throw new AssertionError("no gradient is other than zero, so nothing is checked");
        }
        for (Segment segment : plan.parameters().segments()) {
            double[] values = parameters.of(segment);
            double[] found = gradients.of(segment);
            for (int i = 0; i < values.length; i += Math.max(1, values.length / SAMPLES)) {
                double wanted = segment.rule().frozen() ? 0 : difference(values, i);
                if (!(Math.abs(found[i] - wanted) <= TOLERANCE * largest)) {
                    throw new AssertionError(segment.name() + " at " + i + ": gradient " + found[i] + ", differences "
                            + wanted + ", largest " + largest);
                }
            }
        }
    }

    private double difference(double[] values, int i) {
        double held = values[i];
        values[i] = held + GradientCheck.STEP;
        double above = meanLoss();
        values[i] = held - GradientCheck.STEP;
        double below = meanLoss();
        values[i] = held;
        return (above - below) / (2 * GradientCheck.STEP);
    }

    private double meanLoss() {
        return loss(network.forward(batch, ReferenceNetwork.Mode.TRAINING)).sum() / batch.count();
    }

    private ReferenceLoss loss(ReferencePass pass) {
        return ReferenceLoss.of(plan.model().loss(), pass.activation(plan.logits()), batch, 1.0 / batch.count());
    }
}
