package dev.convoke.backend.cpu;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** A layer's weights in the order in which our kernels read them: a copy that follows the arena after each step. */
final class CpuPackedWeights {
    /** Copies filters {@code from .. to - 1}. */
    interface Packing {
        void pack(FloatPointer weights, int from, int to, FloatPointer packed);
    }

    private final FloatPointer weights; // [F, ..] in the arena
    private final BytePointer packed;
    private final FloatPointer floats;
    private final int filters;
    private final Packing packing;

    CpuPackedWeights(FloatPointer weights, BytePointer packed, int filters, Packing packing) {
        this.weights = weights;
        this.packed = packed;
        floats = new FloatPointer(packed);
        this.filters = filters;
        this.packing = packing;
    }

    void pack(int from, int to) {
        packing.pack(weights, from, to, floats);
    }

    void packAll() {
        pack(0, filters);
    }

    BytePointer bytes() {
        return packed;
    }

    FloatPointer floats() {
        return floats;
    }
}
