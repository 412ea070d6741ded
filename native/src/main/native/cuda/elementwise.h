/* Functions of single elements over flat ranges: a thread takes vectors of 16 bytes, the last one what is left. */
#ifndef CONVOKE_CUDA_ELEMENTWISE_H
#define CONVOKE_CUDA_ELEMENTWISE_H

#include "vector.h"

namespace convoke::CONVOKE_ISA {

/* Blocks beyond which a grid goes over the range in strides: enough for every multiprocessor, whatever the size. */
constexpr int64_t kMostBlocks = 8192;

inline dim3 elementwise_blocks(int64_t vectors) {
    const int64_t blocks = (vectors + kThreads - 1) / kThreads;
    return dim3((unsigned)(blocks < kMostBlocks ? blocks : kMostBlocks));
}

/* y[i] = function(x[i], i). In place allowed. */
template <int W, class In, class Out, class Function>
__global__ void __launch_bounds__(kThreads) map_kernel(const In* x, Out* y, int64_t count, Function function) {
    const int64_t stride = (int64_t)gridDim.x * blockDim.x;
    for (int64_t first = thread_index() * W; first < count; first += stride * W) {
        if (first + W <= count) {
            float values[W];
            load(x + first, values);
            for (int i = 0; i < W; ++i) {
                values[i] = function(values[i], first + i);
            }
            store(values, y + first);
        } else {
            for (int64_t i = first; i < count; ++i) {
                y[i] = from_float<Out>(function(to_float(x[i]), i));
            }
        }
    }
}

/* z[i] = function(x[i], y[i]). In place allowed. */
template <int W, class T, class Function>
__global__ void __launch_bounds__(kThreads)
    map_two_kernel(const T* x, const T* y, T* z, int64_t count, Function function) {
    const int64_t stride = (int64_t)gridDim.x * blockDim.x;
    for (int64_t first = thread_index() * W; first < count; first += stride * W) {
        if (first + W <= count) {
            float left[W];
            float right[W];
            load(x + first, left);
            load(y + first, right);
            for (int i = 0; i < W; ++i) {
                left[i] = function(left[i], right[i]);
            }
            store(left, z + first);
        } else {
            for (int64_t i = first; i < count; ++i) {
                z[i] = from_float<T>(function(to_float(x[i]), to_float(y[i])));
            }
        }
    }
}

template <int W, class In, class Out, class Function>
void map(Launch& launch, const In* x, Out* y, int64_t count, const Function& function) {
    launch.add(map_kernel<W, In, Out, Function>, elementwise_blocks((count + W - 1) / W), kThreads, x, y, count,
               function);
}

template <class T, class Function>
void map_two(Launch& launch, const T* x, const T* y, T* z, int64_t count, const Function& function) {
    constexpr int W = kVector<T>;
    launch.add(map_two_kernel<W, T, Function>, elementwise_blocks((count + W - 1) / W), kThreads, x, y, z, count,
               function);
}

}  // namespace convoke::CONVOKE_ISA

#endif
