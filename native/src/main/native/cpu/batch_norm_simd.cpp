/*
 * Batch normalisation, vectors along channels. A chunk of rows adds blocks of rows in float and the blocks in double;
 * chunks are combined in order, so that the sums depend neither on threads nor on the vector width.
 */
#include "../functors/batch_norm.h"
#include "optional.h"
#include "parallel.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Channels that are summed at once. */
constexpr int32_t kTile = 64;

/* Rows that are summed in float before the sum goes on in double. */
constexpr int64_t kBlockRows = 64;

/* sums[c] += the sum of term(index, c) over the rows [begin, end), index the element's place. */
template <class Term>
static inline void sum_columns(int64_t begin, int64_t end, int32_t channels, double* sums, const Term& term) {
    for (int32_t tile = 0; tile < channels; tile += kTile) {
        const int32_t wide = channels - tile < kTile ? channels - tile : kTile;
        for (int64_t block = begin; block < end; block += kBlockRows) {
            const int64_t stop = end - block < kBlockRows ? end : block + kBlockRows;
            float partial[kTile] = {};
            for (int64_t row = block; row < stop; ++row) {
                const int64_t at = row * channels + tile;
#pragma omp simd
                for (int32_t c = 0; c < wide; ++c) {
                    partial[c] += term(at + c, tile + c);
                }
            }
            for (int32_t c = 0; c < wide; ++c) {
                sums[tile + c] += (double)partial[c];
            }
        }
    }
}

/* sums[chunk][c] for each chunk of rows, then sums[0][c] their total. */
template <class Term>
static inline void column_sums(int64_t rows, int32_t channels, int32_t threads, double* sums, const Term& term) {
    parallel_chunks(rows, rows * channels, threads, [&](int chunk, int64_t begin, int64_t end) {
        double* of_chunk = sums + (int64_t)chunk * channels;
        for (int32_t c = 0; c < channels; ++c) {
            of_chunk[c] = 0.0;
        }
        sum_columns(begin, end, channels, of_chunk, term);
    });
    for (int chunk = 1; chunk < CONVOKE_CHUNKS; ++chunk) {
        for (int32_t c = 0; c < channels; ++c) {
            sums[c] += sums[(int64_t)chunk * channels + c];
        }
    }
}

/* y[row][c] = body(index, c), row by row. */
template <class Body>
static inline void for_rows(int64_t rows, int32_t channels, int32_t threads, float* y, const Body& body) {
    parallel_ranges(rows, threads, images_worth_a_thread(channels), [&](int64_t begin, int64_t end, int) {
        for (int64_t row = begin; row < end; ++row) {
            const int64_t at = row * channels;
#pragma omp simd
            for (int32_t c = 0; c < channels; ++c) {
                y[at + c] = body(at + c, c);
            }
        }
    });
}

}  // namespace

void batch_norm_forward(const float* x, int64_t rows, int32_t channels, const float* gamma, const float* beta,
                        float epsilon, float momentum, int32_t running_kind, float* running_mean,
                        float* running_variance, float* mean, float* inv_std, float* y, void* workspace,
                        int32_t threads) {
    double* sums = (double*)workspace;
    float* factor = (float*)(sums + (int64_t)CONVOKE_CHUNKS * channels);
    float* shift = factor + channels;
    column_sums(rows, channels, threads, sums, [=](int64_t at, int32_t) { return x[at]; });
    for (int32_t c = 0; c < channels; ++c) {
        mean[c] = (float)(sums[c] / (double)rows);
        running_mean[c] = running_average(running_mean[c], mean[c], momentum);
    }
    column_sums(rows, channels, threads, sums, [=](int64_t at, int32_t c) {
        const float distance = x[at] - mean[c];
        return distance * distance;
    });
    const double divisor = running_kind == CONVOKE_UNBIASED && rows > 1 ? (double)(rows - 1) : (double)rows;
    for (int32_t c = 0; c < channels; ++c) {
        inv_std[c] = inverse_deviation((float)(sums[c] / (double)rows), epsilon);
        running_variance[c] = running_average(running_variance[c], (float)(sums[c] / divisor), momentum);
        factor[c] = inv_std[c] * (gamma == nullptr ? 1.0f : gamma[c]);
        shift[c] = beta == nullptr ? 0.0f : beta[c];
    }
    for_rows(rows, channels, threads, y,
             [=](int64_t at, int32_t c) { return normalise(x[at], mean[c], factor[c], shift[c]); });
}

void batch_norm_backward(const float* x, const float* dy, int64_t rows, int32_t channels, const float* gamma,
                         const float* mean, const float* inv_std, float* dgamma, float* dbeta, float* dx,
                         void* workspace, int32_t threads) {
    double* sums = (double*)workspace;
    float* factor = (float*)(sums + (int64_t)CONVOKE_CHUNKS * channels);
    float* mean_dy = factor + channels;
    float* slope = mean_dy + channels;
    column_sums(rows, channels, threads, sums, [=](int64_t at, int32_t) { return dy[at]; });
    for (int32_t c = 0; c < channels; ++c) {
        if (dbeta != nullptr) {
            dbeta[c] = (float)sums[c];
        }
        mean_dy[c] = (float)(sums[c] / (double)rows);
    }
    column_sums(rows, channels, threads, sums,
                [=](int64_t at, int32_t c) { return dy[at] * ((x[at] - mean[c]) * inv_std[c]); });
    for (int32_t c = 0; c < channels; ++c) {
        if (dgamma != nullptr) {
            dgamma[c] = (float)sums[c];
        }
        factor[c] = (gamma == nullptr ? 1.0f : gamma[c]) * inv_std[c];
        slope[c] = (float)(sums[c] / (double)rows) * inv_std[c];
    }
    for_rows(rows, channels, threads, dx, [=](int64_t at, int32_t c) {
        return normalise_backward(x[at], dy[at], mean[c], factor[c], mean_dy[c], slope[c]);
    });
}

void batch_norm_inference(const float* x, int64_t rows, int32_t channels, const float* gamma, const float* beta,
                          float epsilon, const float* running_mean, const float* running_variance, float* y,
                          int32_t threads) {
    with_optional(gamma, 1.0f, [=](auto scale) {
        with_optional(beta, 0.0f, [=](auto shift) {
            for_rows(rows, channels, threads, y, [=](int64_t at, int32_t c) {
                const float factor = inverse_deviation(running_variance[c], epsilon) * scale(c);
                return normalise(x[at], running_mean[c], factor, shift(c));
            });
        });
    });
}

}  // namespace convoke::CONVOKE_ISA
