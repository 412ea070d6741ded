package dev.convoke.backend.cpu;

/**
 * How the filters of a layer are cut for the gradients of its weights. Nothing that is computed depends on it: each filter's
 * gradient is one thread's sum over the images in their order.
 *
 * @param filters F
 * @param size filters of a range; the last one may have fewer
 */
record CpuFilterRanges(int filters, int size) {
    private static final int LEAST_FILTERS = 32;

    static CpuFilterRanges of(CpuSplitLayer layer, int threads) {
        int step = layer.filterStep();
        // One for each thread: every range reads all images again, which costs more than uneven live windows do.
        int each = Math.max(LEAST_FILTERS, (layer.filters() + threads - 1) / threads);
        return new CpuFilterRanges(layer.filters(), (each + step - 1) / step * step);
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
}
