package dev.convoke.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Sizes of a tensor's axes, outermost first. */
public record TensorShape(List<Integer> axes) {
    public TensorShape {
        axes = List.copyOf(axes);
    }

    public static TensorShape of(int... axes) {
        return new TensorShape(Arrays.stream(axes).boxed().toList());
    }

    /** Number of values. */
    public int size() {
        int size = 1;
        for (int axis : axes) {
            size = Math.multiplyExact(size, axis);
        }
        return size;
    }

    @Override
    public String toString() {
        return axes.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }
}
