/*
 * What of the CUDA runtime the simulation serves: types and numbers as NVIDIA's documentation of the CUDA Runtime API
 * 13.0 gives them, declared here so that nothing of NVIDIA's is needed to build. Functions are described
 * where they are defined.
 */
#ifndef CONVOKE_SIMULATED_CUDART_H
#define CONVOKE_SIMULATED_CUDART_H

#include <cstddef>
#include <cstdint>

using cudaError_t = int32_t;
using cudaStream_t = void*;
using cudaEvent_t = void*;
using cudaGraph_t = void*;
using cudaGraphExec_t = void*;

enum cudaMemcpyKind : int32_t {
    cudaMemcpyHostToHost = 0,
    cudaMemcpyHostToDevice = 1,
    cudaMemcpyDeviceToHost = 2,
    cudaMemcpyDeviceToDevice = 3,
    cudaMemcpyDefault = 4,
};

enum : uint32_t { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };

enum cudaStreamCaptureStatus : int32_t {
    cudaStreamCaptureStatusNone = 0,
    cudaStreamCaptureStatusActive = 1,
    cudaStreamCaptureStatusInvalidated = 2,
};

/* The attributes that are answered, by their numbers in cudaDeviceAttr. */
enum cudaDeviceAttr : int32_t {
    cudaDevAttrMaxThreadsPerBlock = 1,
    cudaDevAttrMaxSharedMemoryPerBlock = 8,
    cudaDevAttrWarpSize = 10,
    cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrL2CacheSize = 38,
    cudaDevAttrMaxThreadsPerMultiProcessor = 39,
    cudaDevAttrUnifiedAddressing = 41,
    cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76,
    cudaDevAttrMaxSharedMemoryPerBlockOptin = 97,
    cudaDevAttrMemoryPoolsSupported = 115,
};

/* cudaDeviceProp of CUDA 13: every field has its place, those that the simulation fills have their names. */
struct cudaDeviceProp {
    char name[256];
    char uuid[16];
    char luid[8];
    uint32_t luidDeviceNodeMask;
    size_t totalGlobalMem;
    size_t sharedMemPerBlock;
    int32_t regsPerBlock;
    int32_t warpSize;
    size_t memPitch;
    int32_t maxThreadsPerBlock;
    int32_t maxThreadsDim[3];
    int32_t maxGridSize[3];
    size_t totalConstMem;
    int32_t major;
    int32_t minor;
    size_t textureAlignment;
    size_t texturePitchAlignment;
    int32_t multiProcessorCount;
    int32_t integrated;
    int32_t canMapHostMemory;
    int32_t texturesAndSurfaces[39];
    size_t surfaceAlignment;
    int32_t concurrentKernels;
    int32_t ECCEnabled;
    int32_t pciBusID;
    int32_t pciDeviceID;
    int32_t pciDomainID;
    int32_t tccDriver;
    int32_t asyncEngineCount;
    int32_t unifiedAddressing;
    int32_t memoryBusWidth;
    int32_t l2CacheSize;
    int32_t persistingL2CacheMaxSize;
    int32_t maxThreadsPerMultiProcessor;
    int32_t streamPrioritiesSupported;
    int32_t globalL1CacheSupported;
    int32_t localL1CacheSupported;
    size_t sharedMemPerMultiprocessor;
    int32_t regsPerMultiprocessor;
    int32_t managedMemory;
    int32_t moreFlags[8];
    size_t sharedMemPerBlockOptin;
    int32_t evenMoreFlags[4];
    size_t reservedSharedMemPerBlock;
    int32_t lastFlags[20];
    int32_t reserved[56];
};

/* As the bindings were compiled with it. */

static_assert(sizeof(cudaDeviceProp) == 1008 && offsetof(cudaDeviceProp, surfaceAlignment) == 552, "as in CUDA 13");

#pragma GCC visibility push(default)
extern "C" {
cudaError_t cudaDriverGetVersion(int32_t* version);
cudaError_t cudaRuntimeGetVersion(int32_t* version);
cudaError_t cudaGetLastError();
cudaError_t cudaPeekAtLastError();
const char* cudaGetErrorName(cudaError_t error);
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetDeviceCount(int32_t* count);
cudaError_t cudaSetDevice(int32_t device);
cudaError_t cudaGetDevice(int32_t* device);
cudaError_t cudaSetDeviceFlags(uint32_t);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int32_t device);
cudaError_t cudaDeviceGetAttribute(int32_t* value, cudaDeviceAttr attribute, int32_t device);
cudaError_t cudaDeviceGetPCIBusId(char* text, int32_t length, int32_t device);
cudaError_t cudaDeviceGetStreamPriorityRange(int32_t* least, int32_t* greatest);
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaMemGetInfo(size_t* available, size_t* total);
cudaError_t cudaMalloc(void** address, size_t bytes);
cudaError_t cudaFree(void* address);
cudaError_t cudaMallocHost(void** address, size_t bytes);
cudaError_t cudaHostAlloc(void** address, size_t bytes, uint32_t);
cudaError_t cudaFreeHost(void* address);
cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemset(void* address, int32_t value, size_t bytes);
cudaError_t cudaMemsetAsync(void* address, int32_t value, size_t bytes, cudaStream_t stream);
cudaError_t cudaStreamCreate(cudaStream_t* stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, uint32_t flags);
cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, uint32_t flags, int32_t);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamQuery(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, uint32_t);
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, void (*function)(void*), void* argument);
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, int32_t mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status);
cudaError_t cudaThreadExchangeStreamCaptureMode(int32_t* mode);
cudaError_t cudaEventCreate(cudaEvent_t* event);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, uint32_t flags);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, uint32_t);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventQuery(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long);
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long);
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, void** nodes, size_t* count);
cudaError_t cudaGraphUpload(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
}
#pragma GCC visibility pop

#endif
