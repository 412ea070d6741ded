package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;

/**
 * How a batch is cut where its images are independent. Parts are small enough for the activations of one to stay in the
 * second-level cache from layer to layer, and begin where the groups of the first convolution's gradient do. Nothing that is
 * computed depends on them.
 *
 * @param images N
 * @param size images of a part; the last one may have fewer
 */
record CpuParts(int images, int size) {
    // Weights are read once a part, so it is not smaller where threads do not ask for it.
    private static final int MOST_IMAGES = 16;

    static CpuParts of(int images, int threads) {
        int each = Math.min(MOST_IMAGES, (images + threads - 1) / threads);
        int group = Kernels.FUSED_GROUP;
        int size = (each + group - 1) / group * group;
        // A batch of a million images is cut into fewer, larger parts: tasks are counted in 16 bits.
        int least = (images + CpuTeam.MOST_TASKS - 1) / CpuTeam.MOST_TASKS;
        return new CpuParts(images, Math.max(size, (least + group - 1) / group * group));
    }

    int count() {
        return (images + size - 1) / size;
    }

    /** First image of {@code part}. */
    int from(int part) {
        return part * size;
    }

    /** Images of {@code part}. */
    int images(int part) {
        return Math.min(size, images - from(part));
    }
}
