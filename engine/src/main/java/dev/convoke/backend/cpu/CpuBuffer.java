package dev.convoke.backend.cpu;

import dev.convoke.backend.BufferUse;
import dev.convoke.plan.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Memory that a network wants for part of a step. Layers say when they use it; once all have said so, the memory map gives
 * it a place, which may be shared with buffers of other times.
 */
final class CpuBuffer {
    private final String name;
    private final long bytes;
    private final List<Consumer<Pointer>> waiting = new ArrayList<>();
    private final BufferUse use = new BufferUse();
    private @Nullable BytePointer place;
    private @Nullable FloatPointer floats;

    CpuBuffer(String name, long bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** The forward pass of layer {@code layer} reads or writes it; the layer after the last one is the loss. */
    void usedForward(int layer) {
        use.forward(layer);
    }

    /** The backward pass of layer {@code layer} reads or writes it. */
    void usedBackward(int layer) {
        use.backward(layer);
    }

    /** When it is alive in a network of {@code layers} layers. */
    Buffer lifetime(int layers) {
        return use.lifetime(name, bytes, layers);
    }

    /** Hands {@code consumer} the place as soon as it is known. */
    void whenPlaced(Consumer<Pointer> consumer) {
        if (place == null) {
            waiting.add(consumer);
        } else {
            consumer.accept(place);
        }
    }

    /** Gives it its place. */
    void place(BytePointer where) {
        place = where;
        floats = new FloatPointer(where);
        waiting.forEach(consumer -> consumer.accept(where));
        waiting.clear();
    }

    FloatPointer floats() {
        if (floats == null) {
            throw new IllegalStateException(name + " has no place yet");
        }
        return floats;
    }

    BytePointer bytes() {
        if (place == null) {
            throw new IllegalStateException(name + " has no place yet");
        }
        return place;
    }
}
