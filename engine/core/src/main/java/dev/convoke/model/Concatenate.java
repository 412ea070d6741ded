package dev.convoke.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The channels of two layers or more one after the other; rows and columns must be the same. */
public record Concatenate(String name) implements Layer {
    @Override
    public Kind kind() {
        return Kind.CONCATENATE;
    }

    @Override
    public String label() {
        return "concatenate";
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        Check.severalInputs(name, inputs);
        ImageShape first = inputs.get(0);
        int channels = 0;
        for (ImageShape input : inputs) {
            if (input.height() != first.height() || input.width() != first.width()) {
                throw new ModelException(
                        name + " joins " + first + " and " + input + ", which have different rows or columns");
            }
            channels = Math.addExact(channels, input.channels());
        }
        return new ImageShape(channels, first.height(), first.width());
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        return Cost.elementwise(output(inputs).size(), false);
    }

    @Override
    public void write(Map<String, Object> fields) {
        // There is nothing to choose.
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        return Optional.of(OnnxOperator.of("Concat", OnnxOperator.Axes.ANY).with("axis", 1L));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
