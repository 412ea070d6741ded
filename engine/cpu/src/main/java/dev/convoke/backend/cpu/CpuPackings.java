package dev.convoke.backend.cpu;

import dev.convoke.plan.Segment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The copies of weights that a session's networks read, and whether they are those of the arena. */
final class CpuPackings {
    /** A copy that all networks of a session share. */
    record Shared(CpuPackedWeights weights, BytePointer bytes, FloatPointer floats) {}

    /** Copies filters {@code from .. to - 1} of {@code weights} to {@code packed}. */
    interface Packing {
        void pack(FloatPointer weights, int from, int to, FloatPointer packed);
    }

    private final CpuResources resources;
    private final Map<Segment, Shared> shared = new HashMap<>();
    private long version; // of the parameters

    CpuPackings(CpuResources resources) {
        this.resources = resources;
    }

    /** The shared copy of {@code kernel}, made where there is none; every network of a session asks for the same one. */
    Shared of(Segment kernel, FloatPointer weights, long bytes, int filters, Packing packing) {
        return shared.computeIfAbsent(kernel, missing -> {
            BytePointer packed = resources.allocate(missing.name() + " packed", bytes);
            FloatPointer floats = new FloatPointer(packed);
            return new Shared(
                    new CpuPackedWeights(filters, (from, to) -> packing.pack(weights, from, to, floats)),
                    packed,
                    floats);
        });
    }

    /** The version of the parameters. */
    long version() {
        return version;
    }

    /** The parameters change, or have changed: every copy is out of date until it is packed. */
    void outdate() {
        version++;
    }

    /** Packs anew what is out of date. */
    void refresh(List<CpuPackedWeights> packed) {
        for (int i = 0; i < packed.size(); i++) {
            packed.get(i).refresh(version);
        }
    }
}
