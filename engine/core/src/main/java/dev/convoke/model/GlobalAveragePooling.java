package dev.convoke.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Mean of each channel over all rows and columns. */
public record GlobalAveragePooling(String name) implements Layer {
    @Override
    public Kind kind() {
        return Kind.GLOBAL_AVERAGE_POOLING;
    }

    @Override
    public String label() {
        return "global average pooling";
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        return new ImageShape(Check.one(name, inputs).channels(), 1, 1);
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
        return Optional.of(OnnxOperator.of("GlobalAveragePool", OnnxOperator.Axes.IMAGES));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
