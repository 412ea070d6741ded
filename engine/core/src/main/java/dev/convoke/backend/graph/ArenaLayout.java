package dev.convoke.backend.graph;

import dev.convoke.model.ImageShape;
import dev.convoke.model.Role;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import dev.convoke.plan.SegmentTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Positions of a table's segments in the arena of a backend with NHWC activations, each aligned to a number of values.
 *
 * @param segments by index in their table
 * @param size number of values of the arena, including gaps
 */
public record ArenaLayout(List<ArenaSegment> segments, long size) {
    public ArenaLayout {
        segments = List.copyOf(segments);
    }

    /** Of the parameters, each at a multiple of {@code step} values. */
    public static ArenaLayout parameters(Plan plan, int step) {
        return of(plan, plan.parameters(), step);
    }

    /** Of the running statistics, each at a multiple of {@code step} values. */
    public static ArenaLayout statistics(Plan plan, int step) {
        return of(plan, plan.statistics(), step);
    }

    private static ArenaLayout of(Plan plan, SegmentTable table, int step) {
        Map<Segment, Op> owners = new HashMap<>();
        plan.ops()
                .forEach(op -> Stream.concat(op.parameters().stream(), op.statistics().stream())
                        .forEach(segment -> owners.put(segment, op)));
        Folds folds = new Folds(plan);
        List<ArenaSegment> segments = new ArrayList<>();
        long start = 0;
        for (Segment segment : table.segments()) {
            Op op = Objects.requireNonNull(owners.get(segment));
            ImageShape shape = op.inputShape();
            segments.add(place(segment, start, folds.read(op), shape));
            start = (start + segment.size() + step - 1) / step * step;
        }
        return new ArenaLayout(segments, start);
    }

    /** @param folded pixels in the channels of what the segment's layer reads */
    private static ArenaSegment place(Segment segment, long start, int folded, ImageShape input) {
        TensorShape shape = segment.shape();
        if (segment.role() == Role.KERNEL) {
            int outer = shape.axes().get(0);
            int channels = shape.axes().get(1);
            int window = segment.size() / outer / channels;
            return new ArenaSegment(segment, start, outer, channels / folded, folded, window);
        }
        // Scales, shifts and statistics follow the channels that they belong to; a bias is in the order of the output.
        boolean follows = segment.role() != Role.BIAS && segment.size() == input.channels();
        int pixels = follows ? folded : 1;
        return new ArenaSegment(segment, start, 1, segment.size() / pixels, pixels, 1);
    }
}
