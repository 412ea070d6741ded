package dev.convoke.sweep;

import dev.convoke.model.Activation;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Builds the network that a run's settings describe. Layers are named after their kind and counted from 1: {@code conv1},
 * {@code relu1}, {@code pool1}, ... {@code flatten}, {@code dense1}, {@code relu4}, {@code dropout}, {@code logits}.
 */
public final class ModelBuilder {
    private static final double NORMALIZATION_MOMENTUM = 0.99;
    private static final double NORMALIZATION_EPSILON = 1e-3;
    private static final int POOL = 2;

    private final NetworkSettings.Blocks network;
    private final List<Layer> layers = new ArrayList<>();
    private int activations;

    private ModelBuilder(NetworkSettings.Blocks network) {
        this.network = network;
    }

    /** The model of {@code settings} for images of {@code input} and a number of classes. */
    public static ModelSpec build(String name, RunSettings settings, ImageShape input, int classes) {
        return new ModelSpec(
                name, input, nodes(settings.network(), classes), settings.loss().apply(classes));
    }

    static List<Node> nodes(NetworkSettings settings, int classes) {
        if (settings instanceof NetworkSettings.Layers explicit) {
            return explicit.layers().stream().map(layer -> layer.apply(classes)).toList();
        }
        return new ModelBuilder((NetworkSettings.Blocks) settings)
                .build(classes).stream().<Node>map(Node::of).toList();
    }

    private List<Layer> build(int classes) {
        for (int i = 0; i < network.blocks().size(); i++) {
            addBlock(network.blocks().get(i), i + 1);
        }
        if (network.normalization() == NetworkSettings.Normalization.BEFORE_FLATTEN) {
            layers.add(normalization("batch_norm"));
        }
        layers.add(new Flatten("flatten"));
        for (int i = 0; i < network.dense().size(); i++) {
            String name = "dense" + (i + 1);
            layers.add(new Dense(name, network.dense().get(i), penalty(name, NetworkSettings.PenaltyScope.DENSE)));
            addActivation();
            addDropout(network.dense().size() == 1 ? "dropout" : "dropout" + (i + 1));
        }
        if (network.dense().isEmpty()) {
            addDropout("dropout");
        }
        String logits = NetworkSettings.PenaltyScope.LOGITS;
        layers.add(new Dense(logits, classes, penalty(logits, logits)));
        return layers;
    }

    private void addBlock(NetworkSettings.Block block, int number) {
        String name = "conv" + number;
        Penalty penalty = penalty(name, NetworkSettings.PenaltyScope.CONVOLUTIONS);
        layers.add(new Convolution(name, block.filters(), block.kernel(), 1, block.padding(), penalty));
        if (network.normalization() == NetworkSettings.Normalization.EACH_BLOCK) {
            layers.add(normalization("batch_norm" + number));
        }
        addActivation();
        layers.add(new MaxPooling("pool" + number, POOL, POOL, Padding.VALID));
    }

    private void addActivation() {
        String name = network.activation().name().toLowerCase(Locale.ROOT) + ++activations;
        layers.add(new Activation(name, network.activation(), network.slope()));
    }

    private void addDropout(String name) {
        network.dropout().ifPresent(rate -> layers.add(new Dropout(name, rate)));
    }

    private Penalty penalty(String layer, String group) {
        return new Penalty(network.l1().on(layer, group), network.l2().on(layer, group));
    }

    private static Layer normalization(String name) {
        return new BatchNormalization(name, NORMALIZATION_MOMENTUM, NORMALIZATION_EPSILON);
    }
}
