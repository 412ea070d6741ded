package dev.convoke.backend.cuda;

import static org.bytedeco.cuda.global.cudart.cudaEventCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventElapsedTime;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaFreeHost;
import static org.bytedeco.cuda.global.cudart.cudaGetDeviceCount;
import static org.bytedeco.cuda.global.cudart.cudaGetDeviceProperties;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphInstantiate;
import static org.bytedeco.cuda.global.cudart.cudaGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cudaGraphUpload;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMallocHost;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeThreadLocal;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.cuda.SimulatedDevice.Counter;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The simulated libraries load through the bindings that the CUDA backend uses, and do what they are asked. */
@Tag(SimulatedDevice.TAG)
class SimulatedLibrariesTest {
    private static final float[] VALUES = {1.5f, -2.0f, 3.25f};
    private static final long BYTES = VALUES.length * (long) Float.BYTES;
    private static final int INVALID_VALUE = 1;
    private static final int OUT_OF_MEMORY = 2;

    @AfterEach
    void nothingIsWrongOrLeft() {
        SimulatedDevice.assertClean();
    }

    @Test
    void theDeviceSaysWhatItIs() {
        int[] count = new int[1];
        ok(cudaGetDeviceCount(count));
        assertEquals(1, count[0]);
        try (cudaDeviceProp properties = new cudaDeviceProp()) {
            ok(cudaGetDeviceProperties(properties, 0));
            assertEquals("Simulated device", properties.name().getString());
            assertEquals(9, properties.major());
            assertEquals(32, properties.warpSize());
            assertEquals(2048, properties.maxThreadsPerMultiProcessor());
            assertTrue(properties.totalGlobalMem() > 0);
        }
    }

    @Test
    void aCapturedGraphIsReplayedOverNewData() {
        CUstream_st stream = new CUstream_st();
        ok(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
        Pointer in = new Pointer();
        Pointer out = new Pointer();
        ok(cudaMalloc(in, BYTES));
        ok(cudaMalloc(out, BYTES));
        FloatPointer host = new FloatPointer();
        ok(cudaMallocHost(host, BYTES));
        host.capacity(VALUES.length);

        CUgraph_st graph = new CUgraph_st();
        ok(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
        ok(cudaMemcpyAsync(in, host, BYTES, cudaMemcpyHostToDevice, stream));
        ok(cudaMemcpyAsync(out, in, BYTES, cudaMemcpyDeviceToDevice, stream));
        ok(cudaStreamEndCapture(stream, graph));
        CUgraphExec_st executable = new CUgraphExec_st();
        ok(cudaGraphInstantiate(executable, graph, 0));
        ok(cudaGraphUpload(executable, stream));

        for (float factor : new float[] {1.0f, 10.0f}) {
            host.put(scaled(factor));
            ok(cudaGraphLaunch(executable, stream));
            ok(cudaMemcpyAsync(host, out, BYTES, cudaMemcpyDeviceToHost, stream));
            ok(cudaStreamSynchronize(stream));
            float[] result = new float[VALUES.length];
            host.get(result);
            assertArrayEquals(scaled(factor), result);
        }

        ok(cudaGraphExecDestroy(executable));
        ok(cudaGraphDestroy(graph));
        ok(cudaFreeHost(host));
        ok(cudaFree(in));
        ok(cudaFree(out));
        ok(cudaStreamDestroy(stream));
        assertEquals(0, SimulatedDevice.count(0, Counter.BYTES_NOW));
    }

    @Test
    void eventsMeasureTheDevicesOwnTime() {
        CUstream_st stream = new CUstream_st();
        ok(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
        CUevent_st start = new CUevent_st();
        CUevent_st end = new CUevent_st();
        ok(cudaEventCreateWithFlags(start, 0));
        ok(cudaEventCreateWithFlags(end, 0));
        Pointer memory = new Pointer();
        ok(cudaMalloc(memory, BYTES));
        ok(cudaEventRecord(start, stream));
        try (FloatPointer host = new FloatPointer(VALUES)) {
            ok(cudaMemcpyAsync(memory, host, BYTES, cudaMemcpyHostToDevice, stream));
        }
        ok(cudaEventRecord(end, stream));
        ok(cudaStreamSynchronize(stream));
        float[] milliseconds = new float[1];
        ok(cudaEventElapsedTime(milliseconds, start, end));
        assertTrue(milliseconds[0] > 0.0f);
        ok(cudaEventDestroy(start));
        ok(cudaEventDestroy(end));
        ok(cudaFree(memory));
        ok(cudaStreamDestroy(stream));
    }

    @Test
    void memoryThatIsNotThereIsAnErrorAndNoViolation() {
        SimulatedDevice.set("CONVOKE_SIM_MEMORY", "1K");
        try (SizeTPointer available = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            ok(cudaMemGetInfo(available, total));
            assertEquals(1024, total.get());
            assertEquals(OUT_OF_MEMORY, cudaMalloc(new Pointer(), 1025));
        } finally {
            SimulatedDevice.set("CONVOKE_SIM_MEMORY", null);
        }
    }

    @Test
    void aHostPointerIsNoDevicePointer() {
        try (FloatPointer host = new FloatPointer(VALUES)) {
            assertEquals(INVALID_VALUE, cudaFree(host));
        }
        assertEquals("cudaFree: no allocation of device memory begins at this address\n", SimulatedDevice.violations());
        SimulatedDevice.clearViolations();
    }

    private static float[] scaled(float factor) {
        float[] scaled = VALUES.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private static void ok(int status) {
        assertEquals("no error", cudaGetErrorString(status).getString());
    }
}
