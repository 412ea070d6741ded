/*
 * As much of the CUDA runtime as our kernels' library and its tests call, on the interpreter. The library's own objects
 * are linked to it, as nvcc made them: the stubs that register and launch kernels are the real ones.
 */
#include <cuda_runtime_api.h>

#include <cstring>
#include <functional>

#include "ptx/interpreter.h"

using namespace convoke::ptx;

namespace {

struct Configuration {
    dim3 grid;
    dim3 block;
    size_t shared;
    void* stream;
};

/* What <<<...>>> leaves for the stub that follows it. */
std::vector<Configuration> configurations;

std::map<const void*, std::string>& kernels() {
    static std::map<const void*, std::string> names;
    return names;
}

using Graph = std::vector<std::function<void()>>;
Graph* capturing = nullptr;

Extent extent(dim3 of) { return Extent{of.x, of.y, of.z}; }

void checked(const Finding& finding) {
    if (finding.found) {
        interpreter().report(finding, "the host", "cudaMemcpyAsync");
    }
}

cudaError_t launch(const void* stub, dim3 grid, dim3 block, void** arguments) {
    const std::string name = kernels().at(stub);
    if (capturing == nullptr) {
        interpreter().launch(name, extent(grid), extent(block), arguments);
        return cudaSuccess;
    }
    std::vector<std::vector<uint8_t>> copies;
    for (size_t k = 0; k < interpreter().program.at(name)->parameters.size(); ++k) {
        const auto* bytes = static_cast<const uint8_t*>(arguments[k]);
        copies.emplace_back(bytes, bytes + interpreter().program.at(name)->parameters[k].bytes);
    }
    capturing->push_back([=]() mutable {
        std::vector<void*> addresses;
        for (std::vector<uint8_t>& copy : copies) {
            addresses.push_back(copy.data());
        }
        interpreter().launch(name, extent(grid), extent(block), addresses.data());
    });
    return cudaSuccess;
}

}  // namespace

extern "C" {

void** __cudaRegisterFatBinary(void* binary) { return static_cast<void**>(binary); }
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
void __cudaRegisterFunction(void**, const char* stub, char*, const char* name, int, uint3*, uint3*, dim3*, dim3*,
                            int*) {
    kernels()[stub] = name;
}

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void* stream) {
    configurations.push_back(Configuration{grid, block, shared, stream});
    return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared, void* stream) {
    const Configuration last = configurations.back();
    configurations.pop_back();
    *grid = last.grid;
    *block = last.block;
    *shared = last.shared;
    *static_cast<void**>(stream) = last.stream;
    return cudaSuccess;
}

cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* stub) {
    *kernel = static_cast<cudaKernel_t>(const_cast<void*>(stub));
    return cudaSuccess;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments, size_t, cudaStream_t) {
    return launch(kernel, grid, block, arguments);
}

cudaError_t cudaLaunchKernel(const void* stub, dim3 grid, dim3 block, void** arguments, size_t, cudaStream_t) {
    return launch(stub, grid, block, arguments);
}

cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorName(cudaError_t error) {
    return error == cudaSuccess ? "cudaSuccess" : error == cudaErrorNoDevice ? "cudaErrorNoDevice" : "cudaError";
}
const char* cudaGetErrorString(cudaError_t) { return "an error of the interpreter of PTX"; }

cudaError_t cudaGetDeviceCount(int* count) {
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
    *device = 0;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) { return device == 0 ? cudaSuccess : cudaErrorInvalidDevice; }

cudaError_t cudaDriverGetVersion(int* version) {
    *version = CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) { return cudaDriverGetVersion(version); }

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
    *properties = cudaDeviceProp{};
    std::strcpy(properties->name, "interpreter of PTX");
    properties->major = 7;
    properties->minor = 5;
    properties->totalGlobalMem = size_t{1} << 31;
    properties->multiProcessorCount = 1;
    return cudaSuccess;
}

cudaError_t cudaMalloc(void** address, size_t bytes) {
    *address = interpreter().memory.allocate(bytes);
    return *address == nullptr ? cudaErrorMemoryAllocation : cudaSuccess;
}

cudaError_t cudaFree(void* address) {
    return address == nullptr || interpreter().memory.release(address) ? cudaSuccess : cudaErrorInvalidValue;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t) {
    if (kind != cudaMemcpyHostToDevice) {
        checked(interpreter().memory.host_reads(from, bytes));
    }
    if (kind != cudaMemcpyDeviceToHost) {
        checked(interpreter().memory.host_writes(to, bytes));
    }
    std::memcpy(to, from, bytes);
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
    *stream = reinterpret_cast<cudaStream_t>(&configurations);
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }

cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode) {
    capturing = new Graph;
    return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t* graph) {
    *graph = reinterpret_cast<cudaGraph_t>(capturing);
    capturing = nullptr;
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
    *executable = reinterpret_cast<cudaGraphExec_t>(new Graph(*reinterpret_cast<Graph*>(graph)));
    return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t) {
    for (const auto& node : *reinterpret_cast<Graph*>(executable)) {
        node();
    }
    return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
    delete reinterpret_cast<Graph*>(executable);
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    delete reinterpret_cast<Graph*>(graph);
    return cudaSuccess;
}

}  // extern "C"
