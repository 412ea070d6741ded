package dev.convoke.backend.cpu;

import dev.convoke.backend.ArenaLayout;
import dev.convoke.backend.ArenaSegment;
import dev.convoke.plan.Initializer;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A value for every element of every segment of a layout; gaps between segments are zeros that nobody reads. */
final class CpuArena {
    /** Values from one segment to the next at least: a cache line. */
    static final int STEP = CpuResources.ALIGNMENT / Float.BYTES;

    private final ArenaLayout layout;
    private final BytePointer block;
    private final FloatPointer values;
    private final List<FloatPointer> parts = new ArrayList<>();

    CpuArena(CpuResources resources, String name, ArenaLayout layout) {
        this.layout = layout;
        block = resources.allocate(name, bytes());
        values = new FloatPointer(block);
        layout.segments()
                .forEach(segment -> parts.add(new FloatPointer(block.getPointer(segment.start() * Float.BYTES))));
    }

    /** All values, from the start of the first segment. */
    FloatPointer values() {
        return values;
    }

    /** The values of one segment, shared. */
    FloatPointer of(Segment segment) {
        return parts.get(segment.index());
    }

    ArenaLayout layout() {
        return layout;
    }

    /** Sets every segment to what a run with {@code seed} starts from. */
    void initialize(long seed) {
        layout.segments().forEach(segment -> load(segment, Initializer.initial(segment.segment(), seed)));
    }

    void load(ArenaSegment segment, Tensor canonical) {
        of(segment.segment()).put(segment.arrange(canonical));
    }

    /** A copy of one segment, canonical. */
    Tensor tensor(ArenaSegment segment) {
        float[] ours = new float[segment.segment().size()];
        of(segment.segment()).get(ours);
        return segment.canonical(ours);
    }

    void clear() {
        Pointer.memset(block, 0, bytes());
    }

    /** Takes over every value of an arena of the same layout. */
    void copyFrom(CpuArena other) {
        Pointer.memcpy(block, other.block, bytes());
    }

    private long bytes() {
        return layout.size() * Float.BYTES;
    }
}
