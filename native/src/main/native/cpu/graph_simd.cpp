/* Sums, concatenation and transposition: what a graph needs where its paths meet, part or become rows of features. */
#include "../functors/graph.h"
#include "parallel.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Side of the squares that a transposition takes at once: their lines stay in the first-level cache. */
constexpr int32_t kSquare = 16;

template <class Function>
static inline void map_two(const Function& function, const float* a, const float* b, float* y, int64_t count,
                           int32_t threads) {
    parallel_ranges(count, threads, kElementsWorthAThread, [=](int64_t begin, int64_t end, int) {
#pragma omp simd
        for (int64_t i = begin; i < end; ++i) {
            y[i] = function(a[i], b[i]);
        }
    });
}

void copy(const float* from, int32_t count, float* to) {
#pragma omp simd
    for (int32_t i = 0; i < count; ++i) {
        to[i] = from[i];
    }
}

int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/* Output rows [begin, end), which are input columns, of one matrix. */
void transpose_columns(const float* in, int32_t rows, int32_t columns, int32_t begin, int32_t end, float* out) {
    for (int32_t row = 0; row < rows; row += kSquare) {
        const int32_t wide = least(kSquare, rows - row);
        for (int32_t column = begin; column < end; ++column) {
            float* line = out + (int64_t)column * rows + row;
            const float* from = in + (int64_t)row * columns + column;
            for (int32_t i = 0; i < wide; ++i) {
                line[i] = from[(int64_t)i * columns];
            }
        }
    }
}

}  // namespace

void add(const float* a, const float* b, float* y, int64_t count, int32_t rectified, int32_t threads) {
    if (rectified != 0) {
        map_two(RectifiedSum{}, a, b, y, count, threads);
    } else {
        map_two(Sum{}, a, b, y, count, threads);
    }
}

void copy_channels(const float* from, int32_t from_channels, int32_t from_first, float* to, int32_t to_channels,
                   int32_t to_first, int64_t rows, int32_t channels, int32_t threads) {
    parallel_ranges(rows, threads, images_worth_a_thread(channels), [=](int64_t begin, int64_t end, int) {
        for (int64_t row = begin; row < end; ++row) {
            copy(from + row * from_channels + from_first, channels, to + row * to_channels + to_first);
        }
    });
}

void transpose_batch(const float* in, int32_t n, int32_t rows, int32_t columns, float* out, int32_t threads) {
    const int64_t size = (int64_t)rows * columns;
    const int64_t bands = ((int64_t)columns + kSquare - 1) / kSquare;
    parallel_ranges(
        n * bands, threads, images_worth_a_thread((int64_t)rows * kSquare), [=](int64_t begin, int64_t end, int) {
            for (int64_t band = begin; band < end; ++band) {
                const int64_t matrix = band / bands * size;
                const int32_t first = (int32_t)(band % bands) * kSquare;
                transpose_columns(in + matrix, rows, columns, first, least(columns, first + kSquare), out + matrix);
            }
        });
}

}  // namespace convoke::CONVOKE_ISA
