package dev.convoke.backend.cpu;

import dev.convoke.plan.Segment;

/**
 * Part of a parameter tensor.
 *
 * @param segment the tensor
 * @param from first value, in the arena's order
 * @param length values
 */
record CpuParameterRange(Segment segment, long from, long length) {
    /** All of a tensor. */
    static CpuParameterRange all(Segment segment) {
        return new CpuParameterRange(segment, 0, segment.size());
    }

    /** Filters {@code from .. to - 1} of a tensor whose outermost axis has {@code filters}. */
    static CpuParameterRange filters(Segment segment, int filters, int from, int to) {
        long each = segment.size() / filters;
        return new CpuParameterRange(segment, from * each, (to - from) * each);
    }
}
