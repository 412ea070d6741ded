/*
 * Philox words of consecutive blocks, several blocks side by side. A 64-bit lane holds a counter word in its lower
 * half; what the products leave in the upper halves is never looked at, since the multiplication reads lower halves
 * alone and everything else is exclusive-or. Words are whole numbers: the same bits as functors/philox.h, which the
 * tests hold.
 */
#ifndef CONVOKE_CPU_PHILOX_VECTOR_H
#define CONVOKE_CPU_PHILOX_VECTOR_H

#include "../functors/philox.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace convoke::CONVOKE_ISA {
namespace {

#if defined(__AVX512F__)

typedef __m512i Lanes;
constexpr int32_t kLaneBlocks = 8;

CONVOKE_HD Lanes lanes_of(uint32_t value) { return _mm512_set1_epi64((long long)value); }
CONVOKE_HD Lanes lane_numbers() { return _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0); }
CONVOKE_HD Lanes add_lanes(Lanes a, Lanes b) { return _mm512_add_epi64(a, b); }
/* The forms with a mask: GCC 12 warns about its own header in the plain ones. */
CONVOKE_HD Lanes multiply_lanes(Lanes a, Lanes b) { return _mm512_maskz_mul_epu32(0xFF, a, b); }
CONVOKE_HD Lanes mix_lanes(Lanes product, Lanes word, Lanes key) {
    return _mm512_ternarylogic_epi64(_mm512_maskz_srli_epi64(0xFF, product, 32), word, key, 0x96);
}

/* The four words of block 0, then those of block 1, and so on. */
CONVOKE_HD void store_words(Lanes x0, Lanes x1, Lanes x2, Lanes x3, uint32_t* words) {
    const __m512i first = _mm512_mask_blend_epi32(0xAAAA, x0, _mm512_maskz_slli_epi64(0xFF, x1, 32));
    const __m512i second = _mm512_mask_blend_epi32(0xAAAA, x2, _mm512_maskz_slli_epi64(0xFF, x3, 32));
    const __m512i low = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
    const __m512i high = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    _mm512_storeu_si512(words, _mm512_permutex2var_epi64(first, low, second));
    _mm512_storeu_si512(words + 16, _mm512_permutex2var_epi64(first, high, second));
}

#elif defined(__AVX2__)

typedef __m256i Lanes;
constexpr int32_t kLaneBlocks = 4;

CONVOKE_HD Lanes lanes_of(uint32_t value) { return _mm256_set1_epi64x((long long)value); }
CONVOKE_HD Lanes lane_numbers() { return _mm256_set_epi64x(3, 2, 1, 0); }
CONVOKE_HD Lanes add_lanes(Lanes a, Lanes b) { return _mm256_add_epi64(a, b); }
CONVOKE_HD Lanes multiply_lanes(Lanes a, Lanes b) { return _mm256_mul_epu32(a, b); }
CONVOKE_HD Lanes mix_lanes(Lanes product, Lanes word, Lanes key) {
    return _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product, 32), word), key);
}

CONVOKE_HD void store_words(Lanes x0, Lanes x1, Lanes x2, Lanes x3, uint32_t* words) {
    const __m256i first = _mm256_blend_epi32(x0, _mm256_slli_epi64(x1, 32), 0xAA);
    const __m256i second = _mm256_blend_epi32(x2, _mm256_slli_epi64(x3, 32), 0xAA);
    const __m256i even = _mm256_unpacklo_epi64(first, second); /* blocks 0 and 2 */
    const __m256i odd = _mm256_unpackhi_epi64(first, second);  /* blocks 1 and 3 */
    _mm256_storeu_si256((__m256i*)words, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256((__m256i*)(words + 8), _mm256_permute2x128_si256(even, odd, 0x31));
}

#endif

#if defined(__AVX2__)

/* Groups of lanes that run side by side, so that their latencies overlap; as many as the registers hold. */
#if defined(__AVX512F__)
constexpr int32_t kLaneGroups = 4;
#else
constexpr int32_t kLaneGroups = 2;
#endif

/* words of kLaneGroups * kLaneBlocks blocks from `first_block` on. */
static inline void philox_group(const PhiloxStream& stream, uint32_t first_block, uint32_t* words) {
    const Lanes multiplier0 = lanes_of(0xD2511F53u);
    const Lanes multiplier1 = lanes_of(0xCD9E8D57u);
    Lanes x0[kLaneGroups], x1[kLaneGroups], x2[kLaneGroups], x3[kLaneGroups];
    for (int32_t g = 0; g < kLaneGroups; ++g) {
        /* A carry out of the lower half is lost, as in the counter word. */
        x0[g] = add_lanes(lanes_of(first_block + (uint32_t)(g * kLaneBlocks)), lane_numbers());
        x1[g] = lanes_of(stream.position);
        x2[g] = lanes_of(stream.epoch);
        x3[g] = lanes_of(stream.purpose);
    }
    uint32_t key0 = stream.key0;
    uint32_t key1 = stream.key1;
    for (int round = 0; round < 10; ++round) {
        const Lanes keys0 = lanes_of(key0);
        const Lanes keys1 = lanes_of(key1);
        for (int32_t g = 0; g < kLaneGroups; ++g) {
            const Lanes product0 = multiply_lanes(x0[g], multiplier0);
            const Lanes product1 = multiply_lanes(x2[g], multiplier1);
            x0[g] = mix_lanes(product1, x1[g], keys0);
            x1[g] = product1;
            x2[g] = mix_lanes(product0, x3[g], keys1);
            x3[g] = product0;
        }
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    for (int32_t g = 0; g < kLaneGroups; ++g) {
        store_words(x0[g], x1[g], x2[g], x3[g], words + 4 * kLaneBlocks * g);
    }
}

#endif

/* words[i] = word 4 * first_block + i of the stream, for `blocks` blocks. */
static inline void philox_words(const PhiloxStream& stream, uint32_t first_block, int32_t blocks, uint32_t* words) {
    int32_t i = 0;
#if defined(__AVX2__)
    for (; i + kLaneGroups * kLaneBlocks <= blocks; i += kLaneGroups * kLaneBlocks) {
        philox_group(stream, first_block + (uint32_t)i, words + 4 * i);
    }
#endif
    const int32_t rest = blocks - i;
    uint32_t* last = words + 4 * (int64_t)i;
#pragma omp simd
    for (int32_t j = 0; j < rest; ++j) {
        const PhiloxBlock block = philox_block(stream, first_block + (uint32_t)(i + j));
        last[4 * (int64_t)j] = block.x0;
        last[4 * (int64_t)j + 1] = block.x1;
        last[4 * (int64_t)j + 2] = block.x2;
        last[4 * (int64_t)j + 3] = block.x3;
    }
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

#endif
