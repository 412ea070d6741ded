package dev.convoke.backend.reference;

import dev.convoke.plan.Initializer;
import dev.convoke.plan.Segment;
import dev.convoke.plan.SegmentTable;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Values for every segment of a table, each in canonical layout. */
final class ReferenceArena {
    private final List<double[]> values = new ArrayList<>();

    private ReferenceArena() {}

    static ReferenceArena zeros(SegmentTable table) {
        ReferenceArena arena = new ReferenceArena();
        table.segments().forEach(segment -> arena.values.add(new double[segment.size()]));
        return arena;
    }

    /** The values that a run with {@code seed} starts from. */
    static ReferenceArena initial(SegmentTable table, long seed) {
        ReferenceArena arena = zeros(table);
        table.segments().forEach(segment -> arena.put(segment, Initializer.initial(segment, seed)));
        return arena;
    }

    /** The segment's values, shared. */
    double[] of(Segment segment) {
        return values.get(segment.index());
    }

    void put(Segment segment, double[] replacement) {
        System.arraycopy(replacement, 0, of(segment), 0, segment.size());
    }

    void put(Segment segment, Tensor tensor) {
        put(segment, widen(tensor.values()));
    }

    /** A copy of the segment's values, rounded to float32. */
    Tensor tensor(Segment segment) {
        return new Tensor(segment.shape(), narrow(of(segment)));
    }

    static float[] narrow(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    private static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
