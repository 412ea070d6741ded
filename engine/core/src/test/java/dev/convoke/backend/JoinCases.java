package dev.convoke.backend;

import static dev.convoke.backend.Networks.convolution;
import static dev.convoke.backend.Networks.dense;
import static dev.convoke.backend.Networks.normalization;
import static dev.convoke.backend.Networks.relu;
import static dev.convoke.backend.OpCases.CLASSES;
import static dev.convoke.backend.OpCases.COLOR;
import static dev.convoke.backend.OpCases.GRAY;

import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
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
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Graphs: what joins layers, what several layers read, and features whose order a flatten decides. */
final class JoinCases {
    private JoinCases() {}

    static Stream<OpCase> joins() {
        List<OpCase> cases = new ArrayList<>();
        addSums(cases);
        addResiduals(cases);
        addConcatenations(cases);
        addReaders(cases);
        return cases.stream();
    }

    private static void addSums(List<OpCase> cases) {
        cases.add(maps("add two", 2, conv("a", 5), conv("b", 5, "front"), add("a", "b")));
        cases.add(maps("add two, ReLU", 5, conv("a", 16), conv("b", 16, "front"), add("a", "b"), then(relu("relu"))));
        cases.add(maps(
                "add two, tanh",
                2,
                conv("a", 3),
                conv("b", 3, "front"),
                add("a", "b"),
                then(OpCases.activation("tanh", ActivationFunction.TANH))));
        cases.add(maps("add three", 1, conv("a", 3), conv("b", 3, "a"), conv("c", 3, "front"), add("a", "b", "c")));
        cases.add(maps(
                "add three, ReLU, pooling",
                2,
                conv("a", 8),
                conv("b", 8, "a"),
                conv("c", 8, "front"),
                add("c", "a", "b"),
                then(relu("relu")),
                then(pool())));
        cases.add(maps("add a layer to itself", 2, add("front", "front")));
        cases.add(maps("add a layer to itself twice", 2, add("front", "front", "front"), then(relu("relu"))));
        cases.add(maps("add a layer to its ReLU", 2, Node.of(relu("relu"), "front"), add("front", "relu")));
        cases.add(maps("add a layer to itself and another", 2, conv("a", 5), add("a", "front", "a")));
        cases.add(maps(
                "add a layer that is read on",
                2,
                conv("a", 5),
                add("a", "front"),
                then(relu("relu")),
                Node.of(new Concatenate("join"), "relu", "op")));
        cases.add(features("add features", dense("a", 9), List.of("front"), dense("b", 9), add("a", "b")));
        cases.add(features(
                "add features, ReLU, dropout",
                dense("a", 17),
                List.of("front"),
                dense("b", 17),
                add("a", "b"),
                then(relu("relu")),
                then(new Dropout("drop", 0.3))));
        cases.add(maps("add flattened maps", 2, conv("a", 5), flat("fa", "a"), flat("fb", "front"), add("fa", "fb")));
        cases.add(maps(
                "add flattened maps and features",
                2,
                flat("flat", "front"),
                Node.of(dense("a", 315)),
                add("flat", "a"),
                then(relu("relu"))));
        cases.add(maps(
                "add features and flattened maps",
                2,
                flat("flat", "front"),
                Node.of(dense("a", 315)),
                add("a", "flat"),
                Node.of(dense("hidden", 6))));
        cases.add(maps(
                "add maps that were flattened from other sizes",
                2,
                Node.of(convolution("a", 4, 3, 2, Padding.VALID), "front"), // 4 channels of 4x3
                flat("fa", "a"),
                Node.of(convolution("b", 3, 3, 2, Padding.SAME), "front"), // 3 channels of 5x4
                Node.of(new MaxPooling("pb", new Window(new Size(2, 1), Size.ONE, Size.ONE, Padding.VALID))), // 4x4
                flat("fb", "pb"),
                add("fa", "fb"),
                then(normalization("norm"))));
    }

    private static void addResiduals(List<OpCase> cases) {
        for (boolean normalized : new boolean[] {false, true}) {
            String how = normalized ? " with normalization" : "";
            List<Node> identity = new ArrayList<>(List.of(conv("a", 5)));
            if (normalized) {
                identity.add(Node.of(normalization("a_norm")));
            }
            identity.addAll(List.of(Node.of(relu("a_relu")), Node.of(convolution("b", 5, 3, 1, Padding.SAME))));
            if (normalized) {
                identity.add(Node.of(normalization("b_norm")));
            }
            List<Node> projection = new ArrayList<>(identity);
            String last = normalized ? "b_norm" : "b";
            identity.addAll(List.of(add(last, "front"), Node.of(relu("relu"))));
            cases.add(maps("residual block" + how, 2, identity.toArray(Node[]::new)));
            projection.set(0, Node.of(convolution("a", 5, 3, 2, Padding.SAME), "front"));
            projection.addAll(List.of(
                    Node.of(convolution("project", 5, 1, 2, Padding.SAME), "front"),
                    add(last, "project"),
                    Node.of(relu("relu"))));
            cases.add(maps("residual block with projection" + how, 5, projection.toArray(Node[]::new)));
        }
        cases.add(maps(
                "two residual blocks in a row",
                2,
                conv("a", 5),
                Node.of(new Add("add1"), "a", "front"),
                Node.of(relu("relu1")),
                conv("b", 5, "relu1"),
                add("b", "relu1"),
                Node.of(relu("relu2"))));
        cases.add(new OpCase(
                "skip from the input",
                graph(
                        GRAY,
                        Node.of(convolution("front", 1, 3, 1, Padding.SAME)),
                        add("front", ModelSpec.INPUT),
                        Node.of(relu("relu"))),
                3));
        cases.add(new OpCase(
                "input and its convolution side by side",
                graph(
                        COLOR,
                        Node.of(convolution("front", 4, 3, 1, Padding.SAME)),
                        join(ModelSpec.INPUT, "front"),
                        Node.of(convolution("b", 3, 3, 2, Padding.VALID))),
                3));
        cases.add(new OpCase(
                "input added to itself",
                graph(GRAY, add(ModelSpec.INPUT, ModelSpec.INPUT), Node.of(convolution("a", 3, 3, 1, Padding.SAME))),
                3));
    }

    private static void addConcatenations(List<OpCase> cases) {
        cases.add(maps("concatenate maps", 2, conv("a", 3), join("front", "a")));
        cases.add(maps("concatenate maps, convolution", 2, conv("a", 3), join("a", "front"), conv("b", 4, "op")));
        cases.add(
                maps("concatenate maps, ReLU", 5, conv("a", 16), join("front", "a"), then(relu("relu")), then(pool())));
        cases.add(maps("concatenate three", 1, conv("a", 2), conv("b", 17, "front"), join("b", "front", "a")));
        cases.add(maps("concatenate a layer with itself", 2, join("front", "front"), conv("a", 3, "op")));
        cases.add(maps(
                "concatenate pooled maps",
                2,
                Node.of(pool()),
                Node.of(new AveragePooling("mean", 2, 2, Padding.VALID), "front"),
                join("pool", "mean")));
        cases.add(maps(
                "concatenate maps, normalization, depthwise",
                2,
                conv("a", 3),
                join("a", "front"),
                then(normalization("norm")),
                then(Convolution.depthwise("depth", 2, Window.square(3, 1, Padding.SAME), true))));
        cases.add(features("concatenate features", dense("a", 9), List.of("front"), dense("b", 4), join("a", "b")));
        cases.add(features(
                "concatenate features, dropout",
                dense("a", 9),
                List.of("front"),
                dense("b", 4),
                join("b", "a"),
                then(new Dropout("drop", 0.4)),
                then(dense("hidden", 5))));
        cases.add(maps(
                "concatenate flattened maps and features",
                2,
                flat("flat", "front"),
                Node.of(dense("a", 7)),
                join("flat", "a")));
        cases.add(maps(
                "concatenate features and flattened maps, normalization, ReLU, dropout",
                5,
                flat("flat", "front"),
                Node.of(dense("a", 7)),
                join("a", "flat"),
                then(normalization("norm")),
                then(relu("relu")),
                then(new Dropout("drop", 0.3))));
        cases.add(maps(
                "concatenate maps that were flattened",
                2,
                conv("a", 3),
                flat("fa", "a"),
                flat("fb", "front"),
                join("fa", "fb"),
                then(dense("hidden", 6))));
        cases.add(maps(
                "concatenate maps that were flattened from other sizes",
                2,
                Node.of(convolution("a", 4, 3, 2, Padding.VALID), "front"),
                flat("fa", "a"),
                flat("fb", "front"),
                join("fb", "fa"),
                then(normalization("norm"))));
        cases.add(maps(
                "concatenate global poolings",
                2,
                Node.of(new GlobalMaxPooling("most"), "front"),
                Node.of(new GlobalAveragePooling("mean"), "front"),
                join("most", "mean"),
                then(dense("hidden", 6))));
        cases.add(maps(
                "concatenate, flatten, concatenate",
                2,
                conv("a", 2),
                Node.of(new Concatenate("maps"), "a", "front"),
                flat("flat", "maps"),
                Node.of(dense("b", 3)),
                join("flat", "b", "flat")));
        cases.add(maps(
                "concatenate sums", 2, conv("a", 5), Node.of(new Add("sum"), "a", "front"), join("sum", "a", "front")));
    }

    private static void addReaders(List<OpCase> cases) {
        cases.add(maps(
                "three read a convolution",
                2,
                conv("a", 3),
                conv("b", 3, "front"),
                Node.of(relu("relu"), "front"),
                join("a", "b", "relu")));
        cases.add(maps(
                "three read a ReLU behind a convolution",
                2,
                Node.of(relu("relu"), "front"),
                conv("a", 3, "relu"),
                Node.of(new Dropout("drop", 0.3), "relu"),
                conv("b", 3, "relu"),
                join("b", "drop", "a")));
        cases.add(maps(
                "two read a pooling",
                2,
                Node.of(relu("relu"), "front"),
                Node.of(pool()),
                conv("a", 3, "pool"),
                conv("b", 3, "pool"),
                add("a", "b")));
        cases.add(maps(
                "two read a normalization and its ReLU",
                2,
                Node.of(normalization("norm"), "front"),
                Node.of(relu("relu")),
                join("relu", "norm")));
        cases.add(maps(
                "two read a sum and its ReLU",
                2,
                conv("a", 5),
                Node.of(new Add("sum"), "a", "front"),
                Node.of(relu("relu")),
                join("relu", "sum")));
        cases.add(maps(
                "a diamond in a diamond",
                2,
                conv("left", 3, "front"),
                conv("right", 3, "front"),
                conv("a", 4, "left"),
                conv("b", 4, "left"),
                Node.of(new Add("inner"), "a", "b"),
                conv("c", 4, "right"),
                add("inner", "c"),
                Node.of(relu("relu"))));
        cases.add(maps(
                "branches of several lengths",
                2,
                Node.of(convolution("one", 3, 1, 1, Padding.SAME), "front"),
                Node.of(convolution("three", 2, 3, 1, Padding.SAME), "front"),
                Node.of(relu("three_relu")),
                Node.of(new MaxPooling("pool", 3, 1, Padding.SAME), "front"),
                Node.of(convolution("pooled", 4, 1, 1, Padding.SAME)),
                join("one", "three_relu", "pooled")));
        cases.add(maps(
                "three read a flatten",
                2,
                flat("flat", "front"),
                Node.of(dense("a", 4), "flat"),
                Node.of(dense("b", 3), "flat"),
                Node.of(relu("relu"), "flat"),
                join("a", "relu", "b")));
        cases.add(maps(
                "a convolution of flattened maps",
                2,
                flat("flat", "front"),
                Node.of(convolution("a", 6, 1, 1, Padding.VALID)),
                then(relu("relu"))));
        cases.add(maps(
                "a convolution of flattened maps in groups",
                2,
                flat("flat", "front"),
                Node.of(new Convolution(
                        "a", 9, 0, Window.square(1, 1, Padding.VALID), 3, true, Penalty.NONE, ParameterRule.NORMAL))));
        cases.add(maps(
                "a depthwise convolution of flattened maps",
                2,
                flat("flat", "front"),
                Node.of(Convolution.depthwise("a", 2, Window.square(1, 1, Padding.VALID), true)),
                then(dense("hidden", 5))));
        cases.add(maps(
                "a flatten of a flatten", 2, flat("flat", "front"), flat("again", "flat"), then(dense("hidden", 5))));
        cases.add(maps(
                "dropout of flattened maps",
                5,
                flat("flat", "front"),
                Node.of(new Dropout("drop", 0.4)),
                then(dense("hidden", 5))));
        addLogits(cases);
    }

    /** What else than a dense layer the loss may read. */
    private static void addLogits(List<OpCase> cases) {
        Node front = Node.of(convolution("front", 2, 3, 2, Padding.SAME));
        cases.add(logits(
                "the loss reads a concatenation",
                3,
                front,
                flat("flat", "front"),
                Node.of(dense("a", 1), "flat"),
                Node.of(dense("b", 2), "flat"),
                join("b", "a")));
        cases.add(logits(
                "the loss reads a sum",
                3,
                front,
                flat("flat", "front"),
                Node.of(dense("a", 3), "flat"),
                Node.of(dense("b", 3), "flat"),
                add("b", "a")));
        cases.add(logits(
                "the loss reads a normalization",
                3,
                front,
                flat("flat", "front"),
                Node.of(dense("a", 3), "flat"),
                Node.of(normalization("op"))));
        cases.add(logits("the loss reads flattened maps", 40, front, flat("flat", "front"))); // 2 channels of 5x4
        cases.add(logits(
                "the loss reads flattened maps behind ReLU", 40, front, flat("flat", "front"), Node.of(relu("relu"))));
        cases.add(logits(
                "the loss reads flattened maps beside features",
                43,
                front,
                flat("flat", "front"),
                Node.of(dense("a", 3)),
                join("flat", "a")));
        cases.add(logits(
                "the loss reads a convolution of one pixel",
                4,
                front,
                Node.of(new Convolution(
                        "whole",
                        4,
                        0,
                        new Window(new Size(5, 4), Size.ONE, Size.ONE, Padding.VALID),
                        1,
                        true,
                        Penalty.NONE,
                        ParameterRule.NORMAL))));
        Loss numbers = new Loss.MeanSquaredError(40);
        cases.add(new OpCase(
                "a regression of flattened maps behind a sigmoid",
                Networks.graph(
                        "model",
                        GRAY,
                        numbers,
                        front,
                        flat("flat", "front"),
                        Node.of(OpCases.activation("sigmoid", ActivationFunction.SIGMOID))),
                3));
    }

    private static OpCase logits(String name, int classes, Node... nodes) {
        return new OpCase(name, Networks.graph("model", GRAY, Loss.SoftmaxCrossEntropy.of(classes, 0), nodes), 3);
    }

    /** Behind a convolution of five filters named "front"; a dense layer reads the last. */
    private static OpCase maps(String name, int batch, Node... nodes) {
        List<Node> all = new ArrayList<>();
        all.add(Node.of(convolution("front", 5, 3, 1, Padding.SAME)));
        all.addAll(Arrays.asList(nodes));
        return new OpCase(name, graph(GRAY, all.toArray(Node[]::new)), batch);
    }

    /** Two dense layers behind one named "front". */
    private static OpCase features(String name, Layer a, List<String> from, Layer b, Node... nodes) {
        List<Node> all = new ArrayList<>();
        all.add(Node.of(new Flatten("flat")));
        all.add(Node.of(dense("front", 11)));
        all.add(Node.of(a));
        all.add(new Node(b, from));
        all.addAll(Arrays.asList(nodes));
        return new OpCase(name, graph(GRAY, all.toArray(Node[]::new)), 5);
    }

    private static ModelSpec graph(ImageShape input, Node... nodes) {
        List<Node> all = new ArrayList<>(Arrays.asList(nodes));
        all.add(Node.of(new Flatten("flatten")));
        all.add(Node.of(dense("last", CLASSES)));
        return new ModelSpec("model", input, all, Loss.SoftmaxCrossEntropy.of(CLASSES, 0));
    }

    private static Node conv(String name, int filters, String... from) {
        return Node.of(convolution(name, filters, 3, 1, Padding.SAME), from);
    }

    private static Node then(Layer layer) {
        return Node.of(layer);
    }

    private static Node flat(String name, String from) {
        return Node.of(new Flatten(name), from);
    }

    private static Node add(String... from) {
        return Node.of(new Add("op"), from);
    }

    private static Node join(String... from) {
        return Node.of(new Concatenate("op"), from);
    }

    private static MaxPooling pool() {
        return new MaxPooling("pool", 2, 2, Padding.VALID);
    }
}
