/*
 * The fused group for one input channel, the first layer of every network. With 9 weights a filter there is nothing to
 * save by transforms: vectors run over filters, the 9 weights of a vector of filters stay in registers, and each step
 * computes one pooling window, 2x2 outputs, from its 4x4 patch of pixels.
 */
#include "fused_convolution_internal.h"
#include "fused_convolution_vector.h"

namespace convoke {
namespace CONVOKE_ISA {
namespace {

constexpr int kTaps = 9;

/* Vectors of filters whose weights and sums fit the registers at once. */
constexpr int kFilterVectors = kWidth == 16 ? 2 : 1;

int64_t paddedFloats(const FusedShape& s) { return s.pad > 0 ? (paddedImageFloats(s) + 15) / 16 * 16 : 0; }

int64_t gradientFloats(const FusedShape& s) { return (int64_t)(kTaps + 1) * s.f; }

/* One image, `Vectors` vectors of filters. image [PH', PW'] padded, weights [9, F], y and codes at the first filter. */
template <int Vectors>
void forwardFilters(const FusedShape& s, const float* image, const float* weights, const float* bias, float* y,
                    uint8_t* codes) {
    const int columns = pooledWidth(s);
    const int stride = paddedWidth(s);
    Vec w[kTaps][Vectors];
    for (int tap = 0; tap < kTaps; ++tap) {
        for (int v = 0; v < Vectors; ++v) {
            w[tap][v] = load(weights + tap * s.f + v * kWidth);
        }
    }
    for (int window = 0, p = 0; p < pooledHeight(s); ++p) {
        for (int q = 0; q < columns; ++q, ++window) {
            const float* patch = image + 2 * p * stride + 2 * q;
            Vec z[4][Vectors] = {};
#pragma GCC unroll 16
            for (int pixel = 0; pixel < 16; ++pixel) {
                const int row = pixel / 4;
                const int column = pixel % 4;
                const Vec value = broadcast(patch[row * stride + column]);
#pragma GCC unroll 4
                for (int output = 0; output < 4; ++output) {
                    const int ky = row - output / 2;
                    const int kx = column - output % 2;
                    if (ky >= 0 && ky < 3 && kx >= 0 && kx < 3) {
#pragma GCC unroll 2
                        for (int v = 0; v < Vectors; ++v) {
                            z[output][v] = multiplyAdd(value, w[ky * 3 + kx][v], z[output][v]);
                        }
                    }
                }
            }
            for (int v = 0; v < Vectors; ++v) {
                const int64_t at = (int64_t)window * s.f + v * kWidth;
                poolWindow(z[0][v], z[1][v], z[2][v], z[3][v], load(bias + v * kWidth), y + at,
                           codes == nullptr ? nullptr : codes + at);
            }
        }
    }
}

void forwardImage(const FusedShape& s, const ForwardArguments& a, int image, float* padded) {
    const float* x = a.x + image * imageFloats(s);
    if (s.pad > 0) {
        padImages(s, x, 1, padded);
        x = padded;
    }
    const int64_t out = (int64_t)image * windowsOf(s) * s.f;
    int f = 0;
    for (; f + kFilterVectors * kWidth <= s.f; f += kFilterVectors * kWidth) {
        forwardFilters<kFilterVectors>(s, x, a.weights + f, a.bias + f, a.y + out + f,
                                       a.codes == nullptr ? nullptr : a.codes + out + f);
    }
    for (; f < s.f; f += kWidth) {
        forwardFilters<1>(s, x, a.weights + f, a.bias + f, a.y + out + f,
                          a.codes == nullptr ? nullptr : a.codes + out + f);
    }
}

/*
 * The four pixels under one tap, one for each code of a window, as a table that a lane's code indexes. With 16 lanes
 * the whole 4x4 patch is one table and the tap shifts the index; with fewer the table holds 2x2 pixels, repeated.
 */
struct Patch {
#if defined(__AVX512F__)
    Vec pixels;

    Patch(const float* patch, int stride) {
        __m512 rows = _mm512_castps128_ps512(_mm_loadu_ps(patch));
        rows = _mm512_insertf32x4(rows, _mm_loadu_ps(patch + stride), 1);
        rows = _mm512_insertf32x4(rows, _mm_loadu_ps(patch + 2 * stride), 2);
        pixels = (Vec)_mm512_insertf32x4(rows, _mm_loadu_ps(patch + 3 * stride), 3);
    }

    /* codes 0, 1, 2, 3 are the patch's pixels 0, 1, 4, 5 */
    static CONVOKE_INLINE IntVec index(IntVec code) { return code + (code & 2); }

    CONVOKE_INLINE Vec under(int ky, int kx, IntVec index) const {
        return __builtin_shuffle(pixels, index + (ky * 4 + kx));
    }
#else
    const float* corner;
    int stride;

    Patch(const float* patch, int rowStride) : corner(patch), stride(rowStride) {}

    static CONVOKE_INLINE IntVec index(IntVec code) { return code; }

    CONVOKE_INLINE Vec under(int ky, int kx, IntVec index) const {
        const float* at = corner + ky * stride + kx;
#if defined(__x86_64__)
        const __m128 table =
            _mm_castsi128_ps(_mm_unpacklo_epi64(_mm_loadu_si64(at), _mm_loadu_si64(at + stride)));
#if defined(__AVX2__)
        return (Vec)_mm256_permutevar_ps(_mm256_set_m128(table, table), (__m256i)index);
#else
        return __builtin_shuffle((Vec)table, index);
#endif
#else
        Vec table = {at[0], at[1], at[stride], at[stride + 1]};
        return __builtin_shuffle(table, index);
#endif
    }
#endif
};

/* Gradients of `Vectors` vectors of filters over one image, added to `sums` [10, F]: 9 taps, then the bias. */
template <int Vectors>
void backwardFilters(const FusedShape& s, const float* image, const float* dy, const uint8_t* codes, float* sums) {
    const int columns = pooledWidth(s);
    const int stride = paddedWidth(s);
    Vec dw[kTaps][Vectors];
    Vec db[Vectors];
    for (int v = 0; v < Vectors; ++v) {
        for (int tap = 0; tap < kTaps; ++tap) {
            dw[tap][v] = Vec{};
        }
        db[v] = Vec{};
    }
    for (int window = 0, p = 0; p < pooledHeight(s); ++p) {
        for (int q = 0; q < columns; ++q, ++window) {
            const Patch patch(image + 2 * p * stride + 2 * q, stride);
#pragma GCC unroll 2
            for (int v = 0; v < Vectors; ++v) {
                const int64_t at = (int64_t)window * s.f + v * kWidth;
                const IntVec code = loadCodes(codes + at);
                const Vec g = code < CONVOKE_FUSED_CONVOLUTION_DEAD ? load(dy + at) : Vec{};
                const IntVec index = Patch::index(code & 3);
                db[v] += g;
#pragma GCC unroll 9
                for (int tap = 0; tap < kTaps; ++tap) {
                    dw[tap][v] = multiplyAdd(g, patch.under(tap / 3, tap % 3, index), dw[tap][v]);
                }
            }
        }
    }
    for (int v = 0; v < Vectors; ++v) {
        for (int tap = 0; tap <= kTaps; ++tap) {
            float* sum = sums + tap * s.f + v * kWidth;
            store(sum, load(sum) + (tap < kTaps ? dw[tap][v] : db[v]));
        }
    }
}

/* Sums [10, F] over images [from, to). */
void addImages(const FusedShape& s, const BackwardWeightsArguments& a, int from, int to, float* padded,
               float* sums) {
    __builtin_memset(sums, 0, sizeof(float) * gradientFloats(s));
    for (int image = from; image < to; ++image) {
        const float* x = a.x + image * imageFloats(s);
        if (s.pad > 0) {
            padImages(s, x, 1, padded);
            x = padded;
        }
        const int64_t at = (int64_t)image * windowsOf(s) * s.f;
        int f = 0;
        for (; f + kFilterVectors * kWidth <= s.f; f += kFilterVectors * kWidth) {
            backwardFilters<kFilterVectors>(s, x, a.dy + at + f, a.codes + at + f, sums + f);
        }
        for (; f < s.f; f += kWidth) {
            backwardFilters<1>(s, x, a.dy + at + f, a.codes + at + f, sums + f);
        }
    }
}

void backwardDataImage(const FusedShape& s, const BackwardDataArguments& a, int image) {
    float* dx = a.dx + image * imageFloats(s);
    __builtin_memset(dx, 0, sizeof(float) * imageFloats(s));
    const int windows = windowsOf(s);
    for (int window = 0; window < windows; ++window) {
        const int64_t at = ((int64_t)image * windows + window) * s.f;
        for (int f = 0; f < s.f; ++f) {
            const int code = a.codes[at + f];
            if (code >= CONVOKE_FUSED_CONVOLUTION_DEAD) {
                continue;
            }
            const int top = 2 * (window / pooledWidth(s)) + code / 2 - s.pad;
            const int left = 2 * (window % pooledWidth(s)) + code % 2 - s.pad;
            for (int tap = 0; tap < kTaps; ++tap) {
                const int row = top + tap / 3;
                const int column = left + tap % 3;
                if (row >= 0 && row < s.h && column >= 0 && column < s.w) {
                    dx[row * s.w + column] += a.dy[at + f] * a.weights[f * kTaps + tap];
                }
            }
        }
    }
}

} // namespace

int64_t singleChannelFilterFloats(const FusedShape& s) { return (int64_t)kTaps * s.f; }

/* weights [F, 9] -> [9, F] */
void singleChannelTransposeFilters(const FusedShape& s, const float* weights, int from, int to, float* transposed) {
    for (int filter = from; filter < to; ++filter) {
        for (int tap = 0; tap < kTaps; ++tap) {
            transposed[tap * s.f + filter] = weights[filter * kTaps + tap];
        }
    }
}

int64_t singleChannelFloats(const FusedShape& s) { return paddedFloats(s); }

void singleChannelForward(const FusedShape& s, const ForwardArguments& a, float* workspace) {
    for (int image = 0; image < s.n; ++image) {
        forwardImage(s, a, image, workspace);
    }
}

void singleChannelBackwardGroups(const FusedShape& s, const BackwardWeightsArguments& a, float* sums,
                                 float* workspace) {
    for (int group = 0; group * CONVOKE_FUSED_CONVOLUTION_GROUP < s.n; ++group) {
        const int from = group * CONVOKE_FUSED_CONVOLUTION_GROUP;
        addImages(s, a, from, smaller(s.n, from + CONVOKE_FUSED_CONVOLUTION_GROUP), workspace,
                  sums + group * gradientFloats(s));
    }
}

void singleChannelCombineGroups(const FusedShape& s, const float* sums, const BackwardWeightsArguments& a) {
    const int groups = ceilDiv(s.n, CONVOKE_FUSED_CONVOLUTION_GROUP);
    for (int tap = 0; tap <= kTaps; ++tap) {
        for (int f = 0; f < s.f; ++f) {
            float total = 0;
            for (int group = 0; group < groups; ++group) {
                total += sums[group * gradientFloats(s) + tap * s.f + f];
            }
            if (tap < kTaps) {
                a.dweights[f * kTaps + tap] = total;
            } else {
                a.dbias[f] = total;
            }
        }
    }
}

void singleChannelBackwardData(const FusedShape& s, const BackwardDataArguments& a) {
    for (int image = 0; image < s.n; ++image) {
        backwardDataImage(s, a, image);
    }
}

} // namespace CONVOKE_ISA
} // namespace convoke
