package dev.convoke.backend.cuda;

/** NVIDIA's libraries that the bindings load, and how to install them. */
enum CudaLibrary {
    RUNTIME("CUDA runtime", "libcudart", "nvidia-cuda-runtime"),
    CUBLAS("cuBLAS", "libcublas", "nvidia-cublas"),
    CUDNN("cuDNN", "libcudnn", "nvidia-cudnn");

    private final String title;
    private final String stem;
    private final String wheel;

    CudaLibrary(String title, String stem, String wheel) {
        this.title = title;
        this.stem = stem;
        this.wheel = wheel;
    }

    /** The library that a file such as {@code libcudnn_ops.so.9} belongs to; the runtime where it is none of them. */
    static CudaLibrary of(String file) {
        for (CudaLibrary library : values()) {
            if (file.startsWith(library.stem)) {
                return library;
            }
        }
        return RUNTIME;
    }

    /** Its common name. */
    String title() {
        return title;
    }

    /** Its main file, without the version. */
    String file() {
        return stem + ".so";
    }

    /** Its Python wheel for that major version of CUDA: the suffix -cu12 fell away with CUDA 13, but from cuDNN's. */
    String wheel(int cudaMajor) {
        return this == CUDNN || cudaMajor < 13 ? wheel + "-cu" + cudaMajor : wheel;
    }
}
