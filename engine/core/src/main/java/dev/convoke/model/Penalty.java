package dev.convoke.model;

import java.util.Map;

/**
 * A penalty on the kernel of one layer, added to the loss as Keras adds it: {@code l1 * sum|w| + l2 * sum w^2}, unscaled.
 * Its gradient is {@code l1 * sign(w) + 2 * l2 * w}, with {@code sign(0) = 0}. Biases are never penalized.
 */
public record Penalty(double l1, double l2) {
    public static final Penalty NONE = new Penalty(0, 0);

    public Penalty {
        if (!(l1 >= 0) || !(l2 >= 0) || Double.isInfinite(l1) || Double.isInfinite(l2)) {
            throw new ModelException("penalties must be finite and not negative, not l1=" + l1 + ", l2=" + l2);
        }
    }

    static Penalty read(Fields fields) {
        return new Penalty(fields.number("l1", 0), fields.number("l2", 0));
    }

    /** Writes what {@link #read} reads. */
    void write(Map<String, Object> fields) {
        fields.put("l1", l1);
        fields.put("l2", l2);
    }

    public boolean isNone() {
        return l1 == 0 && l2 == 0;
    }
}
