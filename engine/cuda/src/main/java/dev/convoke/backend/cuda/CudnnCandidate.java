package dev.convoke.backend.cuda;

/**
 * An algorithm that serves, as cuDNN tells of it.
 *
 * @param algorithm what it is
 * @param reproducible whether it gives the same bits every time
 * @param workspace bytes that it needs
 */
record CudnnCandidate(CudnnAlgorithm algorithm, boolean reproducible, long workspace) {}
