/*
 * What the kernel files see of CUDA where the C++ compiler builds them, for the simulated libconvoke_cuda: the words of
 * the language, the threads of a grid on the host, and a Launch that queues its kernels on the simulated device, which
 * checks every range of memory that they name. Nothing of NVIDIA's is needed.
 *
 * A grid's blocks run one after the other. A block's threads are fibres of one host thread: each runs until it waits at
 * a barrier or a shuffle, then the next one runs. Memory between barriers is thus seen in the order of the threads,
 * forwards or, with CONVOKE_SIM_THREAD_ORDER=backward, backwards; what differs between the two lacks a barrier.
 */
#ifndef CONVOKE_SIMULATED_KERNELS_LAUNCH_H
#define CONVOKE_SIMULATED_KERNELS_LAUNCH_H

#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "simulated/device.h"
#include "simulated/kernels/runtime.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
/* One block runs at a time, so its shared memory may be any memory. */
#define __shared__ static

struct dim3 {
    unsigned x;
    unsigned y;
    unsigned z;

    constexpr dim3(unsigned of_x = 1, unsigned of_y = 1, unsigned of_z = 1) : x(of_x), y(of_y), z(of_z) {}
};

#pragma GCC visibility push(hidden)

/* Of the thread that runs. Plain variables: one grid runs at a time. */
extern dim3 threadIdx;
extern dim3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;

namespace convoke::simulated {

/* Runs thread_body once as each thread of the grid. */
void run_grid(dim3 blocks, int threads, const std::function<void()>& thread_body);

/* Waits for all threads of the block. */
void wait_for_block();

/* Waits for all threads of the warp; gives the eight bytes that lane `source` of it has brought. */
uint64_t exchange_in_warp(uint64_t brought, unsigned source);

}  // namespace convoke::simulated

inline void __syncthreads() { convoke::simulated::wait_for_block(); }

/* All 32 lanes take part, as in our kernels. */
template <class T>
T __shfl_xor_sync(unsigned, T value, int lane_mask) {
    static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle moves 4 or 8 bytes");
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    bits = convoke::simulated::exchange_in_warp(bits, threadIdx.x % 32 ^ static_cast<unsigned>(lane_mask));
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

/* No other thread runs meanwhile. */
template <class T>
T atomicAdd(T* address, T value) {
    const T before = *address;
    *address = before + value;
    return before;
}

namespace convoke::CONVOKE_ISA {

/* As its namesake in cuda/launch.h. */
class Launch {
public:
    Launch(const char* name, convoke_stream stream) : call_(name, stream) {}

    template <class T>
    const T* reads(const char* what, const void* address, int64_t count) {
        check_alignment<T>(what, address);
        return call_.reads<T>(what, address, static_cast<size_t>(count));
    }

    template <class T>
    T* writes(const char* what, void* address, int64_t count) {
        check_alignment<T>(what, address);
        return call_.writes<T>(what, address, static_cast<size_t>(count));
    }

    template <class T>
    T* updates(const char* what, void* address, int64_t count) {
        check_alignment<T>(what, address);
        return call_.updates<T>(what, address, static_cast<size_t>(count));
    }

    void require(bool condition, const char* reason) { call_.require(condition, reason); }

    template <class... Parameters, class... Arguments>
    void add(void (*kernel)(Parameters...), dim3 blocks, int threads, Arguments... arguments) {
        require(static_cast<uint64_t>(blocks.x) * static_cast<uint64_t>(threads) <= uint64_t{1} << 32,
                "the grid is too large");
        if (blocks.x > 0 && blocks.y > 0) {
            call_.launches(reinterpret_cast<const void*>(kernel));
            kernels_.push_back([=] { simulated::run_grid(blocks, threads, [=] { kernel(arguments...); }); });
        }
    }

    int32_t submit() {
        return call_.submit([kernels = std::move(kernels_)] {
            for (const std::function<void()>& kernel : kernels) {
                kernel();
            }
        });
    }

private:
    template <class T>
    void check_alignment(const char* what, const void* address) {
        if (reinterpret_cast<uintptr_t>(address) % kAlignment<T> != 0) {
            call_.require(false, std::string(what) + " is not aligned to " + std::to_string(kAlignment<T>) + " bytes");
        }
    }

    simulated::Call call_;
    std::vector<std::function<void()>> kernels_;
};

inline uint32_t count_and_synchronize(uint32_t* counter) { return atomicAdd(counter, 1u); }

template <class T>
T load_published(const T* address) {
    return *address;
}

}  // namespace convoke::CONVOKE_ISA

#pragma GCC visibility pop

#endif
