package dev.convoke.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Batch normalization over everything but the channel (Ioffe and Szegedy 2015). Training uses the batch's mean and biased
 * variance; running statistics move by {@code running = momentum * running + (1 - momentum) * batch}, with the variance that
 * {@link Variance} names. A frozen layer is normalized by its running statistics in training too, and does not move them, as
 * Keras' with {@code trainable = False}.
 *
 * @param scales whether each channel is multiplied by a learned gamma
 * @param shifts whether a learned beta is added to each channel
 * @param variance which variance of a batch enters the running statistics
 * @param rule how the optimizer treats gamma and beta
 */
public record BatchNormalization(
        String name,
        double momentum,
        double epsilon,
        boolean scales,
        boolean shifts,
        Variance variance,
        ParameterRule rule)
        implements Layer {
    private static final double MOMENTUM = 0.99;
    private static final double EPSILON = 1e-3;

    /** Mean, deviation squared and summed, then scaled and shifted: for each value. */
    private static final double FORWARD = 8;

    /** Two sums over the gradient and the normalized values, then the gradient itself: for each value. */
    private static final double BACKWARD = 11;

    /** Which variance of a batch enters the running statistics. */
    public enum Variance {
        /**
         * As TensorFlow 2.8 has it: unbiased for images, where its fused kernel runs, biased for features, one row and one
         * column.
         */
        TENSORFLOW,
        /** The sum of squares over {@code n}: Keras 3 and ONNX. */
        BIASED,
        /** The sum of squares over {@code n - 1}: PyTorch. */
        UNBIASED
    }

    public BatchNormalization {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new ModelException(name + ": momentum must be in [0, 1), not " + momentum);
        }
        if (!(epsilon > 0)) {
            throw new ModelException(name + ": epsilon must be positive, not " + epsilon);
        }
    }

    /** With scale and shift. */
    public BatchNormalization(String name, double momentum, double epsilon) {
        this(name, momentum, epsilon, true, true, Variance.TENSORFLOW, ParameterRule.NORMAL);
    }

    static BatchNormalization read(String name, Fields fields) {
        return new BatchNormalization(
                name,
                fields.number("momentum", MOMENTUM),
                fields.number("epsilon", EPSILON),
                fields.flag("scale", true),
                fields.flag("shift", true),
                fields.choice("running_variance", Variance.class, Variance.TENSORFLOW),
                ParameterRule.read(fields));
    }

    /** Whether the running variance of images of {@code input} is taken over {@code n - 1}. */
    public boolean isUnbiased(ImageShape input) {
        return switch (variance) {
            case TENSORFLOW -> !input.isVector();
            case BIASED -> false;
            case UNBIASED -> true;
        };
    }

    /**
     * Whether {@code training} uses the batch's moments and updates the running statistics; otherwise it uses the running
     * statistics.
     */
    public boolean takesBatch(boolean training) {
        return training && !rule.frozen();
    }

    @Override
    public Kind kind() {
        return Kind.BATCH_NORM;
    }

    @Override
    public String label() {
        return "batch normalization";
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        return Check.one(name, inputs);
    }

    @Override
    public List<Parameter> parameters(ImageShape input) {
        TensorShape each = TensorShape.of(input.channels());
        List<Parameter> parameters = new ArrayList<>();
        if (scales) {
            parameters.add(new Parameter(Role.GAMMA, each));
        }
        if (shifts) {
            parameters.add(new Parameter(Role.BETA, each));
        }
        parameters.add(new Parameter(Role.RUNNING_MEAN, each));
        parameters.add(new Parameter(Role.RUNNING_VARIANCE, each));
        return parameters;
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        int values = inputs.get(0).size();
        return new Cost(2L * values, FORWARD * values, 0, BACKWARD * values, false);
    }

    @Override
    public void write(Map<String, Object> fields) {
        fields.put("momentum", momentum);
        fields.put("epsilon", epsilon);
        if (!scales) {
            fields.put("scale", false);
        }
        if (!shifts) {
            fields.put("shift", false);
        }
        if (variance != Variance.TENSORFLOW) {
            fields.put("running_variance", Text.of(variance));
        }
        rule.write(fields);
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        return Optional.of(OnnxOperator.of(
                        "BatchNormalization",
                        OnnxOperator.Axes.ANY,
                        Role.GAMMA,
                        Role.BETA,
                        Role.RUNNING_MEAN,
                        Role.RUNNING_VARIANCE)
                .with("epsilon", (float) epsilon));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
