package dev.convoke.backend.cuda;

/**
 * How cuDNN computes a product.
 *
 * @param number of the algorithm, among those of its {@link CudnnPass}
 * @param math cuDNN's math type, which determines whether tensor cores are used
 */
record CudnnAlgorithm(int number, int math) {}
