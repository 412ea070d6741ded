package dev.convoke.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Maximum over windows; padding never wins. */
public record MaxPooling(String name, Window window) implements Layer {
    public MaxPooling(String name, int size, int stride, Padding padding) {
        this(name, Window.square(size, stride, padding));
    }

    static MaxPooling read(String name, Fields fields) {
        return new MaxPooling(name, Window.read(fields, "size", Size.square(2), true, false));
    }

    /** The window over images of {@code input}. */
    public WindowGeometry over(ImageShape input) {
        return window.within(name, input);
    }

    @Override
    public Kind kind() {
        return Kind.MAX_POOLING;
    }

    @Override
    public String label() {
        return "max pooling " + window.size();
    }

    @Override
    public ImageShape output(List<ImageShape> inputs) {
        return over(Check.one(name, inputs)).output();
    }

    @Override
    public Cost cost(List<ImageShape> inputs) {
        int outputs = over(inputs.get(0)).output().size();
        double windows = (double) outputs * window.size().area();
        return new Cost(0, windows, 0, outputs, true);
    }

    @Override
    public void write(Map<String, Object> fields) {
        window.write(fields, "size");
    }

    @Override
    public Optional<OnnxOperator> onnx(List<ImageShape> inputs) {
        return Optional.of(OnnxOperator.of("MaxPool", OnnxOperator.Axes.IMAGES).over(over(inputs.get(0))));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.visit(this);
    }
}
