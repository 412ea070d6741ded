package dev.convoke.backend.cpu;

import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * How the filters of a layer are cut for the gradients of its weights. Nothing that is computed depends on it: each filter's
 * gradient is one thread's sum over the images in their order.
 *
 * @param filters F
 * @param size filters of a range; the last one may have fewer
 */
record CpuFilterRanges(int filters, int size) {
    private static final int LEAST_FILTERS = 32;

    /** Sets the gradients of filters {@code from .. to - 1}. */
    interface Gradient {
        void run(int from, int to, int worker);
    }

    /** @param step what the filters of a range are a multiple of */
    static CpuFilterRanges of(int filters, int step, int threads) {
        // One for each thread: every range reads all images again, which costs more than uneven live windows do.
        int each = Math.max(LEAST_FILTERS, (filters + threads - 1) / threads);
        return new CpuFilterRanges(filters, (each + step - 1) / step * step);
    }

    int count() {
        return (filters + size - 1) / size;
    }

    int from(int range) {
        return range * size;
    }

    int to(int range) {
        return Math.min(filters, from(range) + size);
    }

    /** The updates of a layer's kernel and bias, a range each. */
    List<CpuUpdate> updates(Op op, CpuPackedWeights packed, CpuPackings packings, Gradient gradient) {
        List<CpuUpdate> updates = new ArrayList<>();
        for (int range = 0; range < count(); range++) {
            int from = from(range);
            int to = to(range);
            List<CpuParameterRange> ranges = new ArrayList<>();
            for (Segment segment : op.parameters()) {
                ranges.add(CpuParameterRange.filters(segment, filters, from, to));
            }
            updates.add(new CpuUpdate(
                    ranges,
                    (task, worker) -> gradient.run(from, to, worker),
                    () -> packed.pack(from, to, packings.version())));
        }
        return updates;
    }
}
