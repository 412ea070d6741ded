/*
 * Direct forward pass as dot products along channels: weights are used as they lie, [F][9 C], and so are the three
 * runs of 3 C floats that one output looks at. Nothing is prepared, so it is the choice for few images; and sums along
 * vectors are the most exact of the three forms.
 */
#include "fused_convolution_internal.h"
#include "fused_convolution_vector.h"

namespace convoke {
namespace CONVOKE_ISA {
namespace {

/* Filters of one step; with the 4 outputs of a window they fill the registers with sums. */
constexpr int kFilters = kWidth == 16 ? 4 : 2;

/* Vectors that hold the 4 * kFilters sums of a step once they are added up. */
constexpr int kSumVectors = 4 * kFilters / kWidth;

int64_t paddedFloats(const FusedShape& s) { return s.pad > 0 ? paddedImageFloats(s) : 0; }

int64_t outputFloats(const FusedShape& s) { return (int64_t)windowsOf(s) * 4 * s.f; }

/* The 4 outputs of one window for kFilters filters; patch at its corner, out [4, F] at the first filter. */
CONVOKE_INLINE void convolveWindow(const FusedShape& s, const float* patch, const float* weights, float* out) {
    const int64_t rowStride = (int64_t)paddedWidth(s) * s.c;
    const int64_t filterStride = 9 * (int64_t)s.c;
    Vec sums[kFilters * 4] = {};
    for (int ky = 0; ky < 3; ++ky) {
        const float* upper = patch + ky * rowStride;
        const float* lower = upper + rowStride;
        const float* w = weights + ky * 3 * s.c;
        for (int k = 0; k < 3 * s.c; k += kWidth) {
            const Vec x[4] = {load(upper + k), load(upper + s.c + k), load(lower + k), load(lower + s.c + k)};
#pragma GCC unroll 4
            for (int f = 0; f < kFilters; ++f) {
                const Vec value = load(w + f * filterStride + k);
#pragma GCC unroll 4
                for (int output = 0; output < 4; ++output) {
                    sums[f * 4 + output] = multiplyAdd(value, x[output], sums[f * 4 + output]);
                }
            }
        }
    }
    float lanes[4 * kFilters];
    for (int v = 0; v < kSumVectors; ++v) {
        store(lanes + v * kWidth, sumRows(sums + v * kWidth));
    }
    for (int output = 0; output < 4; ++output) {
        for (int f = 0; f < kFilters; ++f) {
            out[(int64_t)output * s.f + f] = lanes[f * 4 + output];
        }
    }
}

void forwardImage(const FusedShape& s, const ForwardArguments& a, int image, float* padded, float* out) {
    const int columns = pooledWidth(s);
    const int windows = windowsOf(s);
    const float* x = a.x + image * imageFloats(s);
    if (s.pad > 0) {
        padImages(s, x, 1, padded);
        x = padded;
    }
    for (int f = 0; f < s.f; f += kFilters) {
        for (int window = 0; window < windows; ++window) {
            const int row = 2 * (window / columns);
            const int column = 2 * (window % columns);
            convolveWindow(s, x + ((int64_t)row * paddedWidth(s) + column) * s.c, a.weights + 9 * (int64_t)f * s.c,
                           out + (int64_t)window * 4 * s.f + f);
        }
    }
    for (int window = 0; window < windows; ++window) {
        for (int f = 0; f < s.f; f += kWidth) {
            const float* z = out + (int64_t)window * 4 * s.f + f;
            const int64_t at = ((int64_t)image * windows + window) * s.f + f;
            poolWindow(load(z), load(z + s.f), load(z + 2 * s.f), load(z + 3 * s.f), load(a.bias + f), a.y + at,
                       a.codes == nullptr ? nullptr : a.codes + at);
        }
    }
}

} // namespace

int64_t directFloats(const FusedShape& s) { return paddedFloats(s) + outputFloats(s); }

void directForward(const FusedShape& s, const ForwardArguments& a, float* workspace) {
    for (int image = 0; image < s.n; ++image) {
        forwardImage(s, a, image, workspace, workspace + paddedFloats(s));
    }
}

} // namespace CONVOKE_ISA
} // namespace convoke
