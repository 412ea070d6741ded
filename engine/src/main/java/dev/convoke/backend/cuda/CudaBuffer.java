package dev.convoke.backend.cuda;

import dev.convoke.backend.BufferUse;
import dev.convoke.plan.Buffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Memory that a network wants for part of a step. Layers say when they use it; once all have said so, the memory map gives
 * it a place, which may be shared with buffers of other times.
 */
final class CudaBuffer {
    private final String name;
    private final long bytes;
    private final BufferUse use = new BufferUse();
    private @Nullable BytePointer place;

    CudaBuffer(String name, long bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** The forward pass of layer {@code layer} reads or writes it; the layer after the last one is the loss. */
    CudaBuffer usedForward(int layer) {
        use.forward(layer);
        return this;
    }

    /** The backward pass of layer {@code layer} reads or writes it. */
    CudaBuffer usedBackward(int layer) {
        use.backward(layer);
        return this;
    }

    /** When it is alive in a network of {@code layers} layers. */
    Buffer lifetime(int layers) {
        return use.lifetime(name, bytes, layers);
    }

    /** Gives it its place. */
    void place(BytePointer where) {
        place = where;
    }

    Pointer data() {
        if (place == null) {
            throw new IllegalStateException(name + " has no place yet");
        }
        return place;
    }
}
