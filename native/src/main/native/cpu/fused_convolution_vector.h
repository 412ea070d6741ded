/*
 * Vectors of the instruction set that the including file is compiled for: 16 floats with AVX-512, 8 with AVX2 and FMA,
 * else 4. Everything has internal linkage, see fused_convolution_internal.h.
 */
#ifndef CONVOKE_FUSED_CONVOLUTION_VECTOR_H
#define CONVOKE_FUSED_CONVOLUTION_VECTOR_H

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace convoke {
namespace {

#if defined(__AVX512F__)
constexpr int kWidth = 16;
#elif defined(__AVX2__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif

typedef float Vec __attribute__((vector_size(4 * kWidth)));
typedef int32_t IntVec __attribute__((vector_size(4 * kWidth)));
typedef uint8_t ByteVec __attribute__((vector_size(kWidth)));
typedef float UnalignedVec __attribute__((vector_size(4 * kWidth), aligned(4), may_alias));
typedef uint8_t UnalignedByteVec __attribute__((vector_size(kWidth), aligned(1), may_alias));

#define CONVOKE_INLINE inline __attribute__((always_inline))

CONVOKE_INLINE Vec load(const float* p) { return *reinterpret_cast<const UnalignedVec*>(p); }
CONVOKE_INLINE void store(float* p, Vec v) { *reinterpret_cast<UnalignedVec*>(p) = v; }

CONVOKE_INLINE Vec broadcast(float s) {
#if defined(__AVX512F__)
    return (Vec)_mm512_set1_ps(s);
#elif defined(__AVX2__)
    return (Vec)_mm256_set1_ps(s);
#elif defined(__x86_64__)
    return (Vec)_mm_set1_ps(s);
#else
    return Vec{s, s, s, s};
#endif
}

/* a * b + c; rounded once where the instruction set can. */
CONVOKE_INLINE Vec multiplyAdd(Vec a, Vec b, Vec c) {
#if defined(__AVX512F__)
    return (Vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
    return (Vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    return (Vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return a * b + c;
#endif
}

/* c - a * b */
CONVOKE_INLINE Vec multiplySubtract(Vec a, Vec b, Vec c) {
#if defined(__AVX512F__)
    return (Vec)_mm512_fnmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
    return (Vec)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    return (Vec)vfmsq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return c - a * b;
#endif
}

/* Whether any bit is set. */
CONVOKE_INLINE bool anyBit(IntVec v) {
#if defined(__AVX512F__)
    return _mm512_test_epi32_mask((__m512i)v, (__m512i)v) != 0;
#elif defined(__AVX2__)
    return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#elif defined(__SSE4_1__)
    return !_mm_testz_si128((__m128i)v, (__m128i)v);
#else
    int32_t bits = 0;
    for (int lane = 0; lane < kWidth; ++lane) {
        bits |= v[lane];
    }
    return bits != 0;
#endif
}

/* kWidth bytes as integers. */
CONVOKE_INLINE IntVec loadCodes(const uint8_t* codes) {
#if defined(__AVX512F__)
    /* The form with a mask: GCC 12 warns about its own header in the plain one. */
    return (IntVec)_mm512_maskz_cvtepu8_epi32(0xFFFF, _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes)));
#elif defined(__AVX2__)
    return (IntVec)_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes)));
#elif defined(__SSE4_1__)
    int32_t four;
    __builtin_memcpy(&four, codes, sizeof four);
    return (IntVec)_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four));
#else
    return __builtin_convertvector(*reinterpret_cast<const UnalignedByteVec*>(codes), IntVec);
#endif
}

/* Integers 0..255 as kWidth bytes. */
CONVOKE_INLINE void storeCodes(uint8_t* codes, IntVec code) {
#if defined(__AVX512F__) || !defined(__x86_64__)
    *reinterpret_cast<UnalignedByteVec*>(codes) = __builtin_convertvector(code, ByteVec);
#elif defined(__AVX2__)
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128((__m256i)code),
                                          _mm256_extracti128_si256((__m256i)code, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(codes), _mm_packus_epi16(words, words));
#else
    const __m128i words = _mm_packs_epi32((__m128i)code, (__m128i)code);
    const int32_t four = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    __builtin_memcpy(codes, &four, sizeof four);
#endif
}

/* One step of a transposition: the odd blocks of `Distance` lanes of `a` and the even ones of `b` change places. */
template <int Distance>
CONVOKE_INLINE void exchange(Vec& a, Vec& b) {
    IntVec first;
    IntVec second;
    for (int j = 0; j < kWidth; ++j) {
        first[j] = (j & Distance) ? kWidth + j - Distance : j;
        second[j] = (j & Distance) ? kWidth + j : j + Distance;
    }
    Vec low = __builtin_shuffle(a, b, first);
    b = __builtin_shuffle(a, b, second);
    a = low;
}

template <int Distance>
CONVOKE_INLINE void transposeSteps(Vec* rows) {
    if constexpr (Distance > 0) {
#pragma GCC unroll 16
        for (int i = 0; i < kWidth; ++i) {
            if ((i & Distance) == 0) {
                exchange<Distance>(rows[i], rows[i + Distance]);
            }
        }
        transposeSteps<Distance / 2>(rows);
    }
}

/* Transposes kWidth x kWidth floats in place. */
CONVOKE_INLINE void transpose(Vec* rows) { transposeSteps<kWidth / 2>(rows); }

/* rows[0] lane i = sum of the lanes of rows[i], for kWidth rows; the others are destroyed. */
template <int Distance>
CONVOKE_INLINE void sumRowsSteps(Vec* rows) {
    if constexpr (Distance > 0) {
#pragma GCC unroll 8
        for (int i = 0; i < Distance; ++i) {
            exchange<Distance>(rows[i], rows[i + Distance]);
            rows[i] += rows[i + Distance];
        }
        sumRowsSteps<Distance / 2>(rows);
    }
}

CONVOKE_INLINE Vec sumRows(Vec* rows) {
    sumRowsSteps<kWidth / 2>(rows);
    return rows[0];
}

/* The end of the forward pass for one window: maximum, bias, ReLU and the code of the window. */
CONVOKE_INLINE void poolWindow(Vec v0, Vec v1, Vec v2, Vec v3, Vec bias, float* y, uint8_t* codes) {
    IntVec code = {};
    Vec best = v0;
    IntVec greater = v1 > best;
    best = greater ? v1 : best;
    code = greater ? IntVec{} + 1 : code;
    greater = v2 > best;
    best = greater ? v2 : best;
    code = greater ? IntVec{} + 2 : code;
    greater = v3 > best;
    best = greater ? v3 : best;
    code = greater ? IntVec{} + 3 : code;
    best += bias;
    IntVec dead = best <= Vec{};
    store(y, dead ? Vec{} : best);
    if (codes != nullptr) {
        code = dead ? IntVec{} + CONVOKE_FUSED_CONVOLUTION_DEAD : code;
        storeCodes(codes, code);
    }
}

/* Copies `images` images into a border of zeros: [H, W, C] -> [H + 2 pad, W + 2 pad, C]. */
CONVOKE_INLINE void padImages(const FusedShape& s, const float* x, int images, float* padded) {
    const int64_t rowFloats = (int64_t)s.w * s.c;
    const int64_t borderFloats = (int64_t)s.pad * s.c;
    const int64_t paddedRow = rowFloats + 2 * borderFloats;
    for (int i = 0; i < images; ++i) {
        __builtin_memset(padded, 0, sizeof(float) * s.pad * paddedRow);
        float* to = padded + s.pad * paddedRow;
        for (int row = 0; row < s.h; ++row, to += paddedRow, x += rowFloats) {
            __builtin_memset(to, 0, sizeof(float) * borderFloats);
            __builtin_memcpy(to + borderFloats, x, sizeof(float) * rowFloats);
            __builtin_memset(to + borderFloats + rowFloats, 0, sizeof(float) * borderFloats);
        }
        __builtin_memset(to, 0, sizeof(float) * s.pad * paddedRow);
        padded += paddedImageFloats(s);
    }
}

} // namespace
} // namespace convoke

#endif
