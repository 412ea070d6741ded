package dev.convoke.backend.cuda;

/** NVIDIA's ways of putting a version into one number. */
final class CudaVersion {
    private CudaVersion() {}

    /** Of CUDA: 13010 is 13.1. */
    static int major(int cuda) {
        return cuda / 1000;
    }

    /** Of CUDA: 13010 is 13.1. */
    static String text(int cuda) {
        return major(cuda) + "." + cuda % 1000 / 10;
    }

    /** Of cuDNN: 91900 is 9.19.0; before version 9, 8905 was 8.9.5. */
    static int cudnnMajor(long cudnn) {
        return (int) (cudnn / (cudnn < 10_000 ? 1000 : 10_000));
    }

    /** Of cuDNN: 91900 is 9.19.0; before version 9, 8905 was 8.9.5. */
    static String cudnnText(long cudnn) {
        int unit = cudnn < 10_000 ? 1000 : 10_000;
        return cudnn / unit + "." + cudnn % unit / 100 + "." + cudnn % 100;
    }

    /** Of cuBLAS: 130201 is 13.2.1. */
    static int cublasMajor(long cublas) {
        return (int) (cublas / 10_000);
    }

    /** Of cuBLAS: 130201 is 13.2.1. */
    static String cublasText(long cublas) {
        return cublas / 10_000 + "." + cublas % 10_000 / 100 + "." + cublas % 100;
    }
}
