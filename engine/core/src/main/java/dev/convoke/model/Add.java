package dev.convoke.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sum of two layers or more of one shape, value by value: what a residual connection ends in. */
public record Add(String name) implements Layer {
    @Override
    public Kind kind() {
        return Kind.ADD;
    }

    @Override
    public String label() {
        return "add";
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        Check.severalInputs(name, inputs);
        for (ImageShape input : inputs) {
            if (!input.equals(inputs.get(0))) {
                throw new ModelException(name + " adds " + inputs.get(0) + " and " + input
                        + ", which are of different shapes; bring them to one, as with a 1x1 convolution");
            }
        }
        return inputs.get(0);
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        return Cost.elementwise((inputs.size() - 1) * inputs.get(0).size(), false);
    }

    @Override
    public void write(Map<String, Object> fields) {
        // There is nothing to choose.
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        return Optional.of(OnnxOperator.of(inputs.size() == 2 ? "Add" : "Sum", OnnxOperator.Axes.ANY));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
