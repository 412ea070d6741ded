package dev.convoke.backend.cuda;

import org.jspecify.annotations.Nullable;

/**
 * The training steps of an epoch as recorded graphs. Values that change from step to step are on the device, so that one
 * recording can be used for every step of its batch size; a second one contains several steps, which saves launches.
 */
final class CudaTrainingGraphs {
    /** Steps of the long graph: a launch is then a small part of what even a tiny network's kernels take. */
    private static final int UNROLLED = 8;

    private final int fullSteps; // of an epoch
    private final CudaGraph one;
    private final CudaGraph several;
    private final @Nullable CudaGraph rest;

    /**
     * Records the steps, none of which must be the first of its kind on the stream: libraries load kernels when these are
     * first used, which must not happen while work is recorded.
     *
     * @param fullSteps steps of full batches in an epoch
     */
    CudaTrainingGraphs(
            CudaResources resources, CudaTrainingStep full, @Nullable CudaTrainingStep remainder, int fullSteps) {
        this.fullSteps = fullSteps;
        one = capture(resources, "a step", full::run);
        several = capture(resources, UNROLLED + " steps", () -> {
            for (int i = 0; i < UNROLLED; i++) {
                full.run();
            }
        });
        rest = remainder == null ? null : capture(resources, "the last step", remainder::run);
    }

    private static CudaGraph capture(CudaResources resources, String label, Runnable work) {
        CudaGraph graph = resources.stream().capture(label, work);
        resources.onClose(graph::close);
        return graph;
    }

    /** Queues the steps {@code from .. to - 1} of an epoch. */
    void launch(int from, int to) {
        int step = from;
        int end = Math.min(to, fullSteps);
        while (end - step >= UNROLLED) {
            several.launch();
            step += UNROLLED;
        }
        while (step < end) {
            one.launch();
            step++;
        }
        if (step < to && rest != null) {
            rest.launch();
        }
    }
}
