/* Pooling: how one more element of a window changes what is held, and which windows an input lies in. */
#ifndef CONVOKE_FUNCTORS_POOLING_H
#define CONVOKE_FUNCTORS_POOLING_H

#include "host_device.h"

namespace convoke::CONVOKE_ISA {

/* Whether a candidate replaces the maximum so far: greater, or not a number. Equal does not: the first one stays. */
CONVOKE_HD bool replaces_maximum(float candidate, float maximum) {
    return candidate > maximum || candidate != candidate;
}

/* A maximum and the place of it, of values that are looked at in any order; `place` is negative before the first. */
struct PlacedMaximum {
    float value;
    int32_t place;

    /* What looking at the values from the first place to the last with replaces_maximum would leave. */
    CONVOKE_HD void take(float candidate, int32_t at) {
        const bool after = at > place;
        const bool replaces = replaces_maximum(candidate, value);
        const bool stays = replaces_maximum(value, candidate);
        if (at >= 0 && (place < 0 || (after ? replaces : !stays))) {
            value = candidate;
            place = at;
        }
    }
};

/* The mean of a picture's pixels, and the share of its gradient that each gets. */
CONVOKE_HD float mean_of_pixels(double sum, int32_t pixels) { return (float)(sum / (double)pixels); }
CONVOKE_HD float shared_gradient(float dy, int32_t pixels) { return dy / (float)pixels; }

/* The gradient that a window hands to the element at position `code` inside it. */
CONVOKE_HD float routed_gradient(float dy, int32_t window_code, int32_t code) {
    return window_code == code ? dy : 0.0f;
}

/* Code of a window whose maximum ReLU does not let through; other codes are positions inside the window. */
constexpr int32_t kDeadWindow = 255;

/* What pooling and then ReLU leave of a window. */
struct ActiveMaximum {
    float value;
    int32_t code;
};

/* From a window's maximum and where it was; the bias, the same all over the window, is added last. */
CONVOKE_HD ActiveMaximum active_maximum(float maximum, int32_t code, float bias) {
    const float sum = maximum + bias;
    return ActiveMaximum{sum < 0.0f ? 0.0f : sum, sum > 0.0f ? code : kDeadWindow};
}

/* A range of indices, [begin, end). */
struct Span {
    int32_t begin;
    int32_t end;
};

/* Along one axis: the input positions of window `output` that lie inside [0, size). */
CONVOKE_HD Span window_span(int32_t output, int32_t stride, int32_t padding, int32_t window, int32_t size) {
    const int32_t start = output * stride - padding;
    const int32_t end = start + window;
    return Span{start > 0 ? start : 0, end < size ? end : size};
}

/* Along one axis: the windows, of `outputs` many, that input position `input` lies in. */
CONVOKE_HD Span covering_windows(int32_t input, int32_t stride, int32_t padding, int32_t window, int32_t outputs) {
    const int32_t shifted = input + padding;
    const int32_t first = shifted < window ? 0 : (shifted - window) / stride + 1;
    const int32_t last = shifted / stride;
    return Span{first, last < outputs - 1 ? last + 1 : outputs};
}

}  // namespace convoke::CONVOKE_ISA

#endif
