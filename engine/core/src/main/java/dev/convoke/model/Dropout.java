package dev.convoke.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Inverted dropout: in training a value is kept with probability {@code 1 - rate} and divided by it. */
public record Dropout(String name, double rate) implements Layer {
    public Dropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new ModelException(name + ": dropout rate must be in [0, 1), not " + rate);
        }
    }

    static Dropout read(String name, Fields fields) {
        return new Dropout(name, fields.number("rate"));
    }

    @Override
    public Kind kind() {
        return Kind.DROPOUT;
    }

    @Override
    public String label() {
        return "dropout";
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
        fields.put("rate", rate);
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        return Optional.empty();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
