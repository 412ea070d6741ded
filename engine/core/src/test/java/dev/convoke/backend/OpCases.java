package dev.convoke.backend;

import static dev.convoke.backend.Networks.convolution;
import static dev.convoke.backend.Networks.dense;
import static dev.convoke.backend.Networks.normalization;
import static dev.convoke.backend.Networks.relu;

import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The networks of the op contract: odd sizes throughout, height and width never the same. */
final class OpCases {
    static final int CLASSES = 3;
    static final ImageShape GRAY = new ImageShape(1, 9, 7);
    static final ImageShape COLOR = new ImageShape(3, 7, 10);
    private static final int[] CHANNELS = {1, 3, 16, 17, 32};
    private static final int[] BATCHES = {1, 2, 5};

    private OpCases() {}

    static Stream<OpCase> convolutions() {
        List<OpCase> cases = new ArrayList<>();
        for (int kernel : new int[] {1, 2, 3, 5}) {
            for (int stride = 1; stride <= 3; stride++) {
                for (Padding padding : List.of(Padding.SAME, Padding.VALID)) {
                    int i = cases.size();
                    Convolution convolution = convolution("op", CHANNELS[i % CHANNELS.length], kernel, stride, padding);
                    cases.add(behindConvolution(
                            "convolution " + kernel + "x" + kernel + " stride " + stride + " " + padding,
                            i % 2 == 0 ? GRAY : COLOR,
                            CHANNELS[(i + 2) % CHANNELS.length],
                            BATCHES[i % BATCHES.length],
                            convolution));
                }
            }
        }
        for (int from : CHANNELS) {
            for (int to : CHANNELS) {
                cases.add(behindConvolution(
                        "convolution from " + from + " to " + to + " channels",
                        GRAY,
                        from,
                        2,
                        convolution("op", to, 3, 1, Padding.SAME)));
            }
        }
        return cases.stream();
    }

    static Stream<OpCase> poolings() {
        List<OpCase> cases = new ArrayList<>();
        for (int size = 2; size <= 3; size++) {
            for (int stride = 1; stride <= 3; stride++) {
                for (Padding padding : List.of(Padding.SAME, Padding.VALID)) {
                    String shape = size + "x" + size + " stride " + stride + " " + padding;
                    addPooling(cases, "maximum " + shape, new MaxPooling("op", size, stride, padding));
                    addPooling(cases, "mean " + shape, new AveragePooling("op", size, stride, padding));
                }
            }
        }
        return cases.stream();
    }

    private static void addPooling(List<OpCase> cases, String name, Layer pooling) {
        int channels = CHANNELS[cases.size() % CHANNELS.length];
        int batch = BATCHES[cases.size() % BATCHES.length];
        cases.add(behindConvolution(name + " by itself", GRAY, channels, batch, pooling));
        cases.add(behindConvolution(name + " behind ReLU", COLOR, channels, batch, relu("relu"), pooling));
    }

    static Stream<OpCase> normalizations() {
        Layer op = normalization("op");
        List<OpCase> cases = new ArrayList<>(List.of(
                behindConvolution("normalization", GRAY, 3, 1, op),
                behindConvolution("normalization", COLOR, 17, 5, op),
                behindConvolution("normalization and ReLU", GRAY, 16, 2, op, relu("relu")),
                behindConvolution(
                        "normalization and tanh", GRAY, 5, 5, op, activation("tanh", ActivationFunction.TANH)),
                behindConvolution(
                        "normalization and pooling", COLOR, 3, 2, op, new MaxPooling("pool", 2, 2, Padding.SAME)),
                behindConvolution("normalization behind ReLU", GRAY, 4, 2, relu("relu"), op),
                behindDense("normalization of features", 17, 5, op),
                behindDense("normalization of features and ReLU", 32, 2, op, relu("relu")),
                ofFlatPixels("normalization of flat pixels", op)));
        for (boolean frozen : new boolean[] {false, true}) {
            for (boolean[] scalesAndShifts :
                    new boolean[][] {{true, true}, {true, false}, {false, true}, {false, false}}) {
                boolean scales = scalesAndShifts[0];
                boolean shifts = scalesAndShifts[1];
                Layer each = new BatchNormalization(
                        "op",
                        0.9,
                        1e-3,
                        scales,
                        shifts,
                        BatchNormalization.Variance.TENSORFLOW,
                        new ParameterRule(frozen, 1, true));
                String name = (frozen ? "frozen normalization" : "normalization") + (scales ? " with" : " without")
                        + " scale," + (shifts ? " with" : " without") + " shift";
                int channels = CHANNELS[cases.size() % CHANNELS.length];
                cases.add(behindConvolution(name, GRAY, channels, 2, each));
                cases.add(behindConvolution(name + ", ReLU", COLOR, channels, 5, each, relu("relu"), pool()));
                cases.add(behindDense(name + ", of features", 17, 5, each));
                cases.add(behindDense(name + ", of features, ReLU", 17, 5, each, relu("relu")));
                cases.add(ofFlatPixels(name + ", of flat pixels", each));
            }
        }
        return cases.stream();
    }

    private static OpCase ofFlatPixels(String name, Layer op) {
        return new OpCase(
                name,
                Networks.of(
                        "model",
                        GRAY,
                        CLASSES,
                        convolution("front", 3, 3, 2, Padding.SAME),
                        new Flatten("flatten"),
                        op,
                        dense("last", CLASSES)),
                5);
    }

    static Stream<OpCase> denses() {
        List<OpCase> cases = new ArrayList<>();
        for (int units : new int[] {1, 3, 16, 17, 128}) {
            for (int batch : BATCHES) {
                cases.add(behindDense("dense of " + units, 13, batch, dense("op", units)));
            }
        }
        for (int units : new int[] {1, 17, 32}) {
            Layer bare = new Dense("op", units, false, Penalty.NONE, ParameterRule.NORMAL);
            cases.add(behindDense("dense of " + units + " without bias", 13, 5, bare));
            cases.add(behindDense("dense of " + units + " without bias, ReLU", 13, 2, bare, relu("relu")));
            cases.add(behindDense(
                    "dense of " + units + " without bias, ReLU and dropout",
                    13,
                    5,
                    bare,
                    relu("relu"),
                    new Dropout("drop", 0.4)));
        }
        cases.add(new OpCase(
                "logits without bias, of flattened maps",
                Networks.of(
                        "model",
                        COLOR,
                        CLASSES,
                        convolution("front", 5, 3, 2, Padding.VALID),
                        new Flatten("flatten"),
                        new Dense("op", CLASSES, false, Penalty.NONE, ParameterRule.NORMAL)),
                2));
        cases.add(behindDense("dense and ReLU", 13, 5, dense("op", 19), relu("relu")));
        cases.add(
                behindDense("dense, ReLU and dropout", 13, 5, dense("op", 19), relu("relu"), new Dropout("drop", 0.4)));
        cases.add(new OpCase(
                "dense behind flattened color maps",
                Networks.of(
                        "model",
                        COLOR,
                        17,
                        convolution("front", 5, 3, 1, Padding.VALID),
                        relu("relu"),
                        new Flatten("flatten"),
                        dense("last", 17)),
                2));
        return cases.stream();
    }

    static Stream<OpCase> dropouts() {
        List<OpCase> cases = new ArrayList<>();
        for (double rate : new double[] {0, 0.1, 0.3, 0.5, 0.9}) {
            Layer op = new Dropout("op", rate);
            int batch = BATCHES[cases.size() / 2 % BATCHES.length];
            cases.add(behindConvolution("spatial dropout " + rate, GRAY, 5, batch, op));
            cases.add(behindDense("dropout " + rate, 33, batch, op));
        }
        Dropout other = new Dropout("other", 0.25);
        Dropout op = new Dropout("op", 0.5);
        cases.add(behindConvolution("dropout behind pooling", COLOR, 3, 5, relu("relu"), pool(), op));
        cases.add(behindDense("two dropouts in a row", 17, 2, other, op));
        cases.add(behindDense("two dropout layers", 17, 5, relu("a"), other, dense("middle", 9), relu("b"), op));
        cases.add(behindDense("dropout behind tanh", 17, 5, activation("tanh", ActivationFunction.TANH), op));
        cases.add(behindDense("dropout behind GELU", 17, 5, activation("gelu", ActivationFunction.GELU), op));
        return cases.stream();
    }

    static Stream<OpCase> activations() {
        List<OpCase> cases = new ArrayList<>();
        for (ActivationFunction function : ActivationFunction.values()) {
            Layer op = activation("op", function);
            cases.add(behindConvolution(function + " of maps", GRAY, 5, 2, op));
            cases.add(behindDense(function + " of features", 17, 5, op));
            cases.add(behindConvolution(function + " and maximum", COLOR, 3, 2, op, pool()));
            cases.add(behindConvolution(function + " behind pooling", GRAY, 3, 1, pool(), op));
        }
        Layer steep = new Activation("op", ActivationFunction.LEAKY_RELU, 0.01);
        cases.add(behindDense("leaky ReLU of slope 0.01", 17, 2, steep));
        return cases.stream();
    }

    static Stream<OpCase> losses() {
        List<OpCase> cases = new ArrayList<>();
        for (double smoothing : new double[] {0, 0.1, 0.5}) {
            for (int classes : new int[] {2, 10, 17, 300}) {
                cases.add(lossCase(Loss.SoftmaxCrossEntropy.of(classes, smoothing), false));
            }
            cases.add(lossCase(new Loss.SoftmaxCrossEntropy(4, smoothing, List.of(0.5, 2.0, 0.0, 1.25), 2), false));
            cases.add(lossCase(new Loss.SigmoidCrossEntropy(1, smoothing, List.of()), false));
            cases.add(lossCase(new Loss.SigmoidCrossEntropy(7, smoothing, List.of()), false));
            cases.add(lossCase(new Loss.SigmoidCrossEntropy(3, smoothing, List.of(0.5, 3.0, 0.0)), false));
            cases.add(lossCase(new Loss.SigmoidCrossEntropy(5, smoothing, List.of()), true));
        }
        List<Double> manyWeights =
                IntStream.range(0, 300).mapToObj(k -> 0.25 + k % 7).toList();
        cases.add(lossCase(new Loss.SoftmaxCrossEntropy(300, 0.1, manyWeights, 5), false));
        for (int outputs : new int[] {1, 5, 33}) {
            cases.add(lossCase(new Loss.MeanSquaredError(outputs), false));
            cases.add(lossCase(new Loss.Huber(outputs, 1), false));
            cases.add(lossCase(new Loss.Huber(outputs, 0.3), false));
        }
        cases.add(lossCase(new Loss.MeanSquaredError(4), true));
        cases.add(lossCase(new Loss.Huber(4, 0.4), true));
        return cases.stream();
    }

    /** @param classes whether the images have classes, which count as one 1 among zeros where the loss wants numbers */
    private static OpCase lossCase(Loss loss, boolean classes) {
        ModelSpec model = Networks.graph(
                "model",
                GRAY,
                loss,
                Node.of(new Flatten("flatten")),
                Node.of(dense("hidden", 12)),
                Node.of(dense("last", loss.outputs())));
        String name = loss instanceof Loss.SoftmaxCrossEntropy softmax && softmax.classes() > 20
                ? softmax.classes() + " classes, smoothing " + softmax.labelSmoothing() + ", "
                        + (softmax.classWeights().isEmpty() ? "even" : "weighed")
                : loss.toString();
        return new OpCase(name + (classes ? " towards classes" : ""), model, 5, classes);
    }

    static Stream<OpCase> topologies() {
        Stream<OpCase> report = Stream.of(
                        Networks.base(),
                        Networks.batchNormalization(),
                        Networks.fourBlocks(),
                        Networks.twoBlocks(),
                        Networks.everything())
                .map(model -> new OpCase(model.name(), model, 4));
        return Stream.concat(report, zoo());
    }

    /** Published networks in small. */
    static Stream<OpCase> zoo() {
        return Stream.of(
                        Zoo.leNet5(new ImageShape(1, 12, 14)),
                        Zoo.vgg(new ImageShape(3, 9, 10), false, 6, 8),
                        Zoo.vgg(new ImageShape(3, 9, 10), true, 6, 8),
                        Zoo.resNet8(new ImageShape(3, 10, 9), 4),
                        Zoo.depthwise(new ImageShape(1, 14, 10), 8),
                        Networks.ruled(Penalty.NONE))
                .map(model -> new OpCase(model.name(), model, 4));
    }

    /** One network for each kind of op, for what need not be tried at every shape. */
    static Stream<OpCase> samples() {
        return Stream.of(
                new OpCase("everything", Networks.everything(), 5),
                new OpCase("smooth", Networks.smooth(Penalty.NONE), 5),
                behindConvolution("strided convolution", COLOR, 17, 2, convolution("op", 5, 3, 2, Padding.SAME)),
                behindConvolution("normalization", GRAY, 16, 2, normalization("op"), relu("relu"), pool()),
                behindDense("normalization of features", 17, 5, normalization("op")),
                behindConvolution("GELU", GRAY, 5, 2, activation("op", ActivationFunction.GELU)),
                behindDense("dropout", 17, 5, relu("relu"), new Dropout("op", 0.5)));
    }

    /** What answers images otherwise than it is trained, and what joins. */
    static Stream<OpCase> inferences() {
        return Stream.of(samples(), normalizations(), JoinCases.joins(), zoo()).flatMap(cases -> cases);
    }

    /** Between a convolution and the dense layer that gives the logits. */
    static OpCase behindConvolution(String name, ImageShape input, int channels, int batch, Layer... middle) {
        List<Layer> layers = new ArrayList<>();
        layers.add(convolution("front", channels, 3, 1, Padding.SAME));
        layers.addAll(Arrays.asList(middle));
        layers.add(new Flatten("flatten"));
        layers.add(dense("last", CLASSES));
        return new OpCase(name, new ModelSpec("model", input, CLASSES, layers, 0), batch);
    }

    /** Between two dense layers. */
    static OpCase behindDense(String name, int units, int batch, Layer... middle) {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Flatten("flatten"));
        layers.add(dense("front", units));
        layers.addAll(Arrays.asList(middle));
        layers.add(dense("last", CLASSES));
        return new OpCase(name, new ModelSpec("model", GRAY, CLASSES, layers, 0), batch);
    }

    private static Layer pool() {
        return new MaxPooling("pool", 2, 2, Padding.VALID);
    }

    static Activation activation(String name, ActivationFunction function) {
        return new Activation(name, function);
    }
}
