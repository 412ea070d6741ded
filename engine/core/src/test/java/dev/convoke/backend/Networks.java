package dev.convoke.backend;

import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
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
import dev.convoke.model.Window;
import java.util.ArrayList;
import java.util.List;

/** Networks for tests: the report's, and small ones with one op in the middle. */
public final class Networks {
    private static final ImageShape MNIST = new ImageShape(1, 28, 28);
    private static final int DIGITS = 10;

    private Networks() {}

    public static ModelSpec of(String name, ImageShape input, int classes, Layer... layers) {
        return new ModelSpec(name, input, classes, List.of(layers), 0);
    }

    /** A graph that ends in what the loss reads. */
    public static ModelSpec graph(String name, ImageShape input, Loss loss, Node... nodes) {
        return new ModelSpec(name, input, List.of(nodes), loss);
    }

    public static Convolution convolution(String name, int filters, int kernel, int stride, Padding padding) {
        return new Convolution(name, filters, kernel, stride, padding, Penalty.NONE);
    }

    public static Dense dense(String name, int units) {
        return new Dense(name, units, Penalty.NONE);
    }

    public static Activation relu(String name) {
        return new Activation(name, ActivationFunction.RELU);
    }

    public static BatchNormalization normalization(String name) {
        return new BatchNormalization(name, 0.99, 1e-3);
    }

    /** Three blocks, dropout. */
    public static ModelSpec base() {
        List<Layer> layers = new ArrayList<>();
        block(layers, 1, 32, Padding.SAME);
        block(layers, 2, 64, Padding.VALID);
        block(layers, 3, 128, Padding.VALID);
        layers.add(new Flatten("flatten"));
        head(layers);
        return new ModelSpec("base", MNIST, DIGITS, layers, 0);
    }

    /** Three blocks, batch normalization before the flatten layer instead of dropout. */
    public static ModelSpec batchNormalization() {
        List<Layer> layers = new ArrayList<>();
        block(layers, 1, 32, Padding.SAME);
        block(layers, 2, 64, Padding.VALID);
        block(layers, 3, 128, Padding.VALID);
        layers.add(normalization("batch_normalization"));
        layers.add(new Flatten("flatten"));
        layers.add(dense("dense1", 128));
        layers.add(relu("dense1_relu"));
        layers.add(dense("dense2", DIGITS));
        return new ModelSpec("batch-normalization", MNIST, DIGITS, layers, 0);
    }

    public static ModelSpec fourBlocks() {
        List<Layer> layers = new ArrayList<>();
        block(layers, 1, 32, Padding.SAME);
        block(layers, 2, 64, Padding.SAME);
        block(layers, 3, 64, Padding.SAME);
        block(layers, 4, 128, Padding.SAME);
        layers.add(new Flatten("flatten"));
        head(layers);
        return new ModelSpec("four-blocks", MNIST, DIGITS, layers, 0);
    }

    public static ModelSpec twoBlocks() {
        List<Layer> layers = new ArrayList<>();
        block(layers, 1, 32, Padding.SAME);
        block(layers, 2, 64, Padding.VALID);
        layers.add(new Flatten("flatten"));
        head(layers);
        return new ModelSpec("two-blocks", MNIST, DIGITS, layers, 0);
    }

    /**
     * A small network with every kind of layer: groups and single ops, spatial and plain dropout, penalties of both kinds.
     */
    public static ModelSpec everything() {
        return new ModelSpec(
                "everything",
                new ImageShape(1, 9, 7),
                4,
                List.of(
                        new Convolution("conv1", 5, 3, 1, Padding.SAME, new Penalty(0.001, 0)),
                        relu("conv1_relu"),
                        new MaxPooling("pool1", 2, 2, Padding.SAME),
                        new Dropout("drop1", 0.2),
                        convolution("conv2", 6, 2, 1, Padding.VALID),
                        normalization("norm"),
                        new Activation("norm_tanh", ActivationFunction.TANH),
                        new AveragePooling("pool2", 2, 1, Padding.VALID),
                        new Flatten("flatten"),
                        new Dense("dense1", 11, new Penalty(0, 0.01)),
                        relu("dense1_relu"),
                        new Dropout("drop2", 0.4),
                        new Dense("dense2", 4, new Penalty(0.002, 0.003))),
                0.1);
    }

    /** A convolution with ReLU and pooling, two dense layers, every kernel penalized: no op that blows up a rounding. */
    public static ModelSpec smooth(Penalty penalty) {
        return of(
                "smooth",
                new ImageShape(1, 8, 7),
                3,
                new Convolution("conv", 4, 3, 1, Padding.SAME, penalty),
                new Activation("conv_tanh", ActivationFunction.TANH),
                new AveragePooling("pool", 2, 2, Padding.VALID),
                new Flatten("flatten"),
                new Dense("dense1", 9, penalty),
                new Activation("dense1_tanh", ActivationFunction.TANH),
                new Dense("dense2", 3, penalty));
    }

    /**
     * A residual network in small, layers of every rule: frozen ones before and behind trained ones, one that learns at a
     * tenth of the rate, one that is spared weight decay; every kernel penalized.
     */
    public static ModelSpec ruled(Penalty penalty) {
        ParameterRule frozen = new ParameterRule(true, 1, true);
        ParameterRule slow = new ParameterRule(false, 0.1, true);
        ParameterRule spared = new ParameterRule(false, 1, false);
        Window window = Window.square(3, 1, Padding.SAME);
        return graph(
                "ruled",
                new ImageShape(1, 8, 7),
                Loss.SoftmaxCrossEntropy.of(3, 0),
                Node.of(new Convolution("frozen1", 4, 0, window, 1, true, penalty, frozen)),
                Node.of(new Activation("frozen1_tanh", ActivationFunction.TANH)),
                Node.of(new Convolution("slow", 4, 0, window, 1, true, penalty, slow)),
                Node.of(new BatchNormalization(
                        "frozen2", 0.9, 1e-3, true, true, BatchNormalization.Variance.TENSORFLOW, frozen)),
                Node.of(new Activation("frozen2_tanh", ActivationFunction.TANH)),
                Node.of(new Add("add"), "frozen1_tanh", "frozen2_tanh"),
                Node.of(new AveragePooling("pool", 2, 2, Padding.VALID)),
                Node.of(new Flatten("flatten")),
                Node.of(new Dense("frozen3", 9, true, penalty, frozen)),
                Node.of(new Activation("frozen3_tanh", ActivationFunction.TANH)),
                Node.of(new Dense("spared", 7, true, penalty, spared)),
                Node.of(new Activation("spared_tanh", ActivationFunction.TANH)),
                Node.of(new Dense("dense", 3, penalty)));
    }

    private static void block(List<Layer> layers, int number, int filters, Padding padding) {
        layers.add(convolution("conv" + number, filters, 3, 1, padding));
        layers.add(relu("conv" + number + "_relu"));
        layers.add(new MaxPooling("pool" + number, 2, 2, Padding.VALID));
    }

    private static void head(List<Layer> layers) {
        layers.add(dense("dense1", 128));
        layers.add(relu("dense1_relu"));
        layers.add(new Dropout("dropout", 0.3));
        layers.add(dense("dense2", DIGITS));
    }
}
