/*
 * How our kernels reach a device. The files of this folder are CUDA C++: nvcc builds libconvoke_cuda from them. The C++
 * compiler builds its simulated twin from the same files, with the Launch, threadIdx, __syncthreads and so on of
 * native/src/test/native/simulated/kernels/launch.h; so they keep to what both understand: no dynamic shared memory, no
 * intrinsics but those that the twin has.
 */
#ifndef CONVOKE_CUDA_LAUNCH_H
#define CONVOKE_CUDA_LAUNCH_H

#include "../cuda_kernels.h"
#include "../functors/bfloat16.h"

namespace convoke::CONVOKE_ISA {

/* What the address of a T must be a multiple of: tensors move in vectors of 16 bytes. */
template <class T>
constexpr uintptr_t kAlignment = alignof(T);
template <>
constexpr uintptr_t kAlignment<float> = 16;
template <>
constexpr uintptr_t kAlignment<Bfloat16> = 16;

/* The code of a pooling window; moves in vectors too, unlike other bytes. */
struct Code {
    uint8_t byte;
};
template <>
constexpr uintptr_t kAlignment<Code> = 16;

/* The pixel that a maximum over a whole picture was at; likewise. */
struct Place {
    int32_t pixel;
};
template <>
constexpr uintptr_t kAlignment<Place> = 16;

}  // namespace convoke::CONVOKE_ISA

#if !defined(__CUDACC__)
#include "simulated/kernels/launch.h"
#else

#include <cuda_runtime.h>

namespace convoke::CONVOKE_ISA {

/* Whether the threads can be told apart in 32 bits, which is how places are computed. */
inline bool serves(dim3 blocks, int threads) { return (uint64_t)blocks.x * (uint64_t)threads <= 1ull << 32; }

/*
 * One call of the ABI: the memory that it touches is named, then its kernels are queued, then submit gives the CUDA
 * error. A GPU asks for no names; only the alignment is looked at. The simulated device checks every range.
 */
class Launch {
public:
    Launch(const char*, convoke_stream stream) : stream_(static_cast<cudaStream_t>(stream)) {}

    /* `count` elements are read. Null is right only for memory that the kernel then leaves alone. */
    template <class T>
    const T* reads(const char*, const void* address, int64_t) {
        check_alignment<T>(address);
        return static_cast<const T*>(address);
    }

    /* `count` elements are all written and none is read. */
    template <class T>
    T* writes(const char*, void* address, int64_t) {
        check_alignment<T>(address);
        return static_cast<T*>(address);
    }

    /* `count` elements are read and written, or only some of them are written. */
    template <class T>
    T* updates(const char* what, void* address, int64_t count) {
        return writes<T>(what, address, count);
    }

    /* The call is refused with cudaErrorInvalidValue unless the condition holds. */
    void require(bool condition, const char*) {
        if (!condition) {
            error_ = cudaErrorInvalidValue;
        }
    }

    /* Queues kernel(arguments...), nothing where the grid is empty. */
    template <class... Parameters, class... Arguments>
    void add(void (*kernel)(Parameters...), dim3 blocks, int threads, Arguments... arguments) {
        require(serves(blocks, threads), "the grid is too large");
        if (error_ == cudaSuccess && blocks.x > 0 && blocks.y > 0) {
            kernel<<<blocks, threads, 0, stream_>>>(arguments...);
            error_ = cudaGetLastError();
        }
    }

    int32_t submit() const { return error_; }

private:
    template <class T>
    void check_alignment(const void* address) {
        require(reinterpret_cast<uintptr_t>(address) % kAlignment<T> == 0, "alignment");
    }

    cudaStream_t stream_;
    cudaError_t error_ = cudaSuccess;
};

/*
 * Adds one to a counter of the grid's blocks and returns what it was. What the thread has seen done before, its block's
 * work behind a barrier too, is published to those who count later; what those published who counted before may be read
 * through load_published, behind a barrier by the whole block. One thread's fences, where every thread's own would cost
 * as many trips to memory.
 */
__device__ __forceinline__ uint32_t count_and_synchronize(uint32_t* counter) {
    uint32_t before;
    asm volatile("atom.acq_rel.gpu.global.add.u32 %0, [%1], 1;"
                 : "=r"(before)
                 : "l"(__cvta_generic_to_global(counter))
                 : "memory");
    return before;
}

/* What another block of this grid has written and published; past the first-level cache, which may hold older bytes. */
template <class T>
__device__ __forceinline__ T load_published(const T* address) {
    return __ldcg(address);
}

}  // namespace convoke::CONVOKE_ISA

#endif

namespace convoke::CONVOKE_ISA {

/* Threads of a block, where a kernel does not say otherwise. */
constexpr int kThreads = 256;

/* Blocks of kThreads that hold `items` threads. */
inline dim3 blocks_for(int64_t items) { return dim3((unsigned)((items + kThreads - 1) / kThreads)); }

/* Index of the thread in a grid of one dimension. */
__device__ __forceinline__ int64_t thread_index() { return (int64_t)blockIdx.x * blockDim.x + threadIdx.x; }

/* Calls body(T{}) with the number format that an enum convoke_type names. */
template <class Body>
int32_t with_type(int32_t type, const Body& body) {
    return type == CONVOKE_BFLOAT16 ? body(Bfloat16{}) : body(float{});
}

}  // namespace convoke::CONVOKE_ISA

#endif
