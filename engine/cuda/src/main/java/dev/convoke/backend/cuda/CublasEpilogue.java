package dev.convoke.backend.cuda;

import org.bytedeco.cuda.global.cublas;

/** What cublasLt does to a product before it writes it. */
enum CublasEpilogue {
    NONE,
    /** Adds a vector, an element a row. */
    BIAS,
    /** {@code max(x, 0)}. */
    RELU,
    /** Adds a vector, then {@code max(x, 0)}. */
    BIAS_RELU,
    /** Sums the second factor over the inner axis on the side: the gradient of a bias. */
    BIAS_GRADIENT;

    /** Whether it adds a vector. */
    boolean readsVector() {
        return this == BIAS || this == BIAS_RELU;
    }

    int code() {
        return switch (this) {
            case NONE -> cublas.CUBLASLT_EPILOGUE_DEFAULT;
            case RELU -> cublas.CUBLASLT_EPILOGUE_RELU;
            case BIAS -> cublas.CUBLASLT_EPILOGUE_BIAS;
            case BIAS_RELU -> cublas.CUBLASLT_EPILOGUE_RELU_BIAS;
            case BIAS_GRADIENT -> cublas.CUBLASLT_EPILOGUE_BGRADB;
        };
    }
}
