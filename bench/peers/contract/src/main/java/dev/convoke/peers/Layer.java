package dev.convoke.peers;

import java.util.Locale;

/** One layer of the network that every peer builds, in the order in which layers run. */
public sealed interface Layer {
    String name();

    /** Square kernel, stride 1, bias; {@code padding} zeros on every side. */
    record Convolution(String name, int inputs, int filters, int kernel, int padding) implements Layer {}

    /** Element-wise {@code max(x, 0)}. */
    record Relu(String name) implements Layer {}

    /** Square windows, stride equal to size, no padding; rows and columns that fill no window are dropped. */
    record MaxPooling(String name, int size) implements Layer {}

    /** {@code running = momentum * running + (1 - momentum) * batch}. */
    record BatchNormalization(String name, int channels, double momentum, double epsilon) implements Layer {}

    /** Channels, rows, columns become one axis, in that order. */
    record Flatten(String name, int channels, int height, int width) implements Layer {}

    /** {@code y = W x + b}, W [units, inputs]. */
    record Dense(String name, int inputs, int units) implements Layer {}

    /** Inverted dropout at {@code rate}. */
    record Dropout(String name, double rate) implements Layer {}

    /** One line that {@link #parse} reads. */
    default String text() {
        if (this instanceof Convolution c) {
            return join("convolution", c.name, c.inputs, c.filters, c.kernel, c.padding);
        }
        if (this instanceof Relu r) {
            return join("relu", r.name);
        }
        if (this instanceof MaxPooling p) {
            return join("max-pooling", p.name, p.size);
        }
        if (this instanceof BatchNormalization b) {
            return join("batch-normalization", b.name, b.channels, b.momentum, b.epsilon);
        }
        if (this instanceof Flatten f) {
            return join("flatten", f.name, f.channels, f.height, f.width);
        }
        if (this instanceof Dense d) {
            return join("dense", d.name, d.inputs, d.units);
        }
        Dropout d = (Dropout) this;
        return join("dropout", d.name, d.rate);
    }

    /**
     * Reads a line of {@link #text}.
     *
     * @throws IllegalArgumentException if there is no such layer
     */
    static Layer parse(String line) {
        String[] word = line.split(" ", -1);
        String name = word.length > 1 ? word[1] : "";
        switch (word[0] + "/" + word.length) {
            case "convolution/6":
                return new Convolution(name, number(word[2]), number(word[3]), number(word[4]), number(word[5]));
            case "relu/2":
                return new Relu(name);
            case "max-pooling/3":
                return new MaxPooling(name, number(word[2]));
            case "batch-normalization/5":
                return new BatchNormalization(
                        name, number(word[2]), Double.parseDouble(word[3]), Double.parseDouble(word[4]));
            case "flatten/5":
                return new Flatten(name, number(word[2]), number(word[3]), number(word[4]));
            case "dense/4":
                return new Dense(name, number(word[2]), number(word[3]));
            case "dropout/3":
                return new Dropout(name, Double.parseDouble(word[2]));
            default:
                throw new IllegalArgumentException("there is no layer '" + line + "'");
        }
    }

    private static int number(String word) {
        return Integer.parseInt(word);
    }

    private static String join(String kind, Object... fields) {
        StringBuilder line = new StringBuilder(kind.toLowerCase(Locale.ROOT));
        for (Object field : fields) {
            line.append(' ').append(field);
        }
        return line.toString();
    }
}
