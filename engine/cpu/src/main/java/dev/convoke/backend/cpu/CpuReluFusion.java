package dev.convoke.backend.cpu;

/** Whether a layer ends in {@code max(x, 0)}, and who stops the gradient where that is 0. */
enum CpuReluFusion {
    /** No ReLU. */
    NONE,
    /** The layer's own backward pass stops the gradient. */
    MASKS,
    /** The gradient arrives masked already. */
    MASKED_BEFORE
}
