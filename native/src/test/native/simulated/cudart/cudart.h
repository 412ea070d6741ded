/*
 * What of the CUDA runtime the simulation serves: types and numbers as NVIDIA's documentation of the CUDA Runtime API
 * 13.0 gives them, declared here so that nothing of NVIDIA's is needed to build. Functions are declared where they are
 * defined, in cudart.cpp.
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

#endif
