package dev.convoke.backend.cuda;

/**
 * NVIDIA's libraries as they were loaded, each version as its library counts.
 *
 * @param runtime of {@code cudaRuntimeGetVersion}
 * @param cudnn of {@code cudnnGetVersion}
 * @param cublas of {@code cublasLtGetVersion}
 */
record CudaLibraryVersions(int runtime, long cudnn, long cublas) {
    String describe() {
        return "CUDA " + CudaVersion.text(runtime) + ", cuDNN " + CudaVersion.cudnnText(cudnn) + ", cuBLAS "
                + CudaVersion.cublasText(cublas);
    }
}
