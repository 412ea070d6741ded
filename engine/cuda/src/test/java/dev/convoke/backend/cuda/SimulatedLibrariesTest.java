package dev.convoke.backend.cuda;

import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.cublasLtCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtDestroy;
import static org.bytedeco.cuda.global.cublas.cublasLtGetStatusString;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmul;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescDestroy;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutDestroy;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;
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
import static org.bytedeco.cuda.global.cudart.cudaMemcpy;
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
import static org.bytedeco.cuda.global.cudnn.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM;
import static org.bytedeco.cuda.global.cudnn.CUDNN_CROSS_CORRELATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_FMA_MATH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TENSOR_NHWC;
import static org.bytedeco.cuda.global.cudnn.cudnnConvolutionForward;
import static org.bytedeco.cuda.global.cudnn.cudnnCreate;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateConvolutionDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateFilterDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateTensorDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroy;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyConvolutionDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyFilterDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyTensorDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnGetErrorString;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolution2dDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolutionMathType;
import static org.bytedeco.cuda.global.cudnn.cudnnSetFilter4dDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetStream;
import static org.bytedeco.cuda.global.cudnn.cudnnSetTensor4dDescriptor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.cuda.SimulatedDevice.Counter;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
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
        assertEquals(2, count[0]); // as the POM sets CONVOKE_SIM_DEVICES
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
    @SuppressWarnings("deprecation") // cuDNN's descriptors of convolutions are what there is below its graphs
    void cudnnConvolvesOnAStream() {
        CUstream_st stream = new CUstream_st();
        ok(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
        cudnnContext handle = new cudnnContext();
        cudnnTensorStruct tensor = new cudnnTensorStruct();
        cudnnFilterStruct filter = new cudnnFilterStruct();
        cudnnConvolutionStruct convolution = new cudnnConvolutionStruct();
        served(cudnnCreate(handle));
        served(cudnnSetStream(handle, stream));
        served(cudnnCreateTensorDescriptor(tensor));
        served(cudnnCreateFilterDescriptor(filter));
        served(cudnnCreateConvolutionDescriptor(convolution));
        served(cudnnSetTensor4dDescriptor(tensor, CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 1, 1, VALUES.length));
        served(cudnnSetFilter4dDescriptor(filter, CUDNN_DATA_FLOAT, CUDNN_TENSOR_NHWC, 1, 1, 1, 1));
        served(cudnnSetConvolution2dDescriptor(
                convolution, 0, 0, 1, 1, 1, 1, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT));
        served(cudnnSetConvolutionMathType(convolution, CUDNN_FMA_MATH));
        try (DeviceFloats x = new DeviceFloats(VALUES);
                DeviceFloats w = new DeviceFloats(2.0f);
                DeviceFloats y = new DeviceFloats(VALUES);
                FloatPointer one = new FloatPointer(1.0f);
                FloatPointer zero = new FloatPointer(0.0f)) {
            served(cudnnConvolutionForward(
                    handle,
                    one,
                    tensor,
                    x.memory,
                    filter,
                    w.memory,
                    convolution,
                    CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM,
                    null,
                    0,
                    zero,
                    tensor,
                    y.memory));
            ok(cudaStreamSynchronize(stream));
            assertArrayEquals(scaled(2.0f), y.values());
        }
        served(cudnnDestroyConvolutionDescriptor(convolution));
        served(cudnnDestroyFilterDescriptor(filter));
        served(cudnnDestroyTensorDescriptor(tensor));
        served(cudnnDestroy(handle));
        ok(cudaStreamDestroy(stream));
    }

    @Test
    void cublasLtMultiplies() {
        cublasLtContext handle = new cublasLtContext();
        multiplied(cublasLtCreate(handle));
        try (PointerPointer<Pointer> created = new PointerPointer<>(1);
                DeviceFloats a = new DeviceFloats(2.0f);
                DeviceFloats b = new DeviceFloats(VALUES);
                DeviceFloats d = new DeviceFloats(VALUES);
                FloatPointer one = new FloatPointer(1.0f);
                FloatPointer zero = new FloatPointer(0.0f)) {
            multiplied(cublasLtMatmulDescCreate(created, CUBLAS_COMPUTE_32F, CUDA_R_32F));
            cublasLtMatmulDescOpaque_t product = new cublasLtMatmulDescOpaque_t(created.get(0));
            multiplied(cublasLtMatrixLayoutCreate(created, CUDA_R_32F, 1, 1, 1));
            cublasLtMatrixLayoutOpaque_t left = new cublasLtMatrixLayoutOpaque_t(created.get(0));
            multiplied(cublasLtMatrixLayoutCreate(created, CUDA_R_32F, 1, VALUES.length, 1));
            cublasLtMatrixLayoutOpaque_t row = new cublasLtMatrixLayoutOpaque_t(created.get(0));
            multiplied(cublasLtMatmul(
                    handle, product, one, a.memory, left, b.memory, row, zero, d.memory, row, d.memory, row, null, null,
                    0, null));
            assertArrayEquals(scaled(2.0f), d.values());
            multiplied(cublasLtMatrixLayoutDestroy(left));
            multiplied(cublasLtMatrixLayoutDestroy(row));
            multiplied(cublasLtMatmulDescDestroy(product));
        }
        multiplied(cublasLtDestroy(handle));
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

    private static void served(int status) {
        assertEquals("CUDNN_STATUS_SUCCESS", cudnnGetErrorString(status).getString());
    }

    private static void multiplied(int status) {
        assertEquals("success", cublasLtGetStatusString(status).getString());
    }

    /** Floats in device memory. */
    private static final class DeviceFloats implements AutoCloseable {
        final Pointer memory = new Pointer();
        private final int length;

        DeviceFloats(float... values) {
            length = values.length;
            ok(cudaMalloc(memory, bytes()));
            try (FloatPointer host = new FloatPointer(values)) {
                ok(cudaMemcpy(memory, host, bytes(), cudaMemcpyHostToDevice));
            }
        }

        private long bytes() {
            return length * (long) Float.BYTES;
        }

        float[] values() {
            float[] values = new float[length];
            try (FloatPointer host = new FloatPointer(length)) {
                ok(cudaMemcpy(host, memory, bytes(), cudaMemcpyDeviceToHost));
                host.get(values);
            }
            return values;
        }

        @Override
        public void close() {
            ok(cudaFree(memory));
        }
    }
}
