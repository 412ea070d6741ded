package dev.convoke.plan;

import dev.convoke.model.TensorShape;
import java.util.Arrays;

/** Float32 values in canonical order, as they leave a session. The array is shared, not copied. */
public record Tensor(TensorShape shape, float[] values) {
    public Tensor {
        if (shape.size() != values.length) {
            throw new IllegalArgumentException("a tensor of " + shape + " does not hold " + values.length + " values");
        }
    }

    public static Tensor zeros(TensorShape shape) {
        return new Tensor(shape, new float[shape.size()]);
    }

    public static Tensor filled(TensorShape shape, float value) {
        Tensor tensor = zeros(shape);
        Arrays.fill(tensor.values, value);
        return tensor;
    }
}
