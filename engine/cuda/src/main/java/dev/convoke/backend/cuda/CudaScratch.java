package dev.convoke.backend.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Working memory that holds nothing between two calls: one piece for a whole session, as large as the largest demand, since
 * a session runs one kernel after the other. It grows while the session opens and never after.
 */
final class CudaScratch {
    private static final String NAME = "scratch memory";

    private final CudaStream stream;
    private BytePointer memory;
    private long bytes = CudaResources.ALIGNMENT;

    /** @param stream whose work uses it */
    CudaScratch(CudaResources resources, CudaStream stream) {
        this.stream = stream;
        memory = CudaRuntime.allocate(NAME, bytes);
        resources.onClose(() -> CudaRuntime.free(memory, NAME));
    }

    /** Ensures {@code wanted} bytes; earlier results of {@link #data} may become invalid. */
    void atLeast(long wanted) {
        if (wanted <= bytes) {
            return;
        }
        stream.synchronize(NAME);
        BytePointer larger = CudaRuntime.allocate(NAME, wanted);
        CudaRuntime.free(memory, NAME);
        memory = larger;
        bytes = wanted;
    }

    /** The memory, with undefined content. */
    Pointer data() {
        return memory;
    }
}
