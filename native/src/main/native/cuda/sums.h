/*
 * Sums in an order that the shape alone fixes. Within a block, threads add what they were dealt and the block adds its
 * threads; across the grid, every block leaves its sum in a workspace and the last to finish adds them, block by block.
 * Which block is last changes from run to run, what it adds does not.
 */
#ifndef CONVOKE_CUDA_SUMS_H
#define CONVOKE_CUDA_SUMS_H

#include "vector.h"

namespace convoke::CONVOKE_ISA {

/* The sum over the block's threads, in thread 0; elsewhere meaningless. Every thread must come here. */
__device__ inline double block_sum(double value) {
    __shared__ double of_warp[32];
    for (int distance = 16; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, distance);
    }
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
        of_warp[threadIdx.x / 32] = value;
    }
    __syncthreads();
    double total = 0.0;
    for (unsigned warp = 0; threadIdx.x == 0 && warp < blockDim.x / 32; ++warp) {
        total += of_warp[warp];
    }
    return total;
}

/*
 * Whether this block is the last of the grid to come here. What all blocks wrote before is then visible to it through
 * load_published. Every thread must come here; the counter is left at 0.
 */
__device__ inline bool is_last_block(convoke_step_state* state) {
    __shared__ bool last;
    __syncthreads();
    if (threadIdx.x == 0) {
        last = count_and_synchronize(&state->blocks_done) == gridDim.x * gridDim.y - 1;
        if (last) {
            state->blocks_done = 0;
        }
    }
    __syncthreads();
    return last;
}

/* Rows, or whatever is walked over, whose loads a thread has in flight together. */
constexpr int kInFlight = 4;

/*
 * Calls body(i) for first, first + step, ... below end, in that order. Whole groups of kTogether come without a branch
 * between them: told only to unroll, the compiler leaves the loop after each round, and no load passes a branch.
 */
template <int kTogether = kInFlight, class Body>
__device__ __forceinline__ void for_steps(int64_t first, int64_t end, int64_t step, const Body& body) {
    int64_t i = first;
    for (; i + (kTogether - 1) * step < end; i += kTogether * step) {
#pragma unroll
        for (int k = 0; k < kTogether; ++k) {
            body(i + k * step);
        }
    }
    for (; i < end; i += step) {
        body(i);
    }
}

/* The sum of `count` published numbers that lie `step` apart, in thread 0. */
template <class T>
__device__ double sum_published(const T* values, int64_t count, int32_t step = 1) {
    double sum = 0.0;
    for (int64_t i = threadIdx.x; i < count; i += blockDim.x) {
        sum += (double)load_published(values + i * step);
    }
    return block_sum(sum);
}

}  // namespace convoke::CONVOKE_ISA

#endif
