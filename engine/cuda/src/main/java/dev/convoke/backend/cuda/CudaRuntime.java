package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Every call into the CUDA runtime, each checked. CUDA runs work later than it is queued: an error of a kernel shows at a
 * later call, often the one that waits.
 */
final class CudaRuntime {
    private CudaRuntime() {}

    /**
     * Passes a success on in silence.
     *
     * @param call the C function
     * @param label what it was called for
     * @throws DeviceException naming call, label and error
     */
    static void check(int status, String call, String label) {
        if (status != cudart.cudaSuccess) {
            throw failure(status, call, label);
        }
    }

    private static DeviceException failure(int status, String call, String label) {
        // An error that does not last would otherwise be reported a second time, by a call that has done nothing wrong.
        cudart.cudaGetLastError();
        return new DeviceException("CUDA: " + call + " for " + label + " failed: "
                + cudart.cudaGetErrorName(status).getString() + ": "
                + cudart.cudaGetErrorString(status).getString() + remedy(status));
    }

    private static String remedy(int status) {
        return status == cudart.cudaErrorMemoryAllocation
                ? "; run fewer trials at once, or take a smaller batch"
                : "; see 'convoke doctor', or use --device cpu";
    }

    /** Makes {@code ordinal} the device of the calling thread. */
    static void setDevice(int ordinal) {
        check(cudart.cudaSetDevice(ordinal), "cudaSetDevice", "device " + ordinal);
    }

    /**
     * Memory of the current device, its bytes unset.
     *
     * @throws DeviceException naming what the memory was for, if there is not enough
     */
    static BytePointer allocate(String name, long bytes) {
        BytePointer memory = new BytePointer((Pointer) null);
        int status = cudart.cudaMalloc(memory, bytes);
        if (status == cudart.cudaErrorMemoryAllocation) {
            cudart.cudaGetLastError();
            throw outOfMemory(name, bytes);
        }
        check(status, "cudaMalloc", name);
        return memory.capacity(bytes);
    }

    private static DeviceException outOfMemory(String name, long bytes) {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1);
                IntPointer ordinal = new IntPointer(1)) {
            check(cudart.cudaMemGetInfo(free, total), "cudaMemGetInfo", name);
            check(cudart.cudaGetDevice(ordinal), "cudaGetDevice", name);
            return new DeviceException("no room for " + name + ": "
                    + CudaFailure.outOfMemory("GPU " + ordinal.get(), bytes, free.get(), total.get()));
        }
    }

    static void free(BytePointer memory, String name) {
        check(cudart.cudaFree(memory), "cudaFree", name);
    }

    /** Uninitialized pinned host memory, for copies to and from the device that run concurrently with the host. */
    static BytePointer allocateHost(String name, long bytes) {
        BytePointer memory = new BytePointer((Pointer) null);
        check(cudart.cudaMallocHost(memory, bytes), "cudaMallocHost", name);
        return memory.capacity(bytes);
    }

    static void freeHost(BytePointer memory, String name) {
        check(cudart.cudaFreeHost(memory), "cudaFreeHost", name);
    }

    /** A stream that does not wait for the default stream. */
    static CUstream_st createStream() {
        CUstream_st stream = new CUstream_st();
        check(
                cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking),
                "cudaStreamCreateWithFlags",
                "the session");
        return stream;
    }

    static void destroyStream(CUstream_st stream) {
        check(cudart.cudaStreamDestroy(stream), "cudaStreamDestroy", "the session");
    }

    static void synchronize(CUstream_st stream, String label) {
        check(cudart.cudaStreamSynchronize(stream), "cudaStreamSynchronize", label);
    }

    static void upload(Pointer device, Pointer host, long bytes, CUstream_st stream, String label) {
        check(
                cudart.cudaMemcpyAsync(device, host, bytes, cudart.cudaMemcpyHostToDevice, stream),
                "cudaMemcpyAsync",
                label);
    }

    static void download(Pointer host, Pointer device, long bytes, CUstream_st stream, String label) {
        check(
                cudart.cudaMemcpyAsync(host, device, bytes, cudart.cudaMemcpyDeviceToHost, stream),
                "cudaMemcpyAsync",
                label);
    }

    static void copy(Pointer to, Pointer from, long bytes, CUstream_st stream, String label) {
        check(
                cudart.cudaMemcpyAsync(to, from, bytes, cudart.cudaMemcpyDeviceToDevice, stream),
                "cudaMemcpyAsync",
                label);
    }

    static void clear(Pointer device, long bytes, CUstream_st stream, String label) {
        check(cudart.cudaMemsetAsync(device, 0, bytes, stream), "cudaMemsetAsync", label);
    }

    /**
     * From now on, work queued on {@code stream} by this thread is recorded instead of executed; other threads are not
     * affected.
     */
    static void beginCapture(CUstream_st stream, String label) {
        check(
                cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal),
                "cudaStreamBeginCapture",
                label);
    }

    /** Ends a capture that has failed; whatever was recorded is thrown away. */
    static void abandonCapture(CUstream_st stream) {
        CUgraph_st graph = new CUgraph_st();
        cudart.cudaStreamEndCapture(stream, graph);
        if (!graph.isNull()) {
            cudart.cudaGraphDestroy(graph);
        }
        cudart.cudaGetLastError();
    }

    /** Ends the recording, and makes it ready for replay. */
    static CUgraphExec_st endCapture(CUstream_st stream, String label) {
        CUgraph_st graph = new CUgraph_st();
        check(cudart.cudaStreamEndCapture(stream, graph), "cudaStreamEndCapture", label);
        CUgraphExec_st ready = new CUgraphExec_st();
        try {
            check(cudart.cudaGraphInstantiate(ready, graph, 0), "cudaGraphInstantiate", label);
        } finally {
            check(cudart.cudaGraphDestroy(graph), "cudaGraphDestroy", label);
        }
        return ready;
    }

    /** Takes the work of preparing the first launch away from it. */
    static void upload(CUgraphExec_st graph, CUstream_st stream, String label) {
        check(cudart.cudaGraphUpload(graph, stream), "cudaGraphUpload", label);
    }

    static void launch(CUgraphExec_st graph, CUstream_st stream, String label) {
        check(cudart.cudaGraphLaunch(graph, stream), "cudaGraphLaunch", label);
    }

    static void destroy(CUgraphExec_st graph, String label) {
        check(cudart.cudaGraphExecDestroy(graph), "cudaGraphExecDestroy", label);
    }

    /** An event that keeps the time. */
    static CUevent_st createEvent() {
        CUevent_st event = new CUevent_st();
        check(
                cudart.cudaEventCreateWithFlags(event, cudart.cudaEventDefault),
                "cudaEventCreateWithFlags",
                "the measurement");
        return event;
    }

    static void destroyEvent(CUevent_st event) {
        check(cudart.cudaEventDestroy(event), "cudaEventDestroy", "the measurement");
    }

    static void record(CUevent_st event, CUstream_st stream) {
        check(cudart.cudaEventRecord(event, stream), "cudaEventRecord", "the measurement");
    }

    /** Milliseconds between two events that have come about. */
    static float elapsed(FloatPointer scratch, CUevent_st from, CUevent_st to) {
        check(cudart.cudaEventElapsedTime(scratch, from, to), "cudaEventElapsedTime", "the measurement");
        return scratch.get();
    }
}
