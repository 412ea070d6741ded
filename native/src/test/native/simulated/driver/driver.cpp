/*
 * libcuda.so.1, simulated: the driver's version and the number of its devices. The bindings ask for the library; what
 * they call is the runtime. CUDA Driver API, docs.nvidia.com/cuda/cuda-driver-api/: [Initialization]
 * group__CUDA__INITIALIZE.html, [Version] group__CUDA__VERSION.html, [Device] group__CUDA__DEVICE.html.
 */
#include <cstdint>

extern "C" {
int32_t cudaDriverGetVersion(int32_t* version);
int32_t cudaGetDeviceCount(int32_t* count);
}

#pragma GCC visibility push(default)
extern "C" {

/* [Initialization] CUDA_SUCCESS, or CUDA_ERROR_NO_DEVICE as the runtime's error of the same number. */
int32_t cuInit(uint32_t) {
    int32_t count = 0;
    return cudaGetDeviceCount(&count);
}

/* [Version] */
int32_t cuDriverGetVersion(int32_t* version) { return cudaDriverGetVersion(version); }

/* [Device] */
int32_t cuDeviceGetCount(int32_t* count) { return cudaGetDeviceCount(count); }

}  // extern "C"
#pragma GCC visibility pop
