/* The peak of float32 multiply-adds: chains in registers, no memory. */
#include "fused_convolution_internal.h"
#include "fused_convolution_vector.h"
#include "parallel.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Takes every chain `rounds` steps further; returns the mean of all values. */
static inline float run_chains(int64_t rounds, float factor, float summand) {
    const Vec factors = broadcast(factor);
    const Vec summands = broadcast(summand);
    Vec chains[CONVOKE_MEASURE_CHAINS];
    /* Chains that start alike would be one to the compiler. */
    for (int c = 0; c < CONVOKE_MEASURE_CHAINS; ++c) {
        chains[c] = broadcast((float)c);
    }
    for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
        for (int c = 0; c < CONVOKE_MEASURE_CHAINS; ++c) {
            chains[c] = multiplyAdd(chains[c], factors, summands);
        }
    }
    float sum = 0.0f;
    for (int c = 0; c < CONVOKE_MEASURE_CHAINS; ++c) {
        for (int lane = 0; lane < kWidth; ++lane) {
            sum += chains[c][lane];
        }
    }
    return sum / (CONVOKE_MEASURE_CHAINS * kWidth);
}

}  // namespace

int64_t measure_multiply_add(int64_t rounds, float factor, float summand, float* means, int32_t threads) {
    parallel_ranges(threads, threads, 1, [=](int64_t begin, int64_t end, int) {
        for (int64_t t = begin; t < end; ++t) {
            means[t] = run_chains(rounds, factor, summand);
        }
    });
    return 2 * rounds * CONVOKE_MEASURE_CHAINS * kWidth * threads;
}

}  // namespace convoke::CONVOKE_ISA
