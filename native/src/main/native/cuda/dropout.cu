/*
 * Dropout, alone and fused with bias and ReLU. A mask is Philox of (seed, epoch, position, feature): the backward pass
 * computes it anew, or reads it off the output's sign, and nothing is stored. A Philox block gives four features'
 * words, so a thread takes features by the four.
 */
#include "../functors/dropout.h"
#include "../functors/philox.h"
#include "elementwise.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* What to drop; the state adds epoch and position. */
struct Mask {
    uint64_t seed;
    uint32_t ordinal;
    uint32_t threshold;
    float scale;

    __device__ PhiloxStream stream(const convoke_step_state* state, int64_t image) const {
        return philox_stream(seed, (uint32_t)state->first_position + (uint32_t)image, (uint32_t)state->epoch,
                             Purpose::kDropout, ordinal);
    }
};

/* words = the W words from word 4 * block on. */
template <int W>
__device__ void make_words(const PhiloxStream& stream, uint32_t block, uint32_t (&words)[W]) {
    for (int i = 0; i < W; i += 4) {
        const PhiloxBlock four = philox_block(stream, block + (uint32_t)i / 4);
        words[i] = four.x0;
        words[i + 1] = four.x1;
        words[i + 2] = four.x2;
        words[i + 3] = four.x3;
    }
}

struct Drop {
    __device__ float operator()(float x, int32_t, uint32_t word, const Mask& mask) const {
        return dropout(x, word, mask.threshold, mask.scale);
    }
};

struct BiasReluDrop {
    const float* bias; /* [units] or null */

    __device__ float operator()(float x, int32_t unit, uint32_t word, const Mask& mask) const {
        return bias_relu_dropout(x, bias == nullptr ? 0.0f : bias[unit], word, mask.threshold, mask.scale);
    }
};

/* Features in canonical order, [count, units]: a thread takes a vector of them, whose words are whole blocks. */
template <class T, bool kWholeVectors, class Function>
__global__ void __launch_bounds__(kThreads)
    drop_features_kernel(const T* x, T* y, int64_t count, int32_t units, Mask mask, Function function,
                         const convoke_step_state* state) {
    constexpr int W = kVector<T>;
    const RowPlace<W> place(thread_index(), (units + W - 1) / W * W);
    if (place.row >= count) {
        return;
    }
    const int64_t image = place.row;
    const int32_t unit = place.channel;
    const int64_t at = image * units + unit;
    uint32_t words[W] = {};
    if (mask.threshold != 0) {
        make_words(mask.stream(state, image), (uint32_t)unit / 4, words);
    }
    if (kWholeVectors) {
        float values[W];
        load(x + at, values);
        for (int i = 0; i < W; ++i) {
            values[i] = function(values[i], unit + i, words[i], mask);
        }
        store(values, y + at);
    } else {
        for (int i = 0; i < W && unit + i < units; ++i) {
            y[at + i] = from_float<T>(function(to_float(x[at + i]), unit + i, words[i], mask));
        }
    }
}

template <class T, class Function>
void drop_features(Launch& launch, const T* x, T* y, int64_t count, int32_t units, const Mask& mask,
                   const Function& function, const convoke_step_state* state) {
    const dim3 blocks = blocks_for(count * ((units + kVector<T> - 1) / kVector<T>));
    if (units % kVector<T> == 0) {
        launch.add(drop_features_kernel<T, true, Function>, blocks, kThreads, x, y, count, units, mask, function,
                   state);
    } else {
        launch.add(drop_features_kernel<T, false, Function>, blocks, kThreads, x, y, count, units, mask, function,
                   state);
    }
}

/* Pixels that share a channel's Philox block. */
constexpr int kPixels = 4;

/*
 * [count, spatial, channels]: canonical order runs along pixels, so a thread takes W channels of four pixels. A
 * channel's four words lie in one block, or in two where `spatial` is no multiple of four.
 */
template <class T, int W>
__global__ void __launch_bounds__(kThreads)
    drop_pixels_kernel(const T* x, T* y, int64_t count, int32_t channels, int32_t spatial, Mask mask,
                       const convoke_step_state* state) {
    const int32_t groups = (spatial + kPixels - 1) / kPixels;
    const RowPlace<W> place(thread_index(), channels);
    if (place.row >= count * groups) {
        return;
    }
    const int64_t image = (uint32_t)place.row / (uint32_t)groups;
    const int32_t pixel = (int32_t)((uint32_t)place.row % (uint32_t)groups) * kPixels;
    const int64_t at = (image * spatial + pixel) * channels + place.channel;
    const PhiloxStream stream = mask.stream(state, image);
    float values[kPixels][W] = {};
    for (int p = 0; p < kPixels; ++p) {
        if (pixel + p < spatial) {
            load(x + at + (int64_t)p * channels, values[p]);
        }
    }
    /* Unrolled, so that the values stay in registers: a register cannot be indexed. */
#pragma unroll
    for (int i = 0; i < W; ++i) {
        const int64_t feature = (int64_t)(place.channel + i) * spatial + pixel;
        const int skipped = (int)(feature % 4);
        uint32_t words[8] = {};
        if (skipped == 0) {
            uint32_t four[4];
            make_words(stream, (uint32_t)(feature / 4), four);
            for (int p = 0; p < kPixels; ++p) {
                words[p] = four[p];
            }
        } else {
            make_words(stream, (uint32_t)(feature / 4), words);
        }
        for (int p = 0; p < kPixels; ++p) {
            /* Selected, not indexed, so that the words stay in registers. */
            const uint32_t word = skipped == 0   ? words[p]
                                  : skipped == 1 ? words[p + 1]
                                  : skipped == 2 ? words[p + 2]
                                                 : words[p + 3];
            values[p][i] = dropout(values[p][i], word, mask.threshold, mask.scale);
        }
    }
    for (int p = 0; p < kPixels; ++p) {
        if (pixel + p < spatial) {
            store(values[p], y + at + (int64_t)p * channels);
        }
    }
}

template <class T>
void drop_pixels(Launch& launch, const T* x, T* y, int64_t count, int32_t channels, int32_t spatial, const Mask& mask,
                 const convoke_step_state* state) {
    const int64_t groups = count * ((spatial + kPixels - 1) / kPixels);
    with_width<T>(channels, [&](auto width) {
        constexpr int W = decltype(width)::value;
        launch.add(drop_pixels_kernel<T, W>, blocks_for(groups * (channels / W)), kThreads, x, y, count, channels,
                   spatial, mask, state);
    });
}

struct ReluDropoutBackward {
    float scale;

    __device__ float operator()(float y, float dy) const { return relu_dropout_backward(y, dy, scale); }
};

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_dropout(int32_t type, const void* x, void* y, int32_t count, int32_t channels, int32_t spatial,
                             uint64_t seed, const convoke_step_state* state, uint32_t ordinal, uint32_t threshold,
                             float scale, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_dropout", stream);
        const int64_t features = (int64_t)channels * spatial;
        const T* in = launch.reads<T>("x", x, count * features);
        T* out = launch.writes<T>("y", y, count * features);
        const convoke_step_state* step = launch.reads<convoke_step_state>("state", state, 1);
        launch.require(features <= INT32_MAX, "an image has 2^31 features or more");
        const Mask mask{seed, ordinal, threshold, scale};
        if (spatial == 1 || channels == 1) {
            drop_features(launch, in, out, count, (int32_t)features, mask, Drop{}, step);
        } else {
            drop_pixels(launch, in, out, count, channels, spatial, mask, step);
        }
        return launch.submit();
    });
}

int32_t convoke_cuda_bias_relu_dropout_forward(int32_t type, const void* x, const float* bias, void* y, int32_t count,
                                               int32_t units, uint64_t seed, const convoke_step_state* state,
                                               uint32_t ordinal, uint32_t threshold, float scale,
                                               convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_bias_relu_dropout_forward", stream);
        const T* in = launch.reads<T>("x", x, (int64_t)count * units);
        const float* added = launch.reads<float>("bias", bias, bias == nullptr ? 0 : units);
        T* out = launch.writes<T>("y", y, (int64_t)count * units);
        const convoke_step_state* step = launch.reads<convoke_step_state>("state", state, 1);
        drop_features(launch, in, out, count, units, Mask{seed, ordinal, threshold, scale}, BiasReluDrop{added}, step);
        return launch.submit();
    });
}

int32_t convoke_cuda_relu_dropout_backward(int32_t type, const void* y, const void* dy, void* dx, int64_t count,
                                           float scale, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_relu_dropout_backward", stream);
        const T* output = launch.reads<T>("y", y, count);
        const T* gradient = launch.reads<T>("dy", dy, count);
        map_two(launch, output, gradient, launch.writes<T>("dx", dx, count), count, ReluDropoutBackward{scale});
        return launch.submit();
    });
}

}  // extern "C"
