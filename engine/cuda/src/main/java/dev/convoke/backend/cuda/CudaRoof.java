package dev.convoke.backend.cuda;

import dev.convoke.backend.Execution;
import dev.convoke.backend.Roof;
import dev.convoke.kernels.CudaKernels;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/**
 * Measures the peak performance of a GPU with its own clock: the best of several repetitions, since other work can only
 * slow them down. The arithmetic peak is that of cublasLt's products of square matrices, enlarged until one takes long
 * enough to be timed.
 */
final class CudaRoof {
    private static final int TRIES = 10; // of a call from Java
    private static final double ENOUGH_MILLISECONDS = 2;
    private static final double MILLISECONDS = 1e3; // of a second
    private static final int SMALLEST_MATRIX = 64;
    private static final int LARGEST_MATRIX = 8192;
    private static final long SMALLEST_COPY = 64L << 10; // bytes moved
    /** Beyond every cache. */
    private static final long LARGEST_COPY = 1L << 30;

    private static final int GROWTH = 4;
    private static final int CALLS = 50_000;

    private final CudaResources resources;
    private final Execution execution;

    private CudaRoof(CudaResources resources, Execution execution) {
        this.resources = resources;
        this.execution = execution;
    }

    static Roof measure(CudaDevice device, Execution execution) {
        try (CudaResources resources = new CudaResources(device)) {
            CudaRoof roof = new CudaRoof(resources, execution);
            String words = "cublasLt's products in " + execution.precision();
            return new Roof(words, roof.peak(), roof.copies(), callNanos());
        }
    }

    private double peak() {
        double best = 0;
        for (int size = SMALLEST_MATRIX; size <= LARGEST_MATRIX; size *= 2) {
            double time = product(size);
            best = Math.max(best, 2.0 * size * size * size / time * MILLISECONDS);
            if (time >= ENOUGH_MILLISECONDS) {
                break;
            }
        }
        return best;
    }

    /** Milliseconds of a product of square matrices. */
    private double product(int size) {
        CudaFormat format = CudaFormat.of(execution.precision());
        CublasMatrix square = CublasMatrix.of(format, size, size);
        try (CudaResources own = new CudaResources(resources.device())) {
            long bytes = (long) size * size * format.bytes();
            BytePointer a = own.allocate("a matrix", bytes);
            BytePointer b = own.allocate("a matrix", bytes);
            BytePointer c = own.allocate("a matrix", bytes);
            CublasProduct product = new CublasProduct(
                    new CublasLt(own, execution.precision()),
                    "the measurement",
                    square,
                    square,
                    square,
                    CublasEpilogue.NONE,
                    null);
            product.takeFirst(new CudaScratch(own, own.stream()));
            return new CudaStopwatch(own, own.stream()).fastest(() -> product.run(a, b, c));
        }
    }

    private List<Roof.Copy> copies() {
        List<Roof.Copy> copies = new ArrayList<>();
        for (long bytes = SMALLEST_COPY; bytes <= LARGEST_COPY; bytes *= GROWTH) {
            long half = bytes / 2;
            try (CudaResources own = new CudaResources(resources.device())) {
                BytePointer from = own.allocate("the measurement of the device", half);
                BytePointer to = own.allocate("the measurement of the device", half);
                double time = new CudaStopwatch(own, own.stream())
                        .fastest(() -> own.stream().copy(to, from, half, "the measurement"));
                copies.add(new Roof.Copy(bytes, bytes / time * MILLISECONDS));
                if (time >= ENOUGH_MILLISECONDS) {
                    break;
                }
            }
        }
        return copies;
    }

    private static double callNanos() {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            for (int call = 0; call < CALLS; call++) {
                CudaKernels.abiVersion();
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / CALLS);
        }
        return best;
    }
}
