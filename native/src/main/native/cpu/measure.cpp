/* Limits of the machine that do not depend on the instruction set in use: copies of memory, bfloat16 products. */
#include <string.h>

#include "parallel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

using namespace convoke::CONVOKE_ISA;

#if defined(__x86_64__)

/* Products that one instruction adds into a register. */
constexpr int kProducts = 32;

/* Takes every chain `rounds` steps further; returns the mean of all values. */
__attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16"))) float run_bfloat16_chains(int64_t rounds,
                                                                                          float factor) {
    const __m512 wide = _mm512_set1_ps(factor);
    const __m512bh factors = _mm512_cvtne2ps_pbh(wide, wide);
    __m512 chains[CONVOKE_MEASURE_CHAINS];
    for (int c = 0; c < CONVOKE_MEASURE_CHAINS; ++c) {
        chains[c] = _mm512_set1_ps((float)c);
    }
    for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
        for (int c = 0; c < CONVOKE_MEASURE_CHAINS; ++c) {
            chains[c] = _mm512_dpbf16_ps(chains[c], factors, factors);
        }
    }
    float sum = 0.0f;
    for (int c = 0; c < CONVOKE_MEASURE_CHAINS; ++c) {
        for (int lane = 0; lane < 16; ++lane) {
            sum += chains[c][lane];
        }
    }
    return sum / (16 * CONVOKE_MEASURE_CHAINS);
}

#endif

}  // namespace

extern "C" {

int64_t convoke_measure_bfloat16(int64_t rounds, float factor, float* means, int32_t threads) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx512bf16")) {
        return 0;
    }
    parallel_ranges(threads, threads, 1, [=](int64_t begin, int64_t end, int) {
        for (int64_t t = begin; t < end; ++t) {
            means[t] = run_bfloat16_chains(rounds, factor);
        }
    });
    return 2 * rounds * CONVOKE_MEASURE_CHAINS * kProducts * threads;
#else
    (void)rounds, (void)factor, (void)means, (void)threads;
    return 0;
#endif
}

void convoke_measure_copy(const float* from, float* to, int64_t count, int64_t rounds, int32_t threads) {
    parallel_ranges(count, threads, kElementsWorthAThread, [=](int64_t begin, int64_t end, int) {
        for (int64_t round = 0; round < rounds; ++round) {
            memcpy(to + begin, from + begin, (size_t)(end - begin) * sizeof(float));
            /* A copy of the same bytes to the same place could be left out. */
            __asm__ volatile("" ::: "memory");
        }
    });
}

}  // extern "C"
