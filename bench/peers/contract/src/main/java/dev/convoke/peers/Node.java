package dev.convoke.peers;

import java.util.List;

/**
 * A layer and what it reads.
 *
 * @param layer what is computed
 * @param from names of earlier layers, or {@link #INPUT}, in order
 */
public record Node(Layer layer, List<String> from) {
    /** The images. */
    public static final String INPUT = "input";

    public Node {
        from = List.copyOf(from);
    }

    /** The one layer that it reads. */
    public String only() {
        if (from.size() != 1) {
            throw new IllegalArgumentException(layer.name() + " reads " + from.size() + " layers, not one");
        }
        return from.get(0);
    }
}
