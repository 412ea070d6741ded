package dev.convoke.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Channels, rows and columns become one axis, in that order. */
public record Flatten(String name) implements Layer {
    @Override
    public Kind kind() {
        return Kind.FLATTEN;
    }

    @Override
    public String label() {
        return "flatten";
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        return new ImageShape(Check.one(name, inputs).size(), 1, 1);
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        return Cost.elementwise(inputs.get(0).size(), false);
    }

    @Override
    public void write(Map<String, Object> fields) {
        // There is nothing to choose.
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        return Optional.of(
                OnnxOperator.of("Flatten", OnnxOperator.Axes.FLATTENS).with("axis", 1L));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
