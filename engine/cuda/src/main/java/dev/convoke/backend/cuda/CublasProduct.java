package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * One matrix product of cublasLt, described once: {@code C = A B} with an epilogue. Of the algorithms that cublasLt's
 * heuristics name the fastest is measured; each gives the same bits every time, two of them need not give each other's.
 */
final class CublasProduct {
    /** Largest workspace of an algorithm, in bytes. */
    private static final long MOST_WORKSPACE = 32L << 20;

    /** Algorithms that are measured against each other. */
    private static final int MOST_ALGORITHMS = 8;

    private final CublasLt library;
    private final String label;
    private final String work; // what is computed, for the choice to be kept under
    private final cublasLtMatmulDescOpaque_t product;
    private final cublasLtMatrixLayoutOpaque_t a;
    private final cublasLtMatrixLayoutOpaque_t b;
    private final cublasLtMatrixLayoutOpaque_t c;
    private @Nullable CudaScratch scratch;
    private @Nullable cublasLtMatmulAlgo_t algorithm;
    private long workspace;

    /** @param vector what the epilogue reads or writes, in the format of {@code c}; null for {@link CublasEpilogue#NONE} */
    CublasProduct(
            CublasLt library,
            String label,
            CublasMatrix a,
            CublasMatrix b,
            CublasMatrix c,
            CublasEpilogue epilogue,
            @Nullable Pointer vector) {
        this.library = library;
        this.label = label;
        work = "cublasLt " + CublasLt.version() + ", " + a + " " + b + " " + c + " " + epilogue;
        this.a = layout(a);
        this.b = layout(b);
        this.c = layout(c);
        product = describe();
        set(cublas.CUBLASLT_MATMUL_DESC_TRANSA, operation(a));
        set(cublas.CUBLASLT_MATMUL_DESC_TRANSB, operation(b));
        set(cublas.CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue.code());
        if (vector != null) {
            try (LongPointer address = new LongPointer(1)) {
                address.put(vector.address());
                set(cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER, address, Long.BYTES);
            }
        }
    }

    private static int operation(CublasMatrix matrix) {
        return matrix.orientation() == CublasMatrix.Orientation.TRANSPOSED ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N;
    }

    private cublasLtMatmulDescOpaque_t describe() {
        try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
            check(
                    cublas.cublasLtMatmulDescCreate(made, library.computeType(), cudart.CUDA_R_32F),
                    "cublasLtMatmulDescCreate");
            cublasLtMatmulDescOpaque_t descriptor = new cublasLtMatmulDescOpaque_t(made.get());
            library.resources()
                    .onClose(() -> check(cublas.cublasLtMatmulDescDestroy(descriptor), "cublasLtMatmulDescDestroy"));
            return descriptor;
        }
    }

    private void set(int attribute, int value) {
        try (IntPointer held = new IntPointer(1)) {
            held.put(value);
            set(attribute, held, Integer.BYTES);
        }
    }

    private void set(int attribute, Pointer value, long bytes) {
        check(
                cublas.cublasLtMatmulDescSetAttribute(product, attribute, value, bytes),
                "cublasLtMatmulDescSetAttribute");
    }

    private cublasLtMatrixLayoutOpaque_t layout(CublasMatrix matrix) {
        try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
            check(
                    cublas.cublasLtMatrixLayoutCreate(
                            made, CublasLt.dataType(matrix.format()), matrix.rows(), matrix.columns(), matrix.rows()),
                    "cublasLtMatrixLayoutCreate");
            cublasLtMatrixLayoutOpaque_t layout = new cublasLtMatrixLayoutOpaque_t(made.get());
            library.resources()
                    .onClose(() -> check(cublas.cublasLtMatrixLayoutDestroy(layout), "cublasLtMatrixLayoutDestroy"));
            return layout;
        }
    }

    /**
     * Chooses the fastest algorithm, measured on the buffers of {@link #run}, of which {@code target} is overwritten.
     *
     * @return whether there is one
     */
    boolean choose(CudaAlgorithmSelector selector, Pointer left, Pointer right, Pointer target) {
        List<cublasLtMatmulHeuristicResult_t> ways = algorithms();
        if (ways.isEmpty()) {
            return false;
        }
        int fastest = selector.fastest(library.precision(), work, ways.size(), way -> {
            use(ways.get(way), selector.measuring());
            run(left, right, target);
        });
        use(ways.get(fastest), selector.scratch());
        return true;
    }

    /**
     * Chooses the fastest algorithm.
     *
     * @throws DeviceException if there is none
     */
    void chooseOrFail(CudaAlgorithmSelector selector, Pointer left, Pointer right, Pointer target) {
        if (!choose(selector, left, right, target)) {
            throw none();
        }
    }

    /**
     * Takes the algorithm that cublasLt names first, unmeasured.
     *
     * @throws DeviceException if there is none
     */
    void takeFirst(CudaScratch working) {
        use(algorithms().stream().findFirst().orElseThrow(this::none), working);
    }

    private DeviceException none() {
        return new DeviceException("cublasLt has no algorithm for the product of " + label
                + "; try another --precision, or use --device cpu");
    }

    private void use(cublasLtMatmulHeuristicResult_t way, CudaScratch working) {
        algorithm = way.algo();
        workspace = way.workspaceSize();
        working.atLeast(workspace);
        scratch = working;
    }

    // In cublasLt's own order, which is the same every time.
    private List<cublasLtMatmulHeuristicResult_t> algorithms() {
        cublasLtMatmulPreferenceOpaque_t preference = preference();
        cublasLtMatmulHeuristicResult_t results =
                library.resources().own(new cublasLtMatmulHeuristicResult_t(MOST_ALGORITHMS));
        List<cublasLtMatmulHeuristicResult_t> found = new ArrayList<>();
        try (IntPointer count = new IntPointer(1)) {
            int status = cublas.cublasLtMatmulAlgoGetHeuristic(
                    library.handle(), product, a, b, c, c, preference, MOST_ALGORITHMS, results, count);
            if (status == cublas.CUBLAS_STATUS_NOT_SUPPORTED) {
                return found;
            }
            check(status, "cublasLtMatmulAlgoGetHeuristic");
            for (int i = 0; i < count.get(); i++) {
                cublasLtMatmulHeuristicResult_t result = results.getPointer(i);
                if (result.state() == cublas.CUBLAS_STATUS_SUCCESS) {
                    found.add(result);
                }
            }
            return found;
        } finally {
            check(cublas.cublasLtMatmulPreferenceDestroy(preference), "cublasLtMatmulPreferenceDestroy");
        }
    }

    private cublasLtMatmulPreferenceOpaque_t preference() {
        try (PointerPointer<Pointer> made = new PointerPointer<>(1);
                LongPointer most = new LongPointer(1)) {
            check(cublas.cublasLtMatmulPreferenceCreate(made), "cublasLtMatmulPreferenceCreate");
            cublasLtMatmulPreferenceOpaque_t preference = new cublasLtMatmulPreferenceOpaque_t(made.get());
            most.put(MOST_WORKSPACE);
            check(
                    cublas.cublasLtMatmulPreferenceSetAttribute(
                            preference, cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, most, Long.BYTES),
                    "cublasLtMatmulPreferenceSetAttribute");
            return preference;
        }
    }

    void run(Pointer left, Pointer right, Pointer target) {
        if (scratch == null) {
            throw new IllegalStateException(label + " has no algorithm yet");
        }
        check(
                cublas.cublasLtMatmul(
                        library.handle(),
                        product,
                        library.one(),
                        left,
                        a,
                        right,
                        b,
                        library.zero(),
                        target,
                        c,
                        target,
                        c,
                        algorithm,
                        workspace == 0 ? null : scratch.data(),
                        workspace,
                        library.resources().stream().handle()),
                "cublasLtMatmul");
    }

    private void check(int status, String call) {
        CublasLt.check(status, call, label);
    }
}
