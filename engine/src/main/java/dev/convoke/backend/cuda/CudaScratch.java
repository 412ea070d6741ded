package dev.convoke.backend.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Working memory that holds nothing between two calls: one piece for a whole session, as large as the largest demand, since
 * a session runs one kernel after the other. It grows while the session opens and never after.
 */
final class CudaScratch {
    private final CudaStream stream;
    private @Nullable BytePointer memory;
    private long bytes;

    CudaScratch(CudaResources resources) {
        stream = resources.stream();
        resources.onClose(this::free);
    }

    /** Makes sure of {@code wanted} bytes; what {@link #data} gave before may be gone. */
    void atLeast(long wanted) {
        if (wanted <= bytes) {
            return;
        }
        free();
        memory = CudaRuntime.allocate("scratch memory", wanted);
        bytes = wanted;
    }

    /** The memory; what is in it is anybody's. Null where nobody has asked for any. */
    @Nullable Pointer data() {
        return memory;
    }

    long bytes() {
        return bytes;
    }

    private void free() {
        if (memory != null) {
            stream.synchronize("scratch memory");
            CudaRuntime.free(memory, "scratch memory");
            memory = null;
            bytes = 0;
        }
    }
}
