package dev.convoke.peers;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One layer of the network that every peer builds. Images have channels, rows and columns, in that order. */
public sealed interface Layer {
    String name();

    /**
     * Convolution; with {@code groups} the channels are cut into that many parts, each seen by its own filters.
     *
     * @param inputs channels read
     * @param filters channels written
     * @param groups 1 for none; {@code inputs} for a depthwise convolution
     * @param window rows, columns, stride, dilation, zeros
     * @param bias whether one is added
     */
    record Convolution(String name, int inputs, int filters, int groups, Window window, boolean bias)
            implements Layer {}

    /**
     * An element-wise function.
     *
     * @param slope of leaky ReLU below zero
     */
    record Activation(String name, Function function, double slope) implements Layer {}

    /** Largest or mean value of a window; rows and columns that fill no window are dropped, padding never counts. */
    record Pooling(String name, Reduction reduction, Window window) implements Layer {}

    /** Largest or mean value of each channel. */
    record GlobalPooling(String name, Reduction reduction) implements Layer {}

    /** {@code running = momentum * running + (1 - momentum) * batch}. */
    record BatchNormalization(String name, int channels, double momentum, double epsilon) implements Layer {}

    /** Channels, rows, columns become one axis, in that order. */
    record Flatten(String name, int channels, int height, int width) implements Layer {}

    /** {@code y = W x + b}, W [units, inputs]. */
    record Dense(String name, int inputs, int units, boolean bias) implements Layer {}

    /** Inverted dropout at {@code rate}. */
    record Dropout(String name, double rate) implements Layer {}

    /** The sum of two layers or more. */
    record Add(String name) implements Layer {}

    /** The channels of two layers or more, one after the other. */
    record Concatenate(String name) implements Layer {}

    /** What an {@link Activation} computes. */
    enum Function {
        /** {@code max(x, 0)}. */
        RELU,
        /** {@code x} above zero, {@code slope * x} below. */
        LEAKY_RELU,
        /** {@code x * P(N(0, 1) <= x)}, exact. */
        GELU,
        TANH,
        SIGMOID
    }

    /** What becomes of the values of a window. */
    enum Reduction {
        MAX,
        AVERAGE
    }

    /** Whether this is {@code max(x, 0)}. */
    default boolean isRelu() {
        return this instanceof Activation a && a.function() == Function.RELU;
    }

    /** One line that {@link #parse} reads. */
    default String text() {
        if (this instanceof Convolution c) {
            return join("convolution", c.name, c.inputs, c.filters, c.groups, c.window.text(), c.bias);
        }
        if (this instanceof Activation a) {
            return join("activation", a.name, a.function, a.slope);
        }
        if (this instanceof Pooling p) {
            return join("pooling", p.name, p.reduction, p.window.text());
        }
        if (this instanceof GlobalPooling g) {
            return join("global-pooling", g.name, g.reduction);
        }
        if (this instanceof BatchNormalization b) {
            return join("batch-normalization", b.name, b.channels, b.momentum, b.epsilon);
        }
        if (this instanceof Flatten f) {
            return join("flatten", f.name, f.channels, f.height, f.width);
        }
        if (this instanceof Dense d) {
            return join("dense", d.name, d.inputs, d.units, d.bias);
        }
        if (this instanceof Dropout d) {
            return join("dropout", d.name, d.rate);
        }
        return join(this instanceof Add ? "add" : "concatenate", name());
    }

    /**
     * Reads a line of {@link #text}.
     *
     * @throws IllegalArgumentException if there is no such layer
     */
    static Layer parse(String line) {
        String[] word = line.split(" ", -1);
        String name = word.length > 1 ? URLDecoder.decode(word[1], StandardCharsets.UTF_8) : "";
        return switch (word[0] + "/" + word.length) {
            case "convolution/7" ->
                new Convolution(
                        name,
                        number(word[2]),
                        number(word[3]),
                        number(word[4]),
                        Window.parse(word[5]),
                        Boolean.parseBoolean(word[6]));
            case "activation/4" -> new Activation(name, Function.valueOf(word[2]), Double.parseDouble(word[3]));
            case "pooling/4" -> new Pooling(name, Reduction.valueOf(word[2]), Window.parse(word[3]));
            case "global-pooling/3" -> new GlobalPooling(name, Reduction.valueOf(word[2]));
            case "batch-normalization/5" ->
                new BatchNormalization(name, number(word[2]), Double.parseDouble(word[3]), Double.parseDouble(word[4]));
            case "flatten/5" -> new Flatten(name, number(word[2]), number(word[3]), number(word[4]));
            case "dense/5" -> new Dense(name, number(word[2]), number(word[3]), Boolean.parseBoolean(word[4]));
            case "dropout/3" -> new Dropout(name, Double.parseDouble(word[2]));
            case "add/2" -> new Add(name);
            case "concatenate/2" -> new Concatenate(name);
            default -> throw new IllegalArgumentException("there is no layer '" + line + "'");
        };
    }

    private static int number(String word) {
        return Integer.parseInt(word);
    }

    /** A layer may have any name, so that names are encoded as in addresses. */
    private static String join(String kind, String name, Object... fields) {
        return Stream.concat(
                        Stream.of(kind.toLowerCase(Locale.ROOT), URLEncoder.encode(name, StandardCharsets.UTF_8)),
                        Arrays.stream(fields).map(Object::toString))
                .collect(Collectors.joining(" "));
    }

    /**
     * A window that slides over images.
     *
     * @param height rows that it looks at
     * @param width columns that it looks at
     * @param down rows from one window to the next
     * @param across columns from one window to the next
     * @param dilationDown distance between the rows that it looks at
     * @param dilationAcross distance between the columns that it looks at
     * @param top zeros above the first row
     * @param left zeros before the first column
     * @param bottom zeros below the last row
     * @param right zeros after the last column
     */
    record Window(
            int height,
            int width,
            int down,
            int across,
            int dilationDown,
            int dilationAcross,
            int top,
            int left,
            int bottom,
            int right) {
        /** A square window without gaps and with {@code zeros} on every side. */
        public static Window square(int size, int stride, int zeros) {
            return new Window(size, size, stride, stride, 1, 1, zeros, zeros, zeros, zeros);
        }

        /** Whether there are zeros on any side. */
        public boolean isPadded() {
            return top + left + bottom + right > 0;
        }

        /** Whether there are as many zeros above as below, and as many before as after. */
        public boolean isSymmetric() {
            return top == bottom && left == right;
        }

        /**
         * Whether its zeros are what TensorFlow, Keras and Deeplearning4j call SAME: so many that {@code rows / down} and
         * {@code columns / across} windows, rounded up, fit, an odd one last.
         */
        public boolean isSame(int rows, int columns) {
            int vertical = zerosOfSame(rows, height, down, dilationDown);
            int horizontal = zerosOfSame(columns, width, across, dilationAcross);
            return top == vertical / 2
                    && bottom == vertical - vertical / 2
                    && left == horizontal / 2
                    && right == horizontal - horizontal / 2;
        }

        private static int zerosOfSame(int size, int window, int stride, int dilation) {
            int windows = (size + stride - 1) / stride;
            return Math.max(0, (windows - 1) * stride + (window - 1) * dilation + 1 - size);
        }

        String text() {
            return Stream.of(height, width, down, across, dilationDown, dilationAcross, top, left, bottom, right)
                    .map(number -> Integer.toString(number))
                    .collect(Collectors.joining(","));
        }

        static Window parse(String word) {
            List<Integer> n =
                    Arrays.stream(word.split(",", -1)).map(Integer::valueOf).toList();
            return new Window(
                    n.get(0), n.get(1), n.get(2), n.get(3), n.get(4), n.get(5), n.get(6), n.get(7), n.get(8), n.get(9));
        }
    }
}
