package dev.convoke.backend;

import static dev.convoke.backend.Networks.convolution;
import static dev.convoke.backend.Networks.dense;
import static dev.convoke.backend.Networks.relu;
import static dev.convoke.backend.OpCases.CLASSES;
import static dev.convoke.backend.OpCases.COLOR;
import static dev.convoke.backend.OpCases.GRAY;

import dev.convoke.model.ActivationFunction;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.Convolution;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Convolutions and poolings whose windows are not square, not dense, or padded as somebody pleases; convolutions in groups or
 * without bias; poolings over whole images.
 */
final class WindowCases {
    private static final int[] CHANNELS = {4, 8, 3, 16, 5};
    private static final int[] BATCHES = {2, 5, 1};

    private WindowCases() {}

    static Stream<OpCase> convolutions() {
        List<OpCase> cases = new ArrayList<>();
        for (Window window : windows()) {
            int filters = CHANNELS[cases.size() % CHANNELS.length];
            addFused(cases, CHANNELS[(cases.size() + 1) % CHANNELS.length], window(window, filters, true), true);
        }
        Window plain = Window.square(3, 1, Padding.SAME);
        for (Window window : List.of(
                plain,
                Window.square(1, 1, Padding.VALID),
                Window.square(2, 2, Padding.SAME),
                Window.square(3, 1, Padding.of(1)),
                new Window(new Size(3, 2), new Size(1, 2), new Size(2, 1), Padding.of(0, 2, 1, 0)))) {
            for (int filters : new int[] {5, 16}) {
                addFused(cases, 4, window(window, filters, false), true);
            }
        }
        for (ImageShape input : List.of(GRAY, COLOR)) {
            Layer first = window(plain, 8, false);
            cases.add(behindInput("first convolution without bias", input, first));
            cases.add(behindInput("first convolution without bias, ReLU", input, first, relu("relu")));
            cases.add(behindInput("first convolution without bias, ReLU, pooling", input, first, relu("relu"), pool()));
        }
        return cases.stream();
    }

    /** Rectangles, dilation, and zeros on any side. */
    private static List<Window> windows() {
        Size two = Size.square(2);
        Size three = Size.square(3);
        return List.of(
                new Window(new Size(3, 2), Size.ONE, Size.ONE, Padding.SAME),
                new Window(new Size(2, 3), new Size(2, 1), Size.ONE, Padding.VALID),
                new Window(new Size(1, 5), new Size(1, 2), Size.ONE, Padding.SAME),
                new Window(new Size(5, 1), new Size(3, 2), Size.ONE, Padding.SAME),
                new Window(three, new Size(1, 2), Size.ONE, Padding.SAME),
                new Window(three, Size.ONE, two, Padding.SAME),
                new Window(three, Size.ONE, two, Padding.VALID),
                new Window(three, two, two, Padding.SAME),
                new Window(two, Size.ONE, new Size(3, 1), Padding.SAME),
                new Window(new Size(2, 3), new Size(2, 1), new Size(1, 3), Padding.SAME),
                Window.square(3, 1, Padding.of(1)),
                Window.square(3, 2, Padding.of(1)),
                Window.square(3, 1, Padding.of(2)),
                Window.square(5, 1, Padding.of(2)),
                Window.square(3, 1, Padding.of(1, 0, 2, 3)),
                Window.square(2, 2, Padding.of(1, 0, 0, 0)),
                Window.square(1, 1, Padding.of(0, 1, 2, 0)),
                new Window(new Size(3, 2), new Size(2, 3), new Size(1, 2), Padding.of(0, 3, 1, 2)));
    }

    static Stream<OpCase> groups() {
        Window plain = Window.square(3, 1, Padding.SAME);
        Window odd = new Window(new Size(3, 2), new Size(2, 1), new Size(1, 2), Padding.of(0, 2, 1, 1));
        List<OpCase> cases = new ArrayList<>();
        for (Window window : List.of(plain, Window.square(3, 2, Padding.SAME), odd)) {
            for (boolean bias : new boolean[] {true, false}) {
                boolean pools = cases.size() < 40;
                addFused(cases, 4, grouped(window, 6, 2, bias), pools);
                addFused(cases, 6, grouped(window, 3, 3, bias), pools);
                addFused(cases, 16, grouped(window, 32, 2, bias), pools);
                addFused(cases, 5, grouped(window, 5, 5, bias), pools);
                for (int multiplier = 1; multiplier <= 2; multiplier++) {
                    addFused(cases, 5, Convolution.depthwise("op", multiplier, window, bias), pools);
                    addFused(cases, 16, Convolution.depthwise("op", multiplier, window, bias), pools);
                }
            }
        }
        addFused(cases, 1, Convolution.depthwise("op", 3, plain, true), true);
        addFused(cases, 17, Convolution.depthwise("op", 1, Window.square(5, 1, Padding.VALID), true), true);
        Layer first = Convolution.depthwise("op", 2, plain, true);
        cases.add(behindInput("first convolution depthwise", COLOR, first));
        cases.add(behindInput("first convolution depthwise, ReLU, pooling", COLOR, first, relu("relu"), pool()));
        cases.add(behindInput("first convolution in groups", COLOR, grouped(plain, 6, 3, true), relu("relu")));
        return cases.stream();
    }

    static Stream<OpCase> poolings() {
        List<OpCase> cases = new ArrayList<>();
        for (Window window : List.of(
                new Window(new Size(3, 2), new Size(2, 1), Size.ONE, Padding.VALID),
                new Window(new Size(2, 3), new Size(3, 2), Size.ONE, Padding.SAME),
                new Window(new Size(1, 2), new Size(1, 2), Size.ONE, Padding.VALID),
                new Window(new Size(2, 1), new Size(2, 1), Size.ONE, Padding.SAME),
                new Window(Size.square(2), new Size(2, 1), Size.ONE, Padding.VALID),
                Window.square(3, 2, Padding.of(1)),
                Window.square(2, 2, Padding.of(1)),
                Window.square(2, 2, Padding.of(1, 0, 0, 1)),
                Window.square(1, 2, Padding.VALID),
                new Window(new Size(4, 3), new Size(1, 2), Size.ONE, Padding.of(3, 0, 1, 2)))) {
            addPooling(cases, "maximum " + text(window), new MaxPooling("op", window));
            addPooling(cases, "mean " + text(window), new AveragePooling("op", window));
        }
        return cases.stream();
    }

    private static void addPooling(List<OpCase> cases, String name, Layer op) {
        int channels = CHANNELS[cases.size() % CHANNELS.length];
        int batch = BATCHES[cases.size() % BATCHES.length];
        cases.add(OpCases.behindConvolution(name, GRAY, channels, batch, op));
        cases.add(OpCases.behindConvolution(name + " behind ReLU", COLOR, channels, batch, relu("relu"), op));
        Layer tanh = OpCases.activation("tanh", ActivationFunction.TANH);
        cases.add(OpCases.behindConvolution(name + " behind tanh", GRAY, channels, batch, tanh, op));
    }

    static Stream<OpCase> globalPoolings() {
        List<OpCase> cases = new ArrayList<>();
        for (Layer op : List.of(new GlobalMaxPooling("op"), new GlobalAveragePooling("op"))) {
            String name = op.label();
            for (int channels : new int[] {1, 5, 16, 17}) {
                cases.add(OpCases.behindConvolution(name, GRAY, channels, 2, op));
                cases.add(OpCases.behindConvolution(name + " behind ReLU", COLOR, channels, 5, relu("relu"), op));
            }
            ImageShape large = new ImageShape(1, 17, 19);
            cases.add(OpCases.behindConvolution(name + " of 323 pixels", large, 3, 2, op));
            cases.add(OpCases.behindConvolution(name + " of a row of 301", new ImageShape(1, 1, 301), 4, 2, op));
            cases.add(OpCases.behindDense(name + " of features", 17, 5, op, relu("relu")));
            cases.add(OpCases.behindConvolution(
                    name + " of one pixel", GRAY, 5, 2, convolution("whole", 7, 7, 3, Padding.VALID), op));
            cases.add(OpCases.behindConvolution(name + " of flattened maps", GRAY, 3, 2, new Flatten("flat"), op));
            cases.add(behindInput(name + " of the images", COLOR, op, dense("hidden", 4)));
            cases.add(new OpCase(
                    name + " gives the logits",
                    Networks.of("model", GRAY, CLASSES, convolution("front", CLASSES, 3, 1, Padding.SAME), op),
                    5));
        }
        return cases.stream();
    }

    /** Alone, behind it ReLU, and behind that a pooling. */
    private static void addFused(List<OpCase> cases, int channels, Convolution op, boolean pools) {
        ImageShape input = cases.size() % 2 == 0 ? GRAY : COLOR;
        int batch = BATCHES[cases.size() % BATCHES.length];
        String name = name(op) + " of " + channels + " channels";
        cases.add(OpCases.behindConvolution(name, input, channels, batch, op));
        cases.add(OpCases.behindConvolution(name + ", ReLU", input, channels, batch, op, relu("relu")));
        if (pools) {
            Layer pool = cases.size() % 4 < 2 ? pool() : new AveragePooling("pool", 2, 2, Padding.SAME);
            cases.add(OpCases.behindConvolution(
                    name + ", ReLU, " + pool.label(), input, channels, batch, op, relu("relu"), pool));
        }
    }

    private static String name(Convolution op) {
        String kind = op.isDepthwise()
                ? "depthwise times " + op.multiplier()
                : "convolution to " + op.filters() + (op.groups() > 1 ? " in " + op.groups() + " groups" : "");
        return kind + " " + text(op.window()) + (op.hasBias() ? "" : ", no bias");
    }

    private static String text(Window window) {
        return window.size() + " stride " + window.stride()
                + (window.dilation().equals(Size.ONE) ? "" : " dilation " + window.dilation()) + " " + window.padding();
    }

    private static OpCase behindInput(String name, ImageShape input, Layer... layers) {
        List<Layer> all = new ArrayList<>(Arrays.asList(layers));
        all.add(new Flatten("flatten"));
        all.add(dense("last", CLASSES));
        return new OpCase(name + " of " + input, new ModelSpec("model", input, CLASSES, all, 0), 3);
    }

    private static Convolution window(Window window, int filters, boolean bias) {
        return grouped(window, filters, 1, bias);
    }

    private static Convolution grouped(Window window, int filters, int groups, boolean bias) {
        return new Convolution("op", filters, 0, window, groups, bias, Penalty.NONE, ParameterRule.NORMAL);
    }

    private static Layer pool() {
        return new MaxPooling("pool", 2, 2, Padding.VALID);
    }
}
