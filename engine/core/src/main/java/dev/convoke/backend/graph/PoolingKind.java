package dev.convoke.backend.graph;

/** What a pooling makes of a window. */
public enum PoolingKind {
    MAXIMUM,
    AVERAGE
}
