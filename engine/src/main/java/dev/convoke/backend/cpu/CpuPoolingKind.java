package dev.convoke.backend.cpu;

/** What a pooling makes of a window. */
enum CpuPoolingKind {
    MAXIMUM,
    AVERAGE
}
