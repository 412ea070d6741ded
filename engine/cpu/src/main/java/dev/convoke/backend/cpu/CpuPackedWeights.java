package dev.convoke.backend.cpu;

/** A layer's weights as its passes read them: a copy that follows the arena. */
final class CpuPackedWeights {
    /** Copies filters {@code from .. to - 1}. */
    interface Packing {
        void pack(int from, int to);
    }

    private final int filters;
    private final Packing packing;
    private long version = -1; // of the parameters that it was copied from

    CpuPackedWeights(int filters, Packing packing) {
        this.filters = filters;
        this.packing = packing;
    }

    /** Copies some of the filters of parameters of that version; the others are copied by other calls. */
    void pack(int from, int to, long newVersion) {
        packing.pack(from, to);
        version = newVersion;
    }

    void refresh(long newVersion) {
        if (version != newVersion) {
            pack(0, filters, newVersion);
        }
    }
}
