package dev.convoke.backend.graph;

/** How a pooling reduces a window. */
public enum PoolingKind {
    MAXIMUM,
    AVERAGE
}
