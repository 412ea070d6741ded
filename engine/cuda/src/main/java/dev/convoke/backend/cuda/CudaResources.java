package dev.convoke.backend.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a session holds on its device, and the stream that its work is queued on; closing waits for that work and
 * gives all back in reverse order of its making.
 */
final class CudaResources implements AutoCloseable {
    /** Bytes that every piece of memory starts at a multiple of: what cublasLt expects unless told otherwise. */
    static final int ALIGNMENT = 256;

    private final CudaDevice device;
    private final CudaStream stream;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private boolean closed;

    /** Makes {@code device} the calling thread's, and a stream on it. */
    CudaResources(CudaDevice device) {
        this.device = device;
        device.use();
        stream = new CudaStream();
        onClose(stream::close);
    }

    CudaDevice device() {
        return device;
    }

    CudaStream stream() {
        return stream;
    }

    /** Runs {@code release} on closing. */
    void onClose(Runnable release) {
        releases.push(release);
    }

    /** Gives host memory back on closing. */
    <P extends Pointer> P own(P host) {
        onClose(host::deallocate);
        return host;
    }

    /**
     * Memory of the device, all zeros for whatever is queued on this stream.
     *
     * @throws dev.convoke.backend.DeviceException if there is not enough
     */
    BytePointer allocate(String name, long bytes) {
        long size = Math.max(1, bytes);
        BytePointer memory = CudaRuntime.allocate(name, size);
        onClose(() -> CudaRuntime.free(memory, name));
        stream.clear(memory, size, name);
        return memory;
    }

    /** Memory of the host that copies need not wait for, all zeros. */
    BytePointer allocateHost(String name, long bytes) {
        long size = Math.max(1, bytes);
        BytePointer memory = CudaRuntime.allocateHost(name, size);
        onClose(() -> CudaRuntime.freeHost(memory, name));
        Pointer.memset(memory, 0, size);
        return memory;
    }

    /** Releases everything that can be released, then throws the first failure. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        RuntimeException failure = attempt(device::use, null);
        failure = attempt(() -> stream.synchronize("closing"), failure);
        while (!releases.isEmpty()) {
            failure = attempt(releases.pop(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable RuntimeException attempt(Runnable release, @Nullable RuntimeException before) {
        try {
            release.run();
            return before;
        } catch (RuntimeException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }
}
