package dev.convoke.backend.cuda;

/** What a network is built for. */
enum CudaMode {
    /** Dropout, batch statistics, backward pass. */
    TRAINING,
    /** No dropout, running statistics, no backward pass. */
    INFERENCE
}
