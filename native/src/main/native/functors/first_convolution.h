/* The first convolution: a 3x3 kernel over one channel, with bias, ReLU and 2x2 max pooling behind it. */
#ifndef CONVOKE_FUNCTORS_FIRST_CONVOLUTION_H
#define CONVOKE_FUNCTORS_FIRST_CONVOLUTION_H

#include "pooling.h"

namespace convoke::CONVOKE_ISA {

/* The inputs that one pooled output depends on: 4x4 pixels, row by row, from its window's first tap on. */
struct Patch {
    float pixel[16];
};

/* a * b + c, rounded once on every processor. */
CONVOKE_HD float fused_multiply_add(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

/* The convolution at element `code` of the window, without bias; kernel[k * stride] is tap k, row by row. */
CONVOKE_HD float convolve(const Patch& patch, int32_t code, const float* kernel, int32_t stride) {
    const int32_t corner = (code >> 1) * 4 + (code & 1);
    float sum = 0.0f;
    for (int32_t tap = 0; tap < 9; ++tap) {
        sum = fused_multiply_add(patch.pixel[corner + tap / 3 * 4 + tap % 3], kernel[tap * stride], sum);
    }
    return sum;
}

/* The group's output for one filter, and its window's code. */
CONVOKE_HD ActiveMaximum convolve_and_pool(const Patch& patch, const float* kernel, int32_t stride, float bias) {
    float best = convolve(patch, 0, kernel, stride);
    int32_t code = 0;
    for (int32_t candidate = 1; candidate < 4; ++candidate) {
        const float value = convolve(patch, candidate, kernel, stride);
        const bool replaces = replaces_maximum(value, best);
        best = replaces ? value : best;
        code = replaces ? candidate : code;
    }
    return active_maximum(best, code, bias);
}

}  // namespace convoke::CONVOKE_ISA

#endif
