package dev.convoke.backend.cuda;

/**
 * A supported algorithm with its properties reported by cuDNN.
 *
 * @param algorithm the algorithm
 * @param reproducible whether it gives the same bits every time
 * @param workspace bytes that it needs
 */
record CudnnCandidate(CudnnAlgorithm algorithm, boolean reproducible, long workspace) {}
