package dev.convoke.backend.cuda;

import dev.convoke.backend.ArenaLayout;
import dev.convoke.backend.ArenaSegment;
import dev.convoke.plan.Segment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A float32 for every element of every segment of a layout; gaps between segments are zeros that nobody reads. */
final class CudaArena {
    /** Values from one segment to the next at least: a bfloat16 copy of the same layout keeps the alignment too. */
    static final int STEP = CudaResources.ALIGNMENT / Short.BYTES;

    private final String name;
    private final ArenaLayout layout;
    private final CudaStream stream;
    private final BytePointer block;
    private final List<Pointer> parts = new ArrayList<>();

    CudaArena(CudaResources resources, String name, ArenaLayout layout) {
        this.name = name;
        this.layout = layout;
        stream = resources.stream();
        block = resources.allocate(name, bytes());
        for (ArenaSegment segment : layout.segments()) {
            parts.add(block.getPointer(segment.start() * Float.BYTES));
        }
    }

    String name() {
        return name;
    }

    /** All values, from the start of the first segment. */
    Pointer values() {
        return block;
    }

    /** The values of one segment, shared. */
    Pointer of(Segment segment) {
        return parts.get(segment.index());
    }

    ArenaLayout layout() {
        return layout;
    }

    /** Zeros. */
    void clear() {
        stream.clear(block, bytes(), name);
    }

    /** Takes over every value of an arena of the same layout. */
    void copyFrom(CudaArena other) {
        stream.copy(block, other.block, bytes(), name);
    }

    long bytes() {
        return layout.size() * Float.BYTES;
    }
}
