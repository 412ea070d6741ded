package dev.convoke;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
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
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Builds a network layer by layer. Input shape, number of outputs and loss follow from the data; names and the usual defaults
 * are filled in.
 *
 * <pre>{@code
 * ModelSpec network = Network.of(pictures)
 *         .convolution(32).relu().maxPooling()
 *         .convolution(64).relu().maxPooling()
 *         .dense(128).relu().dropout(0.5)
 *         .build();
 * }</pre>
 *
 * <p>Each layer reads the one before it. A residual block names a place with {@link #as} and comes back to it with {@link
 * #plus}:
 *
 * <pre>{@code
 * network.as("start").convolution(32).batchNorm().relu().convolution(32).batchNorm().plus("start").relu();
 * }</pre>
 *
 * <p>A layer that does not fit throws {@link ModelException} at once. Not for use by several threads.
 */
public final class Network {
    /** Keras' 0.99 takes hundreds of steps to forget its initial values; small data sets have few steps. */
    private static final double MOMENTUM = 0.9;

    private static final double EPSILON = 1e-3;
    private static final int KERNEL = 3;
    private static final int POOL = 2;
    private static final String OUTPUT_LAYER = "logits";

    private final Loss dataLoss;
    private final ImageShape input;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, ImageShape> shapes = new HashMap<>();
    private final Map<String, String> places = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private String name;
    private String last = ModelSpec.INPUT;
    private @Nullable Loss loss;
    private double labelSmoothing;

    private Network(String name, ImageShape input, Loss dataLoss) {
        this.name = name;
        this.input = input;
        this.dataLoss = dataLoss;
        shapes.put(last, input);
    }

    /**
     * A network for data: it reads images of their shape, and its loss is softmax cross-entropy over their classes, or mean
     * squared error where their targets are numbers.
     */
    public static Network of(Dataset data) {
        ImageSet images = data.train();
        Loss loss = images.targets() instanceof Targets.Values values
                ? new Loss.MeanSquaredError(values.width())
                : Loss.SoftmaxCrossEntropy.of(data.classes(), 0);
        return new Network(data.name(), new ImageShape(images.channels(), images.height(), images.width()), loss);
    }

    /** A name for messages and files; without one, that of the data. */
    public Network named(String other) {
        name = other;
        return this;
    }

    /** A 3x3 convolution with bias that keeps rows and columns (padding {@code same}, stride 1). */
    public Network convolution(int filters) {
        return convolution(filters, KERNEL);
    }

    /** A square convolution with bias that keeps rows and columns (padding {@code same}, stride 1). */
    public Network convolution(int filters, int kernel) {
        return convolution(filters, Window.square(kernel, 1, Padding.SAME));
    }

    /** A convolution with bias and any window: rectangular, strided, dilated, padded as wanted. */
    public Network convolution(int filters, Window window) {
        return add(new Convolution(next("conv"), filters, 0, window, 1, true, Penalty.NONE, ParameterRule.NORMAL));
    }

    /** A 3x3 depthwise convolution: one filter for each channel, with bias, rows and columns kept. */
    public Network depthwiseConvolution() {
        return add(Convolution.depthwise(next("depthwise"), 1, Window.square(KERNEL, 1, Padding.SAME), true));
    }

    /** Batch normalization with scale and shift, momentum 0.9, epsilon 0.001. */
    public Network batchNorm() {
        return add(new BatchNormalization(next("norm"), MOMENTUM, EPSILON));
    }

    public Network relu() {
        return activation(ActivationFunction.RELU);
    }

    public Network activation(ActivationFunction function) {
        return add(new Activation(next(function.name().toLowerCase(Locale.ROOT)), function));
    }

    /** Maximum of 2x2 pixels, which halves rows and columns. */
    public Network maxPooling() {
        return add(new MaxPooling(next("pool"), POOL, POOL, Padding.VALID));
    }

    /** Mean of 2x2 pixels, which halves rows and columns. */
    public Network averagePooling() {
        return add(new AveragePooling(next("pool"), POOL, POOL, Padding.VALID));
    }

    /** Mean of each channel over all pixels. */
    public Network globalAveragePooling() {
        return add(new GlobalAveragePooling(next("pool")));
    }

    /** Maximum of each channel over all pixels. */
    public Network globalMaxPooling() {
        return add(new GlobalMaxPooling(next("pool")));
    }

    /** A dense layer with bias; images are flattened before it. */
    public Network dense(int units) {
        flatten();
        return add(new Dense(next("dense"), units, Penalty.NONE));
    }

    /** Dropout: in training, each value becomes 0 with probability {@code rate}. */
    public Network dropout(double rate) {
        return add(new Dropout(next("dropout"), rate));
    }

    /** Names the place behind the last layer, for {@link #plus}, {@link #concatenate} and {@link #from}. */
    public Network as(String place) {
        places.put(place, last);
        return this;
    }

    /** Goes back to a place: the next layer reads from there, as the second branch of a block does. */
    public Network from(String place) {
        last = layer(place);
        return this;
    }

    /** The sum of the last layer and of those at {@code places}, which have its shape. */
    public Network plus(String... places) {
        return join(new Add(next("add")), places);
    }

    /** The channels of the last layer, then of those at {@code places}, whose rows and columns are the same. */
    public Network concatenate(String... places) {
        return join(new Concatenate(next("concatenate")), places);
    }

    /** Any layer of {@link dev.convoke.model}, under its own name, on top of the last one. */
    public Network add(Layer layer) {
        return put(new Node(layer, List.of(last)), List.of(last));
    }

    /** The loss, in place of the one that the data suggest; it says how many outputs the network has. */
    public Network loss(Loss other) {
        loss = other;
        return this;
    }

    /** The share of probability that the target spreads over all classes, from 0 to below 1. */
    public Network labelSmoothing(double share) {
        labelSmoothing = share;
        return this;
    }

    /**
     * The network: what was added so far, and a dense layer with one output for each class or number.
     *
     * @throws ModelException if something does not fit
     */
    public ModelSpec build() {
        Loss wanted = loss == null ? dataLoss : loss;
        if (labelSmoothing != 0) {
            wanted = smoothed(wanted);
        }
        flatten();
        add(new Dense(OUTPUT_LAYER, wanted.outputs(), Penalty.NONE));
        return new ModelSpec(name, input, nodes, wanted);
    }

    private Loss smoothed(Loss plain) {
        if (plain instanceof Loss.SoftmaxCrossEntropy softmax) {
            return new Loss.SoftmaxCrossEntropy(
                    softmax.classes(), labelSmoothing, softmax.classWeights(), softmax.topK());
        }
        throw new ModelException(name + ": label smoothing is for classes, not for the loss '"
                + plain.kind().text() + "'; leave it out");
    }

    private void flatten() {
        ImageShape shape = shape(last);
        if (!shape.isVector()) {
            add(new Flatten(next("flatten")));
        }
    }

    private Network join(Layer layer, String... others) {
        List<String> from = Stream.concat(Stream.of(last), Stream.of(others).map(this::layer))
                .toList();
        return put(new Node(layer, from), from);
    }

    private Network put(Node node, List<String> from) {
        Layer layer = node.layer();
        if (shapes.containsKey(layer.name())) {
            throw new ModelException(name + ": two layers are named '" + layer.name() + "'");
        }
        shapes.put(layer.name(), layer.output(from.stream().map(this::shape).toList()));
        nodes.add(node);
        last = layer.name();
        return this;
    }

    private ImageShape shape(String layer) {
        ImageShape shape = shapes.get(layer);
        if (shape == null) {
            throw new ModelException(name + ": there is no layer '" + layer + "'");
        }
        return shape;
    }

    private String layer(String place) {
        String layer = places.get(place);
        if (layer == null) {
            throw new ModelException(name + ": no place was named '" + place + "'; name it with as(\"" + place + "\")");
        }
        return layer;
    }

    /** {@code conv1}, {@code conv2}: counted for each kind. */
    private String next(String kind) {
        return kind + numbers.merge(kind, 1, Integer::sum);
    }
}
