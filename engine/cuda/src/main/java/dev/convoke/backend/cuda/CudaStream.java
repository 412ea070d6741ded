package dev.convoke.backend.cuda;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;

/** A CUDA stream: work runs in order, concurrently with other sessions' streams. */
final class CudaStream {
    private final CUstream_st stream = CudaRuntime.createStream();

    CUstream_st handle() {
        return stream;
    }

    void upload(Pointer device, Pointer host, long bytes, String label) {
        CudaRuntime.upload(device, host, bytes, stream, label);
    }

    /** The host may read once {@link #synchronize} has returned. */
    void download(Pointer host, Pointer device, long bytes, String label) {
        CudaRuntime.download(host, device, bytes, stream, label);
    }

    void copy(Pointer to, Pointer from, long bytes, String label) {
        CudaRuntime.copy(to, from, bytes, stream, label);
    }

    /** Zeros. */
    void clear(Pointer device, long bytes, String label) {
        CudaRuntime.clear(device, bytes, stream, label);
    }

    /** Waits for everything that was queued. */
    void synchronize(String label) {
        CudaRuntime.synchronize(stream, label);
    }

    /** Records what {@code work} queues instead of running it. */
    CudaGraph capture(String label, Runnable work) {
        CudaRuntime.beginCapture(stream, label);
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            CudaRuntime.abandonCapture(stream);
            throw e;
        }
        return new CudaGraph(CudaRuntime.endCapture(stream, label), stream, label);
    }

    void close() {
        CudaRuntime.destroyStream(stream);
    }
}
