package dev.convoke.backend.cuda;

/**
 * A factor or a result as cublasLt sees it, in column-major order: our rows are its columns.
 *
 * @param format of the values
 * @param rows of the matrix in memory
 * @param columns of the matrix in memory
 * @param orientation whether the product reads it transposed
 */
record CublasMatrix(CudaFormat format, long rows, long columns, Orientation orientation) {
    /** Whether a product reads a factor transposed. */
    enum Orientation {
        AS_IT_LIES,
        TRANSPOSED
    }

    static CublasMatrix of(CudaFormat format, long rows, long columns) {
        return new CublasMatrix(format, rows, columns, Orientation.AS_IT_LIES);
    }

    CublasMatrix transposed() {
        return new CublasMatrix(format, rows, columns, Orientation.TRANSPOSED);
    }
}
