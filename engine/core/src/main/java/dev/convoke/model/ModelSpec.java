package dev.convoke.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A network: its input, its layers as a graph, and its loss. The loss reads the output of the last layer; softmax and
 * sigmoid belong to the loss.
 *
 * @param name name given by the user
 * @param input shape of one image
 * @param nodes in topological order: every layer after its inputs
 * @param loss the function that is minimized
 */
public record ModelSpec(String name, ImageShape input, List<Node> nodes, Loss loss) {
    /** The name of what the first layer reads: the images. */
    public static final String INPUT = "input";

    public ModelSpec {
        nodes = List.copyOf(nodes);
        Set<String> names = new HashSet<>(Set.of(INPUT));
        for (Node node : nodes) {
            String layer = node.layer().name();
            for (String from : node.from()) {
                if (!names.contains(from)) {
                    throw new ModelException(
                            name + ": " + layer + " reads '" + from + "', which is no layer before it; those are "
                                    + names.stream().sorted().toList());
                }
            }
            if (!names.add(layer)) {
                throw new ModelException(name + ": "
                        + (layer.equals(INPUT)
                                ? "no layer may be named 'input', which is what the images are called"
                                : "two layers are named '" + layer + "'"));
            }
        }
    }

    /** A sequential network with softmax cross-entropy. */
    public ModelSpec(String name, ImageShape input, int classes, List<? extends Layer> layers, double labelSmoothing) {
        this(name, input, chain(layers), Loss.SoftmaxCrossEntropy.of(classes, labelSmoothing));
    }

    private static List<Node> chain(List<? extends Layer> layers) {
        return layers.stream().<Node>map(Node::of).toList();
    }

    /** The layers, in order. */
    public List<Layer> layers() {
        return nodes.stream().map(Node::layer).toList();
    }

    /** Values that the loss reads for each image: classes, labels or numbers. */
    public int outputs() {
        return loss.outputs();
    }

    /** The same network for images of another shape. */
    public ModelSpec withInput(ImageShape shape) {
        return new ModelSpec(name, shape, nodes, loss);
    }
}
