/*
 * libcudnn_graph.so.9, simulated: handles and versions. NVIDIA cuDNN Backend,
 * docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-graph-library.html.
 */
#include <algorithm>
#include <cstdlib>

#include "tensor.h"

using namespace convoke::simulated;

namespace {

constexpr const char* kVersion = "91900";

size_t version() { return static_cast<size_t>(std::atoi(setting("CONVOKE_SIM_CUDNN", kVersion).c_str())); }

}  // namespace

extern "C" {

/* cudnnGetVersion */
size_t cudnnGetVersion() { return version(); }

/* cudnnGetMaxDeviceVersion: the newest compute capability it has kernels for. */
size_t cudnnGetMaxDeviceVersion() { return 1210; }

/* cudnnGetCudartVersion: the runtime that it was built with. */
size_t cudnnGetCudartVersion() { return 13000; }

/*
 * cudnnGetProperty: MAJOR_VERSION 0, MINOR_VERSION 1, PATCH_LEVEL 2. A version is major 10000 + minor 100 + patch from
 * cuDNN 9 on, and was major 1000 + minor 100 + patch before.
 */
cudnnStatus_t cudnnGetProperty(int32_t property, int32_t* value) {
    const auto number = static_cast<int32_t>(version());
    const int32_t parts[] = {number < 10000 ? number / 1000 : number / 10000,
                             number < 10000 ? number / 100 % 10 : number / 100 % 100, number % 100};
    if (property < 0 || property > 2) {
        return CUDNN_STATUS_BAD_PARAM;
    }
    *value = parts[property];
    return CUDNN_STATUS_SUCCESS;
}

/* cudnnGetErrorString: the name of the status. */
const char* cudnnGetErrorString(cudnnStatus_t status) {
    switch (status) {
        case CUDNN_STATUS_SUCCESS:
            return "CUDNN_STATUS_SUCCESS";
        case CUDNN_STATUS_NOT_INITIALIZED:
            return "CUDNN_STATUS_NOT_INITIALIZED";
        case CUDNN_STATUS_BAD_PARAM:
            return "CUDNN_STATUS_BAD_PARAM";
        case CUDNN_STATUS_NOT_SUPPORTED:
            return "CUDNN_STATUS_NOT_SUPPORTED";
        case CUDNN_STATUS_INTERNAL_ERROR:
            return "CUDNN_STATUS_INTERNAL_ERROR";
        case CUDNN_STATUS_ALLOC_FAILED:
            return "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED";
        case CUDNN_STATUS_EXECUTION_FAILED:
            return "CUDNN_STATUS_EXECUTION_FAILED";
    }
    return "CUDNN_UNKNOWN_STATUS";
}

/* cudnnGetLastErrorString: the reason is among the device's violations. */
void cudnnGetLastErrorString(char* text, size_t capacity) {
    if (text != nullptr && capacity > 0) {
        text[0] = '\0';
    }
}

/* cudnnCreate: for the current device of the calling thread. */
cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
    const cudnnStatus_t status = create<Context>("cudnnCreate", "cudnnHandle_t", handle);
    if (status == CUDNN_STATUS_SUCCESS) {
        std::static_pointer_cast<Context>(handle_object("cudnnCreate", "cudnnHandle_t", *handle))->device =
            current_device();
    }
    return status;
}

/* cudnnDestroy */
cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) { return destroy("cudnnDestroy", "cudnnHandle_t", handle); }

/* cudnnSetStream: a stream of the device that the handle was made on. */
cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, void* stream) {
    CudnnCall call("cudnnSetStream");
    const Context context = call.context(handle);
    const int32_t device = stream_device(stream);
    call.require(device >= 0, "the stream is none");
    call.require(device == context.device, "handle and stream are on different devices");
    if (call.ok()) {
        std::static_pointer_cast<Context>(handle_object("cudnnSetStream", "cudnnHandle_t", handle))->stream = stream;
    }
    return call.status();
}

/* cudnnGetStream */
cudnnStatus_t cudnnGetStream(cudnnHandle_t handle, void** stream) {
    CudnnCall call("cudnnGetStream");
    *stream = call.context(handle).stream;
    return call.status();
}

}  // extern "C"
