/* The calls of the CUDA runtime that our kernel library and its tests make, as NVIDIA's cuda_runtime_api.h has them. */
#ifndef CONVOKE_SIMULATED_KERNELS_RUNTIME_H
#define CONVOKE_SIMULATED_KERNELS_RUNTIME_H

#include "simulated/cudart/cudart.h"

constexpr cudaError_t cudaSuccess = 0;
constexpr int32_t cudaStreamCaptureModeThreadLocal = 1;

extern "C" {
cudaError_t cudaGetDeviceCount(int32_t* count);
cudaError_t cudaGetDevice(int32_t* device);
cudaError_t cudaSetDevice(int32_t device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int32_t device);
cudaError_t cudaDriverGetVersion(int32_t* version);
cudaError_t cudaRuntimeGetVersion(int32_t* version);
cudaError_t cudaMemGetInfo(size_t* available, size_t* total);
cudaError_t cudaGetLastError();
const char* cudaGetErrorName(cudaError_t error);
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaMalloc(void** address, size_t bytes);
cudaError_t cudaFree(void* address);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, uint32_t flags);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, int32_t mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags);
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaEventCreate(cudaEvent_t* event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end);
cudaError_t cudaEventDestroy(cudaEvent_t event);
}

#endif
