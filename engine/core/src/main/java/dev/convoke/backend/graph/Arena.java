package dev.convoke.backend.graph;

import dev.convoke.plan.Initializer;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** A float32 on the device for every element of every segment of a layout; gaps between segments are zeros that nothing reads. */
public final class Arena {
    private final Memory memory;
    private final ArenaLayout layout;
    private final BytePointer block;
    private final FloatPointer values;
    private final List<FloatPointer> parts = new ArrayList<>();

    public Arena(Memory memory, String name, ArenaLayout layout) {
        this.memory = memory;
        this.layout = layout;
        block = memory.allocate(name, bytes());
        values = new FloatPointer(block);
        for (ArenaSegment segment : layout.segments()) {
            parts.add(new FloatPointer(block.getPointer(segment.start() * Float.BYTES)));
        }
    }

    /** All values, from the start of the first segment. */
    public FloatPointer values() {
        return values;
    }

    /** The values of one segment, shared. */
    public FloatPointer of(Segment segment) {
        return parts.get(segment.index());
    }

    public ArenaLayout layout() {
        return layout;
    }

    /** Bytes of the arena, gaps included. */
    public long bytes() {
        return layout.size() * Float.BYTES;
    }

    /** Sets every segment to what a run with {@code seed} starts from. */
    public void initialize(long seed) {
        layout.segments().forEach(segment -> load(segment, Initializer.initial(segment.segment(), seed)));
    }

    /** Sets one segment. */
    public void load(ArenaSegment segment, Tensor canonical) {
        memory.write(of(segment.segment()), segment.arrange(canonical));
    }

    /** A copy of one segment, canonical. */
    public Tensor tensor(ArenaSegment segment) {
        return segment.canonical(
                memory.read(of(segment.segment()), segment.segment().size()));
    }

    /** Zeros. */
    public void clear() {
        memory.clear(block, bytes());
    }

    /** Takes over every value of an arena of the same layout. */
    public void copyFrom(Arena other) {
        memory.copy(block, other.block, bytes());
    }
}
