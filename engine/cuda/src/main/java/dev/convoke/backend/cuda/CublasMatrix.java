package dev.convoke.backend.cuda;

/**
 * A factor or a result as cublasLt sees it, column after column: what we call rows are its columns.
 *
 * @param format of the values
 * @param rows of the matrix as it lies in memory
 * @param columns of the matrix as it lies in memory
 * @param orientation whether the product reads it as it lies
 */
record CublasMatrix(CudaFormat format, long rows, long columns, Orientation orientation) {
    /** Whether a product reads a factor as it lies in memory. */
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
