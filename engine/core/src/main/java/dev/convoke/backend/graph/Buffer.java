package dev.convoke.backend.graph;

import dev.convoke.plan.Lifetime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Device memory that a network needs for part of a step. Layers declare when they use it; then the memory map assigns an
 * address, which buffers with disjoint lifetimes may share.
 */
public final class Buffer {
    private static final int NEVER = -1;

    private final String name;
    private final long bytes;
    private final List<Consumer<BytePointer>> waiting = new ArrayList<>();
    private int firstForward = NEVER;
    private int lastForward = NEVER;
    private int firstBackward = NEVER;
    private int lastBackward = NEVER;
    private @Nullable BytePointer place;
    private @Nullable FloatPointer floats;

    public Buffer(String name, long bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** The forward pass of layer {@code layer} reads or writes it; the layer after the last one is the loss. */
    public Buffer usedForward(int layer) {
        firstForward = firstForward == NEVER ? layer : Math.min(firstForward, layer);
        lastForward = Math.max(lastForward, layer);
        return this;
    }

    /** The backward pass of layer {@code layer} reads or writes it. */
    public Buffer usedBackward(int layer) {
        firstBackward = Math.max(firstBackward, layer);
        lastBackward = lastBackward == NEVER ? layer : Math.min(lastBackward, layer);
        return this;
    }

    /** When it is alive in a network of {@code layers} layers. */
    Lifetime lifetime(int layers) {
        int first = firstForward == NEVER ? 2 * layers - firstBackward : firstForward;
        int last = lastBackward == NEVER ? lastForward : 2 * layers - lastBackward;
        return new Lifetime(name, bytes, first, last);
    }

    /** Calls {@code consumer} with the address as soon as it is assigned. */
    public void whenPlaced(Consumer<BytePointer> consumer) {
        if (place == null) {
            waiting.add(consumer);
        } else {
            consumer.accept(place);
        }
    }

    /** Gives it its place. */
    public void place(BytePointer where) {
        place = where;
        floats = new FloatPointer(where);
        waiting.forEach(consumer -> consumer.accept(where));
        waiting.clear();
    }

    /** The place, as values of whatever format. */
    public FloatPointer floats() {
        if (floats == null) {
            throw new IllegalStateException(name + " has no place yet");
        }
        return floats;
    }

    public BytePointer bytes() {
        if (place == null) {
            throw new IllegalStateException(name + " has no place yet");
        }
        return place;
    }
}
