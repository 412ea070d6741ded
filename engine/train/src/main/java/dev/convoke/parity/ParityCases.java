package dev.convoke.parity;

import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A representative of every layer and every loss, forward and backward, at sizes that no kernel was made for. */
public final class ParityCases {
    private static final int CLASSES = 3;
    private static final int BATCH = 5;
    private static final ImageShape GRAY = new ImageShape(1, 13, 10);
    private static final ImageShape COLOR = new ImageShape(3, 9, 12);
    private static final String FRONT = "front";

    private ParityCases() {}

    /** The cases; the order is that of the table. */
    public static List<ParityCase> ops() {
        List<ParityCase> cases = new ArrayList<>();
        addConvolutions(cases);
        addPoolings(cases);
        addFeatures(cases);
        addJoins(cases);
        addLosses(cases);
        return cases;
    }

    private static void addConvolutions(List<ParityCase> cases) {
        cases.add(maps("convolution 3x3", GRAY, 16, convolution(32, 3, 1, Padding.SAME)));
        cases.add(maps("convolution 3x3, odd channels", COLOR, 17, convolution(5, 3, 1, Padding.VALID)));
        cases.add(maps("convolution 5x5, stride 2", COLOR, 3, convolution(8, 5, 2, Padding.SAME)));
        cases.add(maps("convolution 1x1, stride 3", GRAY, 8, convolution(16, 1, 3, Padding.VALID)));
        Window rows = new Window(new Size(3, 1), new Size(1, 2), Size.ONE, Padding.of(2, 0, 1, 1));
        cases.add(maps("convolution 3x1, stride 1x2, uneven padding", COLOR, 6, convolution(8, rows, 1)));
        Window gaps = new Window(Size.square(3), Size.ONE, Size.square(2), Padding.SAME);
        cases.add(maps("convolution 3x3, dilation 2", GRAY, 8, convolution(8, gaps, 1)));
        cases.add(maps("convolution in 4 groups", COLOR, 8, convolution(12, Window.square(3, 1, Padding.SAME), 4)));
        cases.add(maps(
                "depthwise convolution",
                COLOR,
                16,
                Convolution.depthwise("op", 1, Window.square(3, 1, Padding.SAME), true)));
        cases.add(maps(
                "depthwise convolution, 2 a channel, stride 2, no bias",
                COLOR,
                5,
                Convolution.depthwise("op", 2, Window.square(3, 2, Padding.SAME), false)));
        cases.add(maps("convolution, ReLU, maximum", GRAY, 32, relu(), maximum(2, 2, Padding.VALID)));
        cases.add(maps(
                "two such groups",
                GRAY,
                32,
                relu(),
                maximum(2, 2, Padding.VALID),
                convolution(64, 3, 1, Padding.SAME),
                activation("op_relu", ActivationFunction.RELU),
                new MaxPooling("op_pool", 2, 2, Padding.VALID)));
    }

    private static void addPoolings(List<ParityCase> cases) {
        cases.add(maps("maximum 3x3, stride 2", COLOR, 16, maximum(3, 2, Padding.SAME)));
        cases.add(maps("mean 2x2", GRAY, 16, new AveragePooling("op", 2, 2, Padding.VALID)));
        Window wide = new Window(new Size(2, 3), new Size(1, 3), Size.ONE, Padding.SAME);
        cases.add(maps("maximum 2x3, stride 1x3", GRAY, 8, new MaxPooling("op", wide)));
        cases.add(maps("mean 2x3, stride 1x3", GRAY, 8, new AveragePooling("op", wide)));
        cases.add(maps("mean of each channel", COLOR, 17, new GlobalAveragePooling("op")));
        cases.add(maps("maximum of each channel", COLOR, 17, new GlobalMaxPooling("op")));
        cases.add(maps("batch normalization", GRAY, 17, normalization()));
        cases.add(maps("batch normalization, ReLU", COLOR, 16, normalization(), relu()));
        cases.add(maps(
                "batch normalization, no scale or shift",
                GRAY,
                8,
                new BatchNormalization(
                        "norm", 0.9, 1e-3, false, false, BatchNormalization.Variance.BIASED, ParameterRule.NORMAL)));
    }

    private static void addFeatures(List<ParityCase> cases) {
        cases.add(features("batch normalization of features", 32, normalization()));
        for (int units : new int[] {1, 17, 128}) {
            cases.add(features("dense " + units, 13, dense("op", units)));
        }
        cases.add(features("dense, no bias", 13, new Dense("op", 9, false, Penalty.NONE, ParameterRule.NORMAL)));
        cases.add(features("dense, ReLU, dropout", 24, relu(), new Dropout("op", 0.3)));
        cases.add(maps("spatial dropout", GRAY, 8, new Dropout("op", 0.5)));
        for (ActivationFunction function : ActivationFunction.values()) {
            String name = function.name().toLowerCase(Locale.ROOT).replace("_", " ");
            cases.add(features("activation " + name, 17, activation("op", function)));
        }
    }

    private static void addJoins(List<ParityCase> cases) {
        Node branch = Node.of(new Convolution("branch", 8, 3, 1, Padding.SAME, Penalty.NONE), FRONT);
        cases.add(
                graph("sum of two layers, ReLU", 8, branch, Node.of(new Add("op"), FRONT, "branch"), Node.of(relu())));
        cases.add(graph("a layer added to itself", 8, Node.of(new Add("op"), FRONT, FRONT)));
        cases.add(graph(
                "three layers side by side",
                8,
                branch,
                Node.of(relu(), FRONT),
                Node.of(new Concatenate("op"), "branch", FRONT, "relu")));
    }

    private static void addLosses(List<ParityCase> cases) {
        cases.add(loss("loss with label smoothing", Loss.SoftmaxCrossEntropy.of(17, 0.1)));
        cases.add(loss(
                "loss with class weights",
                new Loss.SoftmaxCrossEntropy(4, 0, List.of(1.0, 0.0, 2.5, 0.5), Loss.SoftmaxCrossEntropy.TOP_K)));
        cases.add(loss("sigmoid cross-entropy", new Loss.SigmoidCrossEntropy(17)));
        cases.add(loss(
                "sigmoid cross-entropy, weights, smoothing",
                new Loss.SigmoidCrossEntropy(3, 0.2, List.of(1.0, 0.5, 3.0))));
        cases.add(loss("mean squared error", new Loss.MeanSquaredError(5)));
        cases.add(loss("mean squared error of one output", new Loss.MeanSquaredError(1)));
        cases.add(loss("Huber loss", new Loss.Huber(5, 0.5)));
    }

    private static ParityCase loss(String name, Loss loss) {
        return of(name, GRAY, loss, Node.of(new Flatten("flatten")), Node.of(dense(FRONT, 12)));
    }

    private static ParityCase maps(String name, ImageShape input, int channels, Layer... middle) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(Node.of(front(channels)));
        for (Layer layer : middle) {
            nodes.add(Node.of(layer));
        }
        nodes.add(Node.of(new Flatten("flatten")));
        return of(name, input, Loss.SoftmaxCrossEntropy.of(CLASSES, 0), nodes.toArray(Node[]::new));
    }

    private static ParityCase graph(String name, int channels, Node... middle) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(Node.of(front(channels)));
        nodes.addAll(List.of(middle));
        nodes.add(Node.of(new Flatten("flatten")));
        return of(name, GRAY, Loss.SoftmaxCrossEntropy.of(CLASSES, 0), nodes.toArray(Node[]::new));
    }

    private static ParityCase features(String name, int units, Layer... middle) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(Node.of(new Flatten("flatten")));
        nodes.add(Node.of(dense(FRONT, units)));
        for (Layer layer : middle) {
            nodes.add(Node.of(layer));
        }
        return of(name, GRAY, Loss.SoftmaxCrossEntropy.of(CLASSES, 0), nodes.toArray(Node[]::new));
    }

    private static ParityCase of(String name, ImageShape input, Loss loss, Node... nodes) {
        List<Node> all = new ArrayList<>(List.of(nodes));
        all.add(Node.of(dense("last", loss.outputs())));
        return new ParityCase(name, new ModelSpec("parity", input, all, loss), BATCH);
    }

    private static Layer front(int channels) {
        return new Convolution(FRONT, channels, 3, 1, Padding.SAME, Penalty.NONE);
    }

    private static Layer convolution(int filters, int kernel, int stride, Padding padding) {
        return new Convolution("op", filters, kernel, stride, padding, Penalty.NONE);
    }

    private static Layer convolution(int filters, Window window, int groups) {
        return new Convolution("op", filters, 0, window, groups, true, Penalty.NONE, ParameterRule.NORMAL);
    }

    private static Layer maximum(int size, int stride, Padding padding) {
        return new MaxPooling("pool", size, stride, padding);
    }

    private static Layer normalization() {
        return new BatchNormalization("norm", 0.99, 1e-3);
    }

    private static Layer dense(String name, int units) {
        return new Dense(name, units, Penalty.NONE);
    }

    private static Layer relu() {
        return activation("relu", ActivationFunction.RELU);
    }

    private static Layer activation(String name, ActivationFunction function) {
        return new Activation(name, function);
    }
}
