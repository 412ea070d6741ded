/* Pooling over whole pictures, vectors along channels. A thread takes tiles of channels of single pictures. */
#include "../functors/pooling.h"
#include "parallel.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Channels that are held at once. */
constexpr int32_t kTile = 64;

/* Pixels that are summed in float before the sum goes on in double. */
constexpr int32_t kBlockPixels = 64;

/* Channels [first, first + wide) of picture `image`. */
struct Tile {
    int64_t image;
    int32_t first;
    int32_t wide;
};

/* Calls body(tile) for every tile of every picture. */
template <class Body>
static inline void for_tiles(int32_t n, int32_t pixels, int32_t channels, int32_t threads, const Body& body) {
    const int64_t tiles = ((int64_t)channels + kTile - 1) / kTile;
    const int32_t wide = channels < kTile ? channels : kTile;
    parallel_ranges(n * tiles, threads, images_worth_a_thread((int64_t)pixels * wide),
                    [&](int64_t begin, int64_t end, int) {
                        for (int64_t i = begin; i < end; ++i) {
                            const int32_t first = (int32_t)(i % tiles) * kTile;
                            body(Tile{i / tiles, first, channels - first < kTile ? channels - first : kTile});
                        }
                    });
}

void average(const float* x, int32_t pixels, int32_t channels, int32_t wide, float* y) {
    double sums[kTile] = {};
    for (int32_t block = 0; block < pixels; block += kBlockPixels) {
        const int32_t stop = pixels - block < kBlockPixels ? pixels : block + kBlockPixels;
        float partial[kTile] = {};
        for (int32_t pixel = block; pixel < stop; ++pixel) {
            const float* values = x + (int64_t)pixel * channels;
#pragma omp simd
            for (int32_t c = 0; c < wide; ++c) {
                partial[c] += values[c];
            }
        }
#pragma omp simd
        for (int32_t c = 0; c < wide; ++c) {
            sums[c] += (double)partial[c];
        }
    }
#pragma omp simd
    for (int32_t c = 0; c < wide; ++c) {
        y[c] = mean_of_pixels(sums[c], pixels);
    }
}

/* The maximum goes to `y`, which holds the best so far, where it was to `codes` [kTile]. */
void maximum(const float* x, int32_t pixels, int32_t channels, int32_t wide, float* y, int32_t* codes) {
#pragma omp simd
    for (int32_t c = 0; c < wide; ++c) {
        y[c] = x[c];
        codes[c] = 0;
    }
    for (int32_t pixel = 1; pixel < pixels; ++pixel) {
        const float* values = x + (int64_t)pixel * channels;
#pragma omp simd
        for (int32_t c = 0; c < wide; ++c) {
            const bool replaces = replaces_maximum(values[c], y[c]);
            y[c] = replaces ? values[c] : y[c];
            codes[c] = replaces ? pixel : codes[c];
        }
    }
}

/* Calls body(image, pixel, dx of the pixel) for every pixel of every picture. */
template <class Body>
static inline void for_pixels(int32_t n, int32_t pixels, int32_t channels, float* dx, int32_t threads,
                              const Body& body) {
    parallel_ranges((int64_t)n * pixels, threads, images_worth_a_thread(channels),
                    [&](int64_t begin, int64_t end, int) {
                        for (int64_t i = begin; i < end; ++i) {
                            body(i / pixels, (int32_t)(i % pixels), dx + i * channels);
                        }
                    });
}

}  // namespace

void global_average_pool_forward(const float* x, int32_t n, int32_t pixels, int32_t channels, float* y,
                                 int32_t threads) {
    for_tiles(n, pixels, channels, threads, [=](const Tile& tile) {
        average(x + tile.image * pixels * channels + tile.first, pixels, channels, tile.wide,
                y + tile.image * channels + tile.first);
    });
}

void global_average_pool_backward(const float* dy, int32_t n, int32_t pixels, int32_t channels, float* dx,
                                  int32_t threads) {
    for_pixels(n, pixels, channels, dx, threads, [=](int64_t image, int32_t, float* out) {
        const float* gradient = dy + image * channels;
#pragma omp simd
        for (int32_t c = 0; c < channels; ++c) {
            out[c] = shared_gradient(gradient[c], pixels);
        }
    });
}

void global_max_pool_forward(const float* x, int32_t n, int32_t pixels, int32_t channels, float* y, int32_t* codes,
                             int32_t threads) {
    for_tiles(n, pixels, channels, threads, [=](const Tile& tile) {
        int32_t found[kTile];
        const int64_t out = tile.image * channels + tile.first;
        maximum(x + tile.image * pixels * channels + tile.first, pixels, channels, tile.wide, y + out, found);
        for (int32_t c = 0; codes != nullptr && c < tile.wide; ++c) {
            codes[out + c] = found[c];
        }
    });
}

void global_max_pool_backward(const float* dy, const int32_t* codes, int32_t n, int32_t pixels, int32_t channels,
                              float* dx, int32_t threads) {
    for_pixels(n, pixels, channels, dx, threads, [=](int64_t image, int32_t pixel, float* out) {
        const float* gradient = dy + image * channels;
        const int32_t* found = codes + image * channels;
#pragma omp simd
        for (int32_t c = 0; c < channels; ++c) {
            out[c] = routed_gradient(gradient[c], found[c], pixel);
        }
    });
}

}  // namespace convoke::CONVOKE_ISA
