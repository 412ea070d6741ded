package dev.convoke.backend.graph;

import dev.convoke.plan.Buffer;

/**
 * When the layers of a network use a piece of memory. Layers say so while they are made; from all of it follows when the
 * memory is alive, and so with which other pieces it may share its place.
 */
public final class BufferUse {
    private static final int NEVER = -1;

    private int firstForward = NEVER;
    private int lastForward = NEVER;
    private int firstBackward = NEVER;
    private int lastBackward = NEVER;

    /** The forward pass of layer {@code layer} reads or writes it; the layer after the last one is the loss. */
    public void forward(int layer) {
        firstForward = firstForward == NEVER ? layer : Math.min(firstForward, layer);
        lastForward = Math.max(lastForward, layer);
    }

    /** The backward pass of layer {@code layer} reads or writes it. */
    public void backward(int layer) {
        firstBackward = Math.max(firstBackward, layer);
        lastBackward = lastBackward == NEVER ? layer : Math.min(lastBackward, layer);
    }

    /** The life of {@code bytes} bytes of this use in a network of {@code layers} layers. */
    public Buffer lifetime(String name, long bytes, int layers) {
        int first = firstForward == NEVER ? 2 * layers - firstBackward : firstForward;
        int last = lastBackward == NEVER ? lastForward : 2 * layers - lastBackward;
        return new Buffer(name, bytes, first, last);
    }
}
