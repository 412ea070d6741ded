package dev.convoke.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An element-wise function; {@code slope} matters to leaky ReLU alone. */
public record Activation(String name, ActivationFunction function, double slope) implements Layer {
    /** Slope of leaky ReLU below zero where none is given; Keras' default. */
    public static final double DEFAULT_SLOPE = 0.3;

    private static final int GELU_SET = 20;

    public Activation(String name, ActivationFunction function) {
        this(name, function, DEFAULT_SLOPE);
    }

    static Activation read(String name, Fields fields) {
        return new Activation(
                name, fields.choice("function", ActivationFunction.class), fields.number("slope", DEFAULT_SLOPE));
    }

    /** Whether it is {@code max(x, 0)}, which many kernels take along. */
    public boolean isRelu() {
        return function == ActivationFunction.RELU;
    }

    @Override
    public Kind kind() {
        return Kind.ACTIVATION;
    }

    @Override
    public String label() {
        return Text.words(function);
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        return Check.one(name, inputs);
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        return Cost.elementwise(inputs.get(0).size(), true);
    }

    @Override
    public void write(Map<String, Object> fields) {
        fields.put("function", Text.of(function));
        fields.put("slope", slope);
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        return Optional.of(
                switch (function) {
                    case RELU -> of("Relu");
                    case LEAKY_RELU -> of("LeakyRelu").with("alpha", (float) slope);
                    case GELU -> of("Gelu").with("approximate", "none").since(GELU_SET);
                    case TANH -> of("Tanh");
                    case SIGMOID -> of("Sigmoid");
                });
    }

    private static OnnxOperator of(String operator) {
        return OnnxOperator.of(operator, OnnxOperator.Axes.ANY);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
