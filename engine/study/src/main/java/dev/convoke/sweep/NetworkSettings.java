package dev.convoke.sweep;

import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/** A network as a suite describes it, for any number of classes. */
public sealed interface NetworkSettings {

    /**
     * Blocks of convolution, activation and 2x2 max pooling; flatten; hidden dense layers; logits.
     *
     * @param dense units of the hidden dense layers
     * @param slope of leaky ReLU
     * @param dropout rate of the layer behind each hidden dense layer, or behind flatten where there is none; empty for no
     *     such layer
     */
    record Blocks(
            List<Block> blocks,
            List<Integer> dense,
            ActivationFunction activation,
            double slope,
            OptionalDouble dropout,
            PenaltyScope l1,
            PenaltyScope l2,
            Normalization normalization)
            implements NetworkSettings {
        public Blocks {
            blocks = List.copyOf(blocks);
            dense = List.copyOf(dense);
        }
    }

    /**
     * Any graph of layers.
     *
     * @param layers each for a number of classes, which the last dense layer usually asks for
     */
    record Layers(List<IntFunction<Node>> layers) implements NetworkSettings {
        public Layers {
            layers = List.copyOf(layers);
        }
    }

    /** One block. */
    record Block(int filters, int kernel, Padding padding) {}

    /** Where batch normalization stands. */
    enum Normalization {
        NONE,
        /** One layer behind the last pooling. */
        BEFORE_FLATTEN,
        /** One layer in every block, between convolution and activation. */
        EACH_BLOCK
    }

    /**
     * A penalty and the kernels that it applies to.
     *
     * @param rate lambda
     * @param layers layer names, or {@code convolutions}, {@code dense} (the hidden ones), {@code logits}
     */
    record PenaltyScope(double rate, List<String> layers) {
        public static final String CONVOLUTIONS = "convolutions";
        public static final String DENSE = "dense";
        public static final String LOGITS = "logits";
        public static final PenaltyScope NONE = new PenaltyScope(0, List.of());

        public PenaltyScope {
            layers = List.copyOf(layers);
        }

        /** The rate for a layer, by its own name or its group's. */
        double on(String layer, String group) {
            return layers.contains(layer) || layers.contains(group) ? rate : 0;
        }
    }
}
