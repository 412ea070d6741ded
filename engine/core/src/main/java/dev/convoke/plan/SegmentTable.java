package dev.convoke.plan;

import java.util.List;

/** The tensors of one arena, end to end in the order of the layers. */
public record SegmentTable(List<Segment> segments) {
    public SegmentTable {
        segments = List.copyOf(segments);
    }

    /** Values in the arena. */
    public int size() {
        if (segments.isEmpty()) {
            return 0;
        }
        Segment last = segments.get(segments.size() - 1);
        return last.offset() + last.size();
    }
}
