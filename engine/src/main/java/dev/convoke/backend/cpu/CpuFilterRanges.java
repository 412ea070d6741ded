package dev.convoke.backend.cpu;

/**
 * How the filters of a layer are cut for the gradients of its weights. Nothing that is computed depends on it: each filter's
 * gradient is one thread's sum over the images in their order.
 *
 * @param filters F
 * @param size filters of a range; the last one may have fewer
 */
record CpuFilterRanges(int filters, int size) {
    // More ranges than threads, since some filters have more live windows than others; but each reads all images again.
    private static final int RANGES_A_THREAD = 2;

    private static final int LEAST_FILTERS = 32;

    static CpuFilterRanges of(CpuSplitLayer layer, int threads) {
        int step = layer.filterStep();
        int wanted = threads == 1 ? 1 : RANGES_A_THREAD * threads;
        int each = Math.max(LEAST_FILTERS, (layer.filters() + wanted - 1) / wanted);
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
