/*
 * libcudart.so.13, simulated: the calls of the CUDA runtime that Convoke makes.
 *
 * Each call names the page of NVIDIA's CUDA Runtime API that it follows, docs.nvidia.com/cuda/cuda-runtime-api/:
 * [Device] group__CUDART__DEVICE.html, [Version] group__CUDART____VERSION.html, [Error] group__CUDART__ERROR.html,
 * [Memory] group__CUDART__MEMORY.html, [Unified] group__CUDART__UNIFIED.html, [Stream] group__CUDART__STREAM.html,
 * [Event] group__CUDART__EVENT.html, [Graph] group__CUDART__GRAPH.html, [Execution] group__CUDART__EXECUTION.html,
 * [Sync] api-sync-behavior.html.
 */
#include "cudart.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "../device/machine.h"

using namespace convoke::simulated;

namespace {

constexpr int32_t kRuntimeVersion = 13000;
constexpr int64_t kDefaultMemory = int64_t{4} << 30;

thread_local cudaError_t last_error = kSuccess;

cudaError_t remember(cudaError_t error) {
    if (error != kSuccess) {
        last_error = error;
    }
    return error;
}

int32_t number_setting(const char* name, int32_t otherwise) {
    return static_cast<int32_t>(bytes_setting(name, otherwise));
}

int32_t device_count() { return std::clamp(number_setting("CONVOKE_SIM_DEVICES", 1), 0, kMostDevices); }

int32_t driver_version() { return number_setting("CONVOKE_SIM_DRIVER", 13010); }

int32_t runtime_version() { return number_setting("CONVOKE_SIM_RUNTIME", kRuntimeVersion); }

size_t memory_limit() { return static_cast<size_t>(bytes_setting("CONVOKE_SIM_MEMORY", kDefaultMemory)); }

/* "8.6": major and minor compute capability. */
void capability(int32_t& major, int32_t& minor) {
    std::sscanf(setting("CONVOKE_SIM_CAPABILITY", "9.0").c_str(), "%d.%d", &major, &minor);
}

/* Every runtime of a major version runs on every driver of that version (CUDA Compatibility, minor version). */
cudaError_t machine_state() {
    if (driver_version() / 1000 < runtime_version() / 1000) {
        return kInsufficientDriver;
    }
    return device_count() == 0 ? kNoDevice : kSuccess;
}

/* The frame of every call that needs a device: driver, planned failure, lock, and the thread's last error. */
template <class Body>
cudaError_t enter(const char* call, const Body& body) {
    if (const cudaError_t planned = planned_failure(call)) {
        return remember(planned);
    }
    if (const cudaError_t state = machine_state()) {
        return remember(state);
    }
    Lock lock = Machine::get().lock();
    return remember(body(Machine::get(), lock));
}

cudaError_t refuse(const char* call, cudaError_t error, const std::string& reason) {
    violation(call, reason);
    return error;
}

/* For calls that make or end something: not inside a step, not while a capture forbids it. */
cudaError_t may_allocate(Machine& machine, const char* call) {
    if (step_forbids()) {
        return refuse(call, kNotPermitted, "makes or ends something inside a step");
    }
    return machine.capture_forbids(call) ? kStreamCaptureUnsupported : kSuccess;
}

template <class T>
std::shared_ptr<T> object(const char* call, const char* kind, const void* handle) {
    return std::static_pointer_cast<T>(handle_object(call, kind, handle));
}

/* A call on an open stream. */
template <class Body>
cudaError_t on_stream(const char* call, cudaStream_t handle, const Body& body) {
    return enter(call, [&](Machine& machine, Lock& lock) -> cudaError_t {
        const std::shared_ptr<Stream> stream = machine.stream(call, handle);
        return stream == nullptr ? static_cast<cudaError_t>(kInvalidResourceHandle) : body(machine, lock, *stream);
    });
}

/* One end of a copy: device memory, page-locked host memory, or any other host memory. */
struct End {
    const char* name;
    char* storage = nullptr;
    bool on_device = false;
    bool pinned = false;
    Range range{};
};

/* Where an address of a copy is; false, and a violation, where the bytes are not there. */
bool locate(Machine& machine, const char* call, const Stream& stream, const void* address, size_t bytes, End& end) {
    int32_t owner = -1;
    Allocation* memory = machine.allocation(address, &owner);
    const auto wrong = [&](const std::string& reason) {
        violation(call, std::string(end.name) + " " + reason);
        return false;
    };
    end.on_device = owner >= 0;
    end.pinned = owner < 0 && memory != nullptr;
    if (address == nullptr) {
        return wrong("is null");
    }
    if (memory == nullptr) {
        end.storage = static_cast<char*>(const_cast<void*>(address));
        return !end.on_device || wrong("is device memory that is not allocated, or was given back");
    }
    if (end.on_device && owner != stream.device) {
        return wrong("is memory of device " + std::to_string(owner) + ", the stream is on device " +
                     std::to_string(stream.device));
    }
    const size_t begin = static_cast<size_t>(static_cast<const char*>(address) - memory->address);
    if (begin + bytes > memory->bytes) {
        return wrong("needs " + std::to_string(bytes) + " bytes from byte " + std::to_string(begin) +
                     " on, the allocation has " + std::to_string(memory->bytes));
    }
    end.storage = memory->storage + begin;
    end.range = {memory->id, begin, begin + bytes, false, false};
    return true;
}

bool direction_fits(cudaMemcpyKind kind, bool to_device, bool from_device) {
    switch (kind) {
        case cudaMemcpyHostToHost:
            return !to_device && !from_device;
        case cudaMemcpyHostToDevice:
            return to_device && !from_device;
        case cudaMemcpyDeviceToHost:
            return !to_device && from_device;
        case cudaMemcpyDeviceToDevice:
            return to_device && from_device;
        case cudaMemcpyDefault:
            return true;
    }
    return false;
}

/*
 * Queues a copy. From pageable host memory the bytes are taken at once, to pageable host memory the call returns when
 * they are there ([Sync] Memcpy, asynchronous). Such a copy cannot become part of a graph.
 */
cudaError_t copy(const char* call, Machine& machine, Lock& lock, Stream& stream, void* to_address,
                 const void* from_address, size_t bytes, cudaMemcpyKind kind) {
    if (bytes == 0) {
        return kSuccess;
    }
    End to{"the destination"};
    End from{"the source"};
    if (!locate(machine, call, stream, to_address, bytes, to) ||
        !locate(machine, call, stream, from_address, bytes, from)) {
        return kInvalidValue;
    }
    if (!direction_fits(kind, to.on_device, from.on_device)) {
        return refuse(call, kInvalidMemcpyDirection, "the direction does not fit where source and destination are");
    }
    const bool pageable = !(to.on_device || to.pinned) || !(from.on_device || from.pinned);
    if (pageable && stream.capture != nullptr) {
        stream.capture->invalidated = true;
        return refuse(call, kStreamCaptureUnsupported, "pageable host memory is copied while the stream is captured");
    }
    Request request{call, {}, nullptr};
    to.range.written = true;
    from.range.read = true;
    for (const End& end : {to, from}) {
        if (end.on_device || end.pinned) {
            request.ranges.push_back(end.range);
        }
    }
    char* const target = to.storage;
    const char* const source = from.storage;
    if (from.on_device || from.pinned) {
        request.run = [=] { std::memmove(target, source, bytes); };
    } else {
        const auto taken = std::make_shared<const std::vector<char>>(source, source + bytes);
        request.run = [=] { std::memcpy(target, taken->data(), bytes); };
    }
    const int32_t status = machine.submit(stream, std::move(request));
    if (status == kSuccess && !to.on_device && !to.pinned) {
        machine.complete(stream, lock);
    }
    return status;
}

cudaError_t set(const char* call, Machine& machine, Stream& stream, void* address, int32_t value, size_t bytes) {
    if (bytes == 0) {
        return kSuccess;
    }
    End to{"the destination"};
    if (!locate(machine, call, stream, address, bytes, to)) {
        return kInvalidValue;
    }
    if (!to.on_device) {
        return refuse(call, kInvalidValue, "the destination is no device memory");
    }
    to.range.written = true;
    char* const target = to.storage;
    return machine.submit(stream, {call, {to.range}, [=] { std::memset(target, value, bytes); }});
}

cudaError_t make_stream(const char* call, cudaStream_t* stream, uint32_t flags) {
    return enter(call, [&](Machine& machine, Lock&) -> cudaError_t {
        if (stream == nullptr || flags > cudaStreamNonBlocking) {
            return refuse(call, kInvalidValue, "no place for the stream, or unknown flags");
        }
        if (const cudaError_t refused = may_allocate(machine, call)) {
            return refused;
        }
        machine.device(machine.current_device());
        *stream =
            open_handle("cudaStream_t", machine.make_stream(machine.current_device(), flags != cudaStreamNonBlocking));
        return kSuccess;
    });
}

cudaError_t make_event(const char* call, cudaEvent_t* event, uint32_t flags) {
    return enter(call, [&](Machine& machine, Lock&) -> cudaError_t {
        if (event == nullptr) {
            return refuse(call, kInvalidValue, "no place for the event");
        }
        if (const cudaError_t refused = may_allocate(machine, call)) {
            return refused;
        }
        auto made = std::make_shared<Event>();
        made->timed = (flags & cudaEventDisableTiming) == 0;
        made->device = machine.current_device();
        *event = open_handle("cudaEvent_t", made);
        return kSuccess;
    });
}

cudaError_t instantiate(const char* call, cudaGraphExec_t* executable, cudaGraph_t graph) {
    return enter(call, [&](Machine& machine, Lock&) -> cudaError_t {
        const auto source = object<Graph>(call, "cudaGraph_t", graph);
        if (source == nullptr || executable == nullptr) {
            return kInvalidValue;
        }
        if (const cudaError_t refused = may_allocate(machine, call)) {
            return refused;
        }
        auto made = std::make_shared<Executable>();
        made->graph = std::make_shared<const Graph>(*source);
        made->order = contrary_order(*source);
        *executable = open_handle("cudaGraphExec_t", made);
        return kSuccess;
    });
}

cudaError_t make_pinned(const char* call, void** address, size_t bytes) {
    return enter(call, [&](Machine& machine, Lock&) -> cudaError_t {
        if (address == nullptr) {
            return refuse(call, kInvalidValue, "no place for the address");
        }
        if (const cudaError_t refused = may_allocate(machine, call)) {
            return refused;
        }
        const Allocation* made = machine.pinned().allocate(bytes, machine.next_id());
        *address = made == nullptr ? nullptr : made->address;
        return made == nullptr ? kMemoryAllocation : kSuccess;
    });
}

struct ErrorText {
    cudaError_t error;
    const char* name;
    const char* text;
};

/* Names as in cudaError; the texts are the runtime's, which users know from their own logs. */
const ErrorText kErrorTexts[] = {
    {kSuccess, "cudaSuccess", "no error"},
    {kInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {kMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {kInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection", "invalid copy direction for memcpy"},
    {kInsufficientDriver, "cudaErrorInsufficientDriver",
     "CUDA driver version is insufficient for CUDA runtime version"},
    {kNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {kInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {209, "cudaErrorNoKernelImageForDevice", "no kernel image is available for execution on the device"},
    {kInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {kNotReady, "cudaErrorNotReady", "device not ready"},
    {700, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {719, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {kNotPermitted, "cudaErrorNotPermitted", "operation not permitted"},
    {kNotSupported, "cudaErrorNotSupported", "operation not supported"},
    {kStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {kStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
     "operation failed due to a previous error during capture"},
    {kStreamCaptureMerge, "cudaErrorStreamCaptureMerge",
     "operation would result in a merge of separate capture sequences"},
    {kStreamCaptureUnmatched, "cudaErrorStreamCaptureUnmatched", "capture was not initiated in this stream"},
    {kStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined", "capturing stream has unjoined work"},
    {kStreamCaptureIsolation, "cudaErrorStreamCaptureIsolation",
     "dependency created on uncaptured work in another stream"},
    {kStreamCaptureImplicit, "cudaErrorStreamCaptureImplicit",
     "operation would make the legacy stream depend on a capturing blocking stream"},
    {kCapturedEvent, "cudaErrorCapturedEvent",
     "operation not permitted on an event last recorded in a capturing stream"},
    {kStreamCaptureWrongThread, "cudaErrorStreamCaptureWrongThread",
     "attempt to terminate a thread-local capture sequence from another thread"},
};

const ErrorText& error_text(cudaError_t error) {
    static const ErrorText unknown{-1, "cudaErrorUnknown", "unknown error"};
    for (const ErrorText& known : kErrorTexts) {
        if (known.error == error) {
            return known;
        }
    }
    return unknown;
}

bool device_exists(int32_t device) { return device >= 0 && device < device_count(); }

}  // namespace

extern "C" {

/* [Version] 0 where there is no driver. */
cudaError_t cudaDriverGetVersion(int32_t* version) {
    *version = driver_version();
    return remember(planned_failure("cudaDriverGetVersion"));
}

/* [Version] */
cudaError_t cudaRuntimeGetVersion(int32_t* version) {
    *version = runtime_version();
    return remember(planned_failure("cudaRuntimeGetVersion"));
}

/* [Error] The last error of this thread, once. */
cudaError_t cudaGetLastError() {
    const cudaError_t error = last_error;
    last_error = kSuccess;
    return error;
}

/* [Error] */
cudaError_t cudaPeekAtLastError() { return last_error; }

/* [Error] */
const char* cudaGetErrorName(cudaError_t error) { return error_text(error).name; }

/* [Error] */
const char* cudaGetErrorString(cudaError_t error) { return error_text(error).text; }

/* [Device] */
cudaError_t cudaGetDeviceCount(int32_t* count) {
    *count = 0;
    return enter("cudaGetDeviceCount", [&](Machine&, Lock&) {
        *count = device_count();
        return kSuccess;
    });
}

/* [Device] For the calling thread. */
cudaError_t cudaSetDevice(int32_t device) {
    return enter("cudaSetDevice", [&](Machine& machine, Lock&) -> cudaError_t {
        if (!device_exists(device)) {
            return kInvalidDevice;
        }
        machine.current_device() = device;
        return kSuccess;
    });
}

/* [Device] */
cudaError_t cudaGetDevice(int32_t* device) {
    return enter("cudaGetDevice", [&](Machine& machine, Lock&) {
        *device = machine.current_device();
        return kSuccess;
    });
}

/* [Device] */
cudaError_t cudaSetDeviceFlags(uint32_t) {
    return enter("cudaSetDeviceFlags", [](Machine&, Lock&) { return kSuccess; });
}

/* [Device] */
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int32_t device) {
    return enter("cudaGetDeviceProperties", [&](Machine&, Lock&) -> cudaError_t {
        if (!device_exists(device)) {
            return kInvalidDevice;
        }
        *properties = cudaDeviceProp{};
        std::snprintf(properties->name, sizeof properties->name, "%s",
                      setting("CONVOKE_SIM_NAME", "Simulated device").c_str());
        capability(properties->major, properties->minor);
        properties->uuid[0] = static_cast<char>(device + 1);
        properties->totalGlobalMem = memory_limit();
        properties->sharedMemPerBlock = 48 << 10;
        properties->sharedMemPerBlockOptin = 96 << 10;
        properties->sharedMemPerMultiprocessor = 100 << 10;
        properties->regsPerBlock = properties->regsPerMultiprocessor = 65536;
        properties->warpSize = 32;
        properties->maxThreadsPerBlock = 1024;
        properties->maxThreadsPerMultiProcessor = 2048;
        properties->multiProcessorCount = 4;
        properties->l2CacheSize = 4 << 20;
        properties->memoryBusWidth = 256;
        properties->concurrentKernels = 1;
        properties->unifiedAddressing = 1;
        properties->asyncEngineCount = 2;
        properties->pciBusID = device + 1;
        return kSuccess;
    });
}

/* [Device] */
cudaError_t cudaDeviceGetAttribute(int32_t* value, cudaDeviceAttr attribute, int32_t device) {
    return enter("cudaDeviceGetAttribute", [&](Machine&, Lock&) -> cudaError_t {
        if (!device_exists(device)) {
            return kInvalidDevice;
        }
        int32_t major = 0;
        int32_t minor = 0;
        capability(major, minor);
        switch (attribute) {
            case cudaDevAttrMaxThreadsPerBlock:
                *value = 1024;
                return kSuccess;
            case cudaDevAttrMaxSharedMemoryPerBlock:
                *value = 48 << 10;
                return kSuccess;
            case cudaDevAttrWarpSize:
                *value = 32;
                return kSuccess;
            case cudaDevAttrMultiProcessorCount:
                *value = 4;
                return kSuccess;
            case cudaDevAttrL2CacheSize:
                *value = 4 << 20;
                return kSuccess;
            case cudaDevAttrMaxThreadsPerMultiProcessor:
                *value = 2048;
                return kSuccess;
            case cudaDevAttrUnifiedAddressing:
                *value = 1;
                return kSuccess;
            case cudaDevAttrComputeCapabilityMajor:
                *value = major;
                return kSuccess;
            case cudaDevAttrComputeCapabilityMinor:
                *value = minor;
                return kSuccess;
            case cudaDevAttrMaxSharedMemoryPerBlockOptin:
                *value = 96 << 10;
                return kSuccess;
            case cudaDevAttrMemoryPoolsSupported:
                *value = 0;
                return kSuccess;
        }
        return refuse("cudaDeviceGetAttribute", kInvalidValue,
                      "attribute " + std::to_string(attribute) + " is not simulated");
    });
}

/* [Device] */
cudaError_t cudaDeviceGetPCIBusId(char* text, int32_t length, int32_t device) {
    return enter("cudaDeviceGetPCIBusId", [&](Machine&, Lock&) -> cudaError_t {
        if (!device_exists(device)) {
            return kInvalidDevice;
        }
        std::snprintf(text, static_cast<size_t>(length), "0000:%02X:00.0", device + 1);
        return kSuccess;
    });
}

/* [Device] */
cudaError_t cudaDeviceGetStreamPriorityRange(int32_t* least, int32_t* greatest) {
    return enter("cudaDeviceGetStreamPriorityRange", [&](Machine&, Lock&) {
        *least = *greatest = 0;
        return kSuccess;
    });
}

/* [Device] */
cudaError_t cudaDeviceSynchronize() {
    return enter("cudaDeviceSynchronize", [](Machine& machine, Lock& lock) -> cudaError_t {
        if (machine.capture_forbids("cudaDeviceSynchronize")) {
            return kStreamCaptureUnsupported;
        }
        machine.complete_device(machine.current_device(), lock);
        return kSuccess;
    });
}

/* [Memory] */
cudaError_t cudaMemGetInfo(size_t* available, size_t* total) {
    return enter("cudaMemGetInfo", [&](Machine& machine, Lock&) {
        *total = memory_limit();
        const size_t used = machine.device(machine.current_device()).memory.bytes_now();
        *available = *total > used ? *total - used : 0;
        return kSuccess;
    });
}

/* [Memory] Aligned to 256 bytes at least; cudaErrorMemoryAllocation where there is not enough. */
cudaError_t cudaMalloc(void** address, size_t bytes) {
    return enter("cudaMalloc", [&](Machine& machine, Lock&) -> cudaError_t {
        if (address == nullptr) {
            return refuse("cudaMalloc", kInvalidValue, "no place for the address");
        }
        if (const cudaError_t refused = may_allocate(machine, "cudaMalloc")) {
            return refused;
        }
        *address = nullptr;
        if (bytes == 0) {
            return kSuccess;
        }
        DeviceMemory& memory = machine.device(machine.current_device()).memory;
        const Allocation* made = memory.allocate(bytes, memory_limit(), machine.next_id());
        *address = made == nullptr ? nullptr : made->address;
        return made == nullptr ? kMemoryAllocation : kSuccess;
    });
}

/* [Memory] Waits for the device, as [Memory] cudaFree says; null is no error. */
cudaError_t cudaFree(void* address) {
    return enter("cudaFree", [&](Machine& machine, Lock& lock) -> cudaError_t {
        if (address == nullptr) {
            return kSuccess;
        }
        if (const cudaError_t refused = may_allocate(machine, "cudaFree")) {
            return refused;
        }
        int32_t owner = -1;
        Allocation* memory = machine.allocation(address, &owner);
        if (owner < 0 || memory == nullptr || memory->address != address) {
            return refuse("cudaFree", kInvalidValue, "no allocation of device memory begins at this address");
        }
        machine.complete_device(owner, lock);
        DeviceMemory& from = machine.device(owner).memory;
        if (!from.guards_hold(*memory)) {
            violation("cudaFree",
                      "bytes beside an allocation of " + std::to_string(memory->bytes) + " bytes have been written");
        }
        from.give_back(memory);
        return kSuccess;
    });
}

/* [Memory] */
cudaError_t cudaMallocHost(void** address, size_t bytes) { return make_pinned("cudaMallocHost", address, bytes); }

/* [Memory] Every flag is a matter of speed here. */
cudaError_t cudaHostAlloc(void** address, size_t bytes, uint32_t) {
    return make_pinned("cudaHostAlloc", address, bytes);
}

/* [Memory] */
cudaError_t cudaFreeHost(void* address) {
    return enter("cudaFreeHost", [&](Machine& machine, Lock& lock) -> cudaError_t {
        if (address == nullptr) {
            return kSuccess;
        }
        if (const cudaError_t refused = may_allocate(machine, "cudaFreeHost")) {
            return refused;
        }
        Allocation* memory = machine.pinned().containing(address);
        if (memory == nullptr || memory->address != address) {
            return refuse("cudaFreeHost", kInvalidValue, "no page-locked memory begins at this address");
        }
        for (int32_t device = 0; device < kMostDevices; ++device) {
            if (machine.has_device(device)) {
                machine.complete_device(device, lock);
            }
        }
        if (!machine.pinned().guards_hold(*memory)) {
            violation("cudaFreeHost",
                      "bytes beside an allocation of " + std::to_string(memory->bytes) + " bytes have been written");
        }
        machine.pinned().give_back(memory);
        return kSuccess;
    });
}

/* [Memory], [Sync] Done when it returns; in the default stream. */
cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
    return on_stream("cudaMemcpy", nullptr, [&](Machine& machine, Lock& lock, Stream& stream) -> cudaError_t {
        if (machine.capture_forbids("cudaMemcpy")) {
            return kStreamCaptureUnsupported;
        }
        const cudaError_t status = copy("cudaMemcpy", machine, lock, stream, to, from, bytes, kind);
        if (status == kSuccess) {
            machine.complete(stream, lock);
        }
        return status;
    });
}

/* [Memory], [Sync] */
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    return on_stream("cudaMemcpyAsync", stream, [&](Machine& machine, Lock& lock, Stream& opened) {
        return copy("cudaMemcpyAsync", machine, lock, opened, to, from, bytes, kind);
    });
}

/* [Memory], [Sync] Asynchronous for device memory. */
cudaError_t cudaMemset(void* address, int32_t value, size_t bytes) {
    return on_stream("cudaMemset", nullptr, [&](Machine& machine, Lock&, Stream& stream) -> cudaError_t {
        if (machine.capture_forbids("cudaMemset")) {
            return kStreamCaptureUnsupported;
        }
        return set("cudaMemset", machine, stream, address, value, bytes);
    });
}

/* [Memory] */
cudaError_t cudaMemsetAsync(void* address, int32_t value, size_t bytes, cudaStream_t stream) {
    return on_stream("cudaMemsetAsync", stream, [&](Machine& machine, Lock&, Stream& opened) {
        return set("cudaMemsetAsync", machine, opened, address, value, bytes);
    });
}

/* [Stream] */
cudaError_t cudaStreamCreate(cudaStream_t* stream) { return make_stream("cudaStreamCreate", stream, 0); }

/* [Stream] */
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, uint32_t flags) {
    return make_stream("cudaStreamCreateWithFlags", stream, flags);
}

/* [Stream] There is one priority. */
cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, uint32_t flags, int32_t) {
    return make_stream("cudaStreamCreateWithPriority", stream, flags);
}

/* [Stream] */
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    return enter("cudaStreamDestroy", [&](Machine& machine, Lock& lock) -> cudaError_t {
        const auto opened = object<Stream>("cudaStreamDestroy", "cudaStream_t", stream);
        if (opened == nullptr) {
            return kInvalidResourceHandle;
        }
        if (opened->capture != nullptr) {
            return refuse("cudaStreamDestroy", kStreamCaptureUnsupported, "the stream is being captured");
        }
        if (const cudaError_t refused = may_allocate(machine, "cudaStreamDestroy")) {
            return refused;
        }
        machine.end_stream(*opened, lock);
        close_handle("cudaStreamDestroy", "cudaStream_t", stream);
        return kSuccess;
    });
}

/* [Stream] */
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
    return on_stream("cudaStreamSynchronize", stream, [&](Machine& machine, Lock& lock, Stream& opened) -> cudaError_t {
        if (opened.capture != nullptr) {
            opened.capture->invalidated = true;
            return refuse("cudaStreamSynchronize", kStreamCaptureUnsupported, "the stream is being captured");
        }
        machine.complete(opened, lock);
        return kSuccess;
    });
}

/* [Stream] cudaErrorNotReady while work is left; each question lets one piece of it run. */
cudaError_t cudaStreamQuery(cudaStream_t stream) {
    return on_stream("cudaStreamQuery", stream, [&](Machine& machine, Lock& lock, Stream& opened) -> cudaError_t {
        if (opened.capture != nullptr) {
            opened.capture->invalidated = true;
            return refuse("cudaStreamQuery", kStreamCaptureUnsupported, "the stream is being captured");
        }
        const std::shared_ptr<Work> last = opened.last;
        return last == nullptr || machine.progress(last, lock) ? kSuccess : kNotReady;
    });
}

/* [Stream] */
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, uint32_t) {
    return on_stream("cudaStreamWaitEvent", stream, [&](Machine& machine, Lock&, Stream& opened) -> cudaError_t {
        const auto awaited = object<Event>("cudaStreamWaitEvent", "cudaEvent_t", event);
        return awaited == nullptr ? static_cast<cudaError_t>(kInvalidResourceHandle) : machine.wait(opened, *awaited);
    });
}

/* [Execution] The function runs where it stands in the stream's order. */
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, void (*function)(void*), void* argument) {
    return on_stream("cudaLaunchHostFunc", stream, [&](Machine& machine, Lock&, Stream& opened) {
        return machine.submit(opened, {"cudaLaunchHostFunc", {}, [=] { function(argument); }});
    });
}

/* [Stream] cudaStreamBeginCapture, cudaStreamCaptureMode. */
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, int32_t mode) {
    return enter("cudaStreamBeginCapture", [&](Machine& machine, Lock&) -> cudaError_t {
        const std::shared_ptr<Stream> opened = machine.stream("cudaStreamBeginCapture", stream);
        return opened == nullptr ? static_cast<cudaError_t>(kInvalidResourceHandle)
                                 : machine.begin_capture(opened, static_cast<CaptureMode>(mode));
    });
}

/* [Stream] Null where the capture has been invalidated. */
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
    *graph = nullptr;
    return on_stream("cudaStreamEndCapture", stream, [&](Machine& machine, Lock&, Stream& opened) {
        std::shared_ptr<Graph> captured;
        const cudaError_t status = machine.end_capture(opened, captured);
        *graph = captured == nullptr ? nullptr : open_handle("cudaGraph_t", captured);
        return status;
    });
}

/* [Stream] */
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
    return on_stream("cudaStreamIsCapturing", stream, [&](Machine&, Lock&, Stream& opened) {
        *status = opened.capture == nullptr     ? cudaStreamCaptureStatusNone
                  : opened.capture->invalidated ? cudaStreamCaptureStatusInvalidated
                                                : cudaStreamCaptureStatusActive;
        return kSuccess;
    });
}

/* [Stream] The former mode of this thread is not kept: a capture's own mode decides here. */
cudaError_t cudaThreadExchangeStreamCaptureMode(int32_t* mode) {
    return enter("cudaThreadExchangeStreamCaptureMode",
                 [&](Machine&, Lock&) -> cudaError_t { return *mode < 0 || *mode > 2 ? kInvalidValue : kSuccess; });
}

/* [Event] */
cudaError_t cudaEventCreate(cudaEvent_t* event) { return make_event("cudaEventCreate", event, 0); }

/* [Event] */
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, uint32_t flags) {
    return make_event("cudaEventCreateWithFlags", event, flags);
}

/* [Event] */
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    return on_stream("cudaEventRecord", stream, [&](Machine& machine, Lock&, Stream& opened) -> cudaError_t {
        const auto recorded = object<Event>("cudaEventRecord", "cudaEvent_t", event);
        if (recorded == nullptr) {
            return kInvalidResourceHandle;
        }
        if (recorded->device != opened.device) {
            return refuse("cudaEventRecord", kInvalidResourceHandle, "event and stream are on different devices");
        }
        machine.record(*recorded, opened);
        return kSuccess;
    });
}

/* [Event] */
cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, uint32_t) {
    return cudaEventRecord(event, stream);
}

/* [Event] */
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    return enter("cudaEventSynchronize", [&](Machine& machine, Lock& lock) -> cudaError_t {
        const auto awaited = object<Event>("cudaEventSynchronize", "cudaEvent_t", event);
        if (awaited == nullptr) {
            return kInvalidResourceHandle;
        }
        if (awaited->capture != nullptr) {
            return refuse("cudaEventSynchronize", kCapturedEvent, "the event was recorded into a capture");
        }
        const std::shared_ptr<Work> marker = awaited->marker;
        if (marker != nullptr) {
            machine.complete(marker, lock);
        }
        return kSuccess;
    });
}

/* [Event] cudaErrorNotReady while work before it is left; each question lets one piece of it run. */
cudaError_t cudaEventQuery(cudaEvent_t event) {
    return enter("cudaEventQuery", [&](Machine& machine, Lock& lock) -> cudaError_t {
        const auto asked = object<Event>("cudaEventQuery", "cudaEvent_t", event);
        if (asked == nullptr) {
            return kInvalidResourceHandle;
        }
        if (asked->capture != nullptr) {
            return refuse("cudaEventQuery", kCapturedEvent, "the event was recorded into a capture");
        }
        const std::shared_ptr<Work> marker = asked->marker;
        return marker == nullptr || machine.progress(marker, lock) ? kSuccess : kNotReady;
    });
}

/* [Event] Both recorded with timing and done. The time is the simulation's, see device/machine.cpp. */
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
    return enter("cudaEventElapsedTime", [&](Machine&, Lock&) -> cudaError_t {
        const auto first = object<Event>("cudaEventElapsedTime", "cudaEvent_t", start);
        const auto second = object<Event>("cudaEventElapsedTime", "cudaEvent_t", end);
        if (first == nullptr || second == nullptr) {
            return kInvalidResourceHandle;
        }
        if (!first->timed || !second->timed || first->marker == nullptr || second->marker == nullptr) {
            return refuse("cudaEventElapsedTime", kInvalidResourceHandle, "an event has no time, or was not recorded");
        }
        if (!first->marker->done || !second->marker->done) {
            return kNotReady;
        }
        *milliseconds = static_cast<float>((second->marker->finishes - first->marker->finishes) / 1000.0);
        return kSuccess;
    });
}

/* [Event] */
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    return enter("cudaEventDestroy", [&](Machine& machine, Lock&) -> cudaError_t {
        if (object<Event>("cudaEventDestroy", "cudaEvent_t", event) == nullptr) {
            return kInvalidResourceHandle;
        }
        if (const cudaError_t refused = may_allocate(machine, "cudaEventDestroy")) {
            return refused;
        }
        close_handle("cudaEventDestroy", "cudaEvent_t", event);
        return kSuccess;
    });
}

/* [Graph] */
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
    return instantiate("cudaGraphInstantiate", executable, graph);
}

/* [Graph] */
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
    return instantiate("cudaGraphInstantiateWithFlags", executable, graph);
}

/* [Graph] The number of nodes; their handles are not simulated. */
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, void** nodes, size_t* count) {
    return enter("cudaGraphGetNodes", [&](Machine&, Lock&) -> cudaError_t {
        const auto asked = object<Graph>("cudaGraphGetNodes", "cudaGraph_t", graph);
        if (asked == nullptr) {
            return kInvalidValue;
        }
        if (nodes != nullptr) {
            return refuse("cudaGraphGetNodes", kNotSupported, "handles of nodes are not simulated");
        }
        *count = asked->nodes.size();
        return kSuccess;
    });
}

/* [Graph] */
cudaError_t cudaGraphUpload(cudaGraphExec_t executable, cudaStream_t stream) {
    return on_stream("cudaGraphUpload", stream, [&](Machine& machine, Lock&, Stream& opened) -> cudaError_t {
        if (object<Executable>("cudaGraphUpload", "cudaGraphExec_t", executable) == nullptr) {
            return kInvalidValue;
        }
        return machine.submit(opened, {"cudaGraphUpload", {}, nullptr});
    });
}

/* [Graph] After everything in the stream; the nodes in the order of their edges. */
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
    return on_stream("cudaGraphLaunch", stream, [&](Machine& machine, Lock&, Stream& opened) -> cudaError_t {
        const auto launched = object<Executable>("cudaGraphLaunch", "cudaGraphExec_t", executable);
        return launched == nullptr ? static_cast<cudaError_t>(kInvalidValue) : machine.launch(*launched, opened);
    });
}

/* [Graph] Launches under way are not affected. */
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
    return enter("cudaGraphExecDestroy", [&](Machine& machine, Lock&) -> cudaError_t {
        if (const cudaError_t refused = may_allocate(machine, "cudaGraphExecDestroy")) {
            return refused;
        }
        return close_handle("cudaGraphExecDestroy", "cudaGraphExec_t", executable) ? kSuccess : kInvalidValue;
    });
}

/* [Graph] What was instantiated from it lives on. */
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    return enter("cudaGraphDestroy", [&](Machine& machine, Lock&) -> cudaError_t {
        if (const cudaError_t refused = may_allocate(machine, "cudaGraphDestroy")) {
            return refused;
        }
        return close_handle("cudaGraphDestroy", "cudaGraph_t", graph) ? kSuccess : kInvalidValue;
    });
}

}  // extern "C"
