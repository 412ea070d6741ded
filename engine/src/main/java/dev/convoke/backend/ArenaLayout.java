package dev.convoke.backend;

import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import dev.convoke.plan.SegmentTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the segments of a table lie in the arena of a backend whose activations are NHWC, each at a multiple of a number of
 * values.
 *
 * @param segments by index in their table
 * @param size values of the arena, gaps included
 */
public record ArenaLayout(List<ArenaSegment> segments, long size) {
    public ArenaLayout {
        segments = List.copyOf(segments);
    }

    /** Of the parameters, each at a multiple of {@code step} values. */
    public static ArenaLayout parameters(Plan plan, int step) {
        return of(plan.parameters(), shapes(plan), step);
    }

    /** Of the running statistics, each at a multiple of {@code step} values. */
    public static ArenaLayout statistics(Plan plan, int step) {
        return of(plan.statistics(), shapes(plan), step);
    }

    private static ArenaLayout of(SegmentTable table, Map<Segment, Shape> shapes, int step) {
        List<ArenaSegment> segments = new ArrayList<>();
        long start = 0;
        for (Segment segment : table.segments()) {
            Shape shape = shapes.getOrDefault(segment, new Shape(segment.size(), 1, 1, 1));
            segments.add(new ArenaSegment(segment, start, shape.outer, shape.channels, shape.pixels, shape.window));
            start = (start + segment.size() + step - 1) / step * step;
        }
        return new ArenaLayout(segments, start);
    }

    private static Map<Segment, Shape> shapes(Plan plan) {
        Map<Segment, Shape> shapes = new HashMap<>();
        int pixels = 1;
        for (Op op : plan.ops()) {
            if (op instanceof Op.Convolution conv) {
                int window = conv.window().size() * conv.window().size();
                int inputs = conv.window().input().channels();
                int filters = conv.window().output().channels();
                shapes.put(conv.kernel(), new Shape(filters, inputs / pixels, pixels, window));
                pixels = 1;
            } else if (op instanceof Op.Dense dense) {
                shapes.put(dense.kernel(), new Shape(dense.units(), dense.inputs() / pixels, pixels, 1));
                pixels = 1;
            } else if (op instanceof Op.BatchNormalization norm) {
                Shape each = new Shape(1, norm.channels() / pixels, pixels, 1);
                shapes.put(norm.gamma(), each);
                shapes.put(norm.beta(), each);
                shapes.put(norm.runningMean(), each);
                shapes.put(norm.runningVariance(), each);
            } else if (op instanceof Op.Flatten) {
                pixels *= ChannelsLast.pixels(plan.slots().get(op.input()).shape());
            }
        }
        return shapes;
    }

    private record Shape(int outer, int channels, int pixels, int window) {}
}
