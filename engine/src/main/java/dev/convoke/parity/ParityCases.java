package dev.convoke.parity;

import dev.convoke.model.ActivationFunction;
import dev.convoke.model.ImageShape;
import dev.convoke.model.LayerSpec;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A representative of every op, forward and backward, at sizes that no kernel was made for. */
public final class ParityCases {
    private static final int CLASSES = 3;
    private static final int BATCH = 5;
    private static final ImageShape GREY = new ImageShape(1, 13, 10);
    private static final ImageShape COLOUR = new ImageShape(3, 9, 12);

    private ParityCases() {}

    /** The ops; the order is that of the table. */
    public static List<ParityCase> ops() {
        List<ParityCase> cases = new ArrayList<>();
        cases.add(maps("convolution 3x3", GREY, 16, convolution(32, 3, 1, Padding.SAME)));
        cases.add(maps("convolution 3x3, odd channels", COLOUR, 17, convolution(5, 3, 1, Padding.VALID)));
        cases.add(maps("convolution 5x5, stride 2", COLOUR, 3, convolution(8, 5, 2, Padding.SAME)));
        cases.add(maps("convolution 1x1, stride 3", GREY, 8, convolution(16, 1, 3, Padding.VALID)));
        cases.add(maps("convolution, ReLU, maximum", GREY, 32, relu(), maximum(2, 2, Padding.VALID)));
        cases.add(maps(
                "two such groups",
                GREY,
                32,
                relu(),
                maximum(2, 2, Padding.VALID),
                convolution(64, 3, 1, Padding.SAME),
                activation("op_relu", ActivationFunction.RELU),
                new LayerSpec.MaxPooling("op_pool", 2, 2, Padding.VALID)));
        cases.add(maps("maximum 3x3, stride 2", COLOUR, 16, maximum(3, 2, Padding.SAME)));
        cases.add(maps("mean 2x2", GREY, 16, new LayerSpec.AveragePooling("op", 2, 2, Padding.VALID)));
        cases.add(maps("batch normalization", GREY, 17, normalization()));
        cases.add(maps("batch normalization, ReLU", COLOUR, 16, normalization(), relu()));
        cases.add(features("batch normalization of features", 32, normalization()));
        for (int units : new int[] {1, 17, 128}) {
            cases.add(features("dense " + units, 13, dense("op", units)));
        }
        cases.add(features("dense, ReLU, dropout", 24, relu(), new LayerSpec.Dropout("op", 0.3)));
        cases.add(maps("spatial dropout", GREY, 8, new LayerSpec.Dropout("op", 0.5)));
        for (ActivationFunction function : ActivationFunction.values()) {
            String name = function.name().toLowerCase(Locale.ROOT).replace("_", " ");
            cases.add(features("activation " + name, 17, activation("op", function)));
        }
        cases.add(smoothedLoss());
        return cases;
    }

    private static ParityCase smoothedLoss() {
        List<LayerSpec> layers = List.of(new LayerSpec.Flatten("flatten"), dense("front", 12), dense("last", 17));
        return new ParityCase("loss with label smoothing", new ModelSpec("loss", GREY, 17, layers, 0.1), BATCH);
    }

    private static ParityCase maps(String name, ImageShape input, int channels, LayerSpec... middle) {
        List<LayerSpec> layers = new ArrayList<>();
        layers.add(new LayerSpec.Convolution("front", channels, 3, 1, Padding.SAME, Penalty.NONE));
        layers.addAll(Arrays.asList(middle));
        layers.add(new LayerSpec.Flatten("flatten"));
        layers.add(dense("last", CLASSES));
        return new ParityCase(name, new ModelSpec("parity", input, CLASSES, layers, 0), BATCH);
    }

    private static ParityCase features(String name, int units, LayerSpec... middle) {
        List<LayerSpec> layers = new ArrayList<>();
        layers.add(new LayerSpec.Flatten("flatten"));
        layers.add(dense("front", units));
        layers.addAll(Arrays.asList(middle));
        layers.add(dense("last", CLASSES));
        return new ParityCase(name, new ModelSpec("parity", GREY, CLASSES, layers, 0), BATCH);
    }

    private static LayerSpec convolution(int filters, int kernel, int stride, Padding padding) {
        return new LayerSpec.Convolution("op", filters, kernel, stride, padding, Penalty.NONE);
    }

    private static LayerSpec maximum(int size, int stride, Padding padding) {
        return new LayerSpec.MaxPooling("pool", size, stride, padding);
    }

    private static LayerSpec normalization() {
        return new LayerSpec.BatchNormalization("norm", 0.99, 1e-3);
    }

    private static LayerSpec dense(String name, int units) {
        return new LayerSpec.Dense(name, units, Penalty.NONE);
    }

    private static LayerSpec relu() {
        return activation("relu", ActivationFunction.RELU);
    }

    private static LayerSpec activation(String name, ActivationFunction function) {
        return new LayerSpec.Activation(name, function);
    }
}
