package dev.convoke.model;

import java.util.List;

/**
 * A layer and what it reads.
 *
 * @param layer what is computed
 * @param from names of earlier layers, or {@link ModelSpec#INPUT}; empty for the layer before
 */
public record Node(Layer layer, List<String> from) {
    public Node {
        from = List.copyOf(from);
    }

    /** A layer that reads the one before it. */
    public static Node of(Layer layer) {
        return new Node(layer, List.of());
    }

    /** A layer that reads those of these names. */
    public static Node of(Layer layer, String... from) {
        return new Node(layer, List.of(from));
    }
}
