package dev.convoke.backend.graph;

/** What a network is built for. */
public enum Mode {
    /** Dropout, batch statistics, backward pass. */
    TRAINING,
    /** No dropout, running statistics, no backward pass. */
    INFERENCE
}
