package dev.convoke.backend.cuda;

/** What becomes of the values of a window. */
enum CudaPoolingKind {
    MAXIMUM,
    AVERAGE
}
