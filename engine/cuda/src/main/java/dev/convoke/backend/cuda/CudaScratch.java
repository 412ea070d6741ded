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

    /** Makes sure of {@code wanted} bytes; what {@link #data} gave before may be gone. */
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

    /** The memory; what is in it is anybody's. */
    Pointer data() {
        return memory;
    }
}
