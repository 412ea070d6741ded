package dev.convoke.backend.cuda;

/** Whether a layer ends in {@code max(x, 0)}. */
enum CudaRectifier {
    /** No rectifier. */
    NONE,
    /** The layer's own backward pass stops the gradient where the output is 0. */
    RELU
}
