/* What the library and the devices are. Works without a driver, and says so. */
#include <stdio.h>
#include <string.h>

#include "launch.h"

extern "C" {

int32_t convoke_cuda_abi_version(void) { return CONVOKE_CUDA_ABI_VERSION; }

int32_t convoke_cuda_device_count(int32_t* count) {
    int devices = 0;
    const cudaError_t error = cudaGetDeviceCount(&devices);
    *count = error == cudaSuccess ? devices : 0;
    cudaGetLastError(); /* what was reported is not reported again by the next call */
    return error;
}

int32_t convoke_cuda_driver_version(int32_t* version) {
    int found = 0;
    const cudaError_t error = cudaDriverGetVersion(&found);
    *version = found;
    return error;
}

int32_t convoke_cuda_device_facts(int32_t ordinal, convoke_cuda_device* facts) {
    cudaDeviceProp properties;
    const cudaError_t error = cudaGetDeviceProperties(&properties, ordinal);
    if (error != cudaSuccess) {
        return error;
    }
    memset(facts, 0, sizeof *facts);
    snprintf(facts->name, sizeof facts->name, "%s", properties.name);
    facts->compute_major = properties.major;
    facts->compute_minor = properties.minor;
    facts->multiprocessors = properties.multiProcessorCount;
    cudaDriverGetVersion(&facts->driver_version);
    cudaRuntimeGetVersion(&facts->runtime_version);
    facts->total_memory = (int64_t)properties.totalGlobalMem;
    return error;
}

int32_t convoke_cuda_use_device(int32_t ordinal) { return cudaSetDevice(ordinal); }

const char* convoke_cuda_error_text(int32_t error) {
    static thread_local char text[512];
    const cudaError_t code = static_cast<cudaError_t>(error);
    snprintf(text, sizeof text, "%s: %s", cudaGetErrorName(code), cudaGetErrorString(code));
    return text;
}

}  // extern "C"
