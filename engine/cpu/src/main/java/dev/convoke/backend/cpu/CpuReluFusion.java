package dev.convoke.backend.cpu;

/** Whether a layer includes a ReLU, and which pass masks the gradient where its output is 0. */
enum CpuReluFusion {
    /** No ReLU. */
    NONE,
    /** The layer's own backward pass masks the gradient. */
    MASKS,
    /** The incoming gradient is already masked. */
    MASKED_BEFORE
}
