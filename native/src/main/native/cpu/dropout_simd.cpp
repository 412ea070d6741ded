/* Dropout, and its backward pass behind ReLU. Masks come from counters, so nothing is stored between the passes. */
#include "../functors/dropout.h"
#include "parallel.h"
#include "philox_vector.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Words that are made at once, on the stack. */
constexpr int32_t kTileWords = 1024;

/*
 * A tile of a spatial tensor: channels side by side, pixels below each other. A channel's pixels may begin in the
 * middle of a block, so that 61 of them always lie within 16 blocks.
 */
constexpr int32_t kTileChannels = 16;
constexpr int32_t kTileBlocks = 16;
constexpr int32_t kTilePixels = 4 * kTileBlocks - 3;

struct Rate {
    uint32_t threshold;
    float scale;
};

void drop(const float* x, const uint32_t* words, int32_t count, Rate rate, float* y) {
#pragma omp simd
    for (int32_t i = 0; i < count; ++i) {
        y[i] = dropout(x[i], words[i], rate.threshold, rate.scale);
    }
}

/*
 * Words for features [begin, begin + count). What they are for, x and y at `begin`, is asked of the memory a little at
 * a time, and comes while words are made.
 */
void make_words(const PhiloxStream& stream, int64_t begin, int32_t count, const float* x, const float* y,
                uint32_t* words) {
    constexpr int32_t kStep = 128;
    constexpr int32_t kLineFloats = 16;
    for (int32_t i = 0; i < count; i += kStep) {
        const int32_t some = count - i < kStep ? count - i : kStep;
        for (int32_t j = i; j < i + some; j += kLineFloats) {
            __builtin_prefetch(x + j);
            __builtin_prefetch(y + j, 1);
        }
        philox_words(stream, (uint32_t)((begin + i) / 4), (some + 3) / 4, words + i);
    }
}

/* One image whose features lie in canonical order. */
void drop_features(const PhiloxStream& stream, const float* x, float* y, int64_t features, Rate rate) {
    alignas(64) uint32_t words[kTileWords];
    for (int64_t begin = 0; begin < features; begin += kTileWords) {
        const int32_t count = (int32_t)(features - begin < kTileWords ? features - begin : kTileWords);
        make_words(stream, begin, count, x + begin, y + begin, words);
        drop(x + begin, words, count, rate, y + begin);
    }
}

/* words[pixel][channel] for a tile of channels and pixels; canonical order runs along pixels. */
void make_tile(const PhiloxStream& stream, int32_t spatial, int32_t channel, int32_t channels, int32_t pixel,
               int32_t pixels, uint32_t (*words)[kTileChannels]) {
    alignas(64) uint32_t line[4 * kTileBlocks];
    for (int32_t c = 0; c < channels; ++c) {
        const int64_t first = (int64_t)(channel + c) * spatial + pixel;
        const int32_t skipped = (int32_t)(first % 4);
        philox_words(stream, (uint32_t)(first / 4), kTileBlocks, line);
        for (int32_t p = 0; p < pixels; ++p) {
            words[p][c] = line[skipped + p];
        }
    }
}

/* One image [spatial, channels]. */
void drop_image(const PhiloxStream& stream, const float* x, float* y, int32_t channels, int32_t spatial, Rate rate) {
    alignas(64) uint32_t words[kTilePixels][kTileChannels];
    for (int32_t channel = 0; channel < channels; channel += kTileChannels) {
        const int32_t wide = channels - channel < kTileChannels ? channels - channel : kTileChannels;
        for (int32_t pixel = 0; pixel < spatial; pixel += kTilePixels) {
            const int32_t deep = spatial - pixel < kTilePixels ? spatial - pixel : kTilePixels;
            make_tile(stream, spatial, channel, wide, pixel, deep, words);
            for (int32_t p = 0; p < deep; ++p) {
                const int64_t at = (int64_t)(pixel + p) * channels + channel;
                drop(x + at, words[p], wide, rate, y + at);
            }
        }
    }
}

}  // namespace

void dropout(const float* x, float* y, int32_t count, int32_t channels, int32_t spatial, uint64_t seed, uint32_t epoch,
             uint32_t first_position, uint32_t ordinal, uint32_t threshold, float scale, int32_t threads) {
    const int64_t features = (int64_t)channels * spatial;
    const Rate rate{threshold, scale};
    parallel_ranges(count, threads, images_worth_a_thread(features), [=](int64_t begin, int64_t end, int) {
        for (int64_t n = begin; n < end; ++n) {
            const PhiloxStream stream =
                philox_stream(seed, first_position + (uint32_t)n, epoch, Purpose::kDropout, ordinal);
            if (spatial == 1 || channels == 1) {
                drop_features(stream, x + n * features, y + n * features, features, rate);
            } else {
                drop_image(stream, x + n * features, y + n * features, channels, spatial, rate);
            }
        }
    });
}

void relu_dropout_backward(const float* y, const float* dy, float* dx, int64_t count, float scale, int32_t threads) {
    parallel_ranges(count, threads, kElementsWorthAThread, [=](int64_t begin, int64_t end, int) {
#pragma omp simd
        for (int64_t i = begin; i < end; ++i) {
            dx[i] = relu_dropout_backward(y[i], dy[i], scale);
        }
    });
}

}  // namespace convoke::CONVOKE_ISA
