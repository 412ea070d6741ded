/*
 * Sums of the columns of [rows, channels], for biases, batch normalisation and whatever else reduces over rows. A
 * thread keeps a vector of neighbouring channels and walks down the rows, so that a warp's loads lie side by side.
 */
#ifndef CONVOKE_CUDA_COLUMNS_H
#define CONVOKE_CUDA_COLUMNS_H

#include "sums.h"

namespace convoke::CONVOKE_ISA {

/* Vectors side by side in a block, at most; its other threads take further rows. */
constexpr int32_t kMostTile = 32;

/* Row blocks of a grid, at most, and the rows for which a further one is worth its place among the partial sums. */
constexpr int64_t kMostRowBlocks = 256;
constexpr int32_t kRowsOfThread = 8;
/* The same where a row takes several stores, which no later load passes: more blocks, shorter walks. */
constexpr int32_t kStoredRowsOfThread = 2;

/*
 * Blocks of these kernels that are to fit on a multiprocessor together. Their grids are small and their loops hold the
 * loads of several rows: without a number the compiler aims at full occupancy, which nobody needs, and spills for it.
 */
constexpr int kResidentBlocks = 2;

/* How a grid shares the rows and channels: blockIdx.x goes over rows, blockIdx.y over tiles of channels. */
struct Columns {
    int64_t rows;
    int32_t channels;
    int32_t tile;  /* vectors of a block */
    int32_t lanes; /* rows that a block takes at once */
};

inline Columns make_columns(int64_t rows, int32_t channels, int32_t width, int32_t most_tile) {
    const int32_t vectors = channels / width;
    const int32_t tile = vectors < most_tile ? vectors : most_tile;
    return Columns{rows, channels, tile, kThreads / tile};
}

inline dim3 column_blocks(const Columns& columns, int32_t width, int32_t rows_of_thread = kRowsOfThread) {
    const int64_t worth = columns.rows / (columns.lanes * rows_of_thread);
    const int64_t rows = worth < 1 ? 1 : (worth < kMostRowBlocks ? worth : kMostRowBlocks);
    return dim3((unsigned)rows, (unsigned)((columns.channels / width + columns.tile - 1) / columns.tile));
}

/* Bytes of `sums` partial sums for every channel and row block, whatever the width. */
inline int64_t column_workspace_bytes(int64_t rows, int32_t channels, int32_t sums,
                                      int32_t rows_of_thread = kRowsOfThread) {
    const int64_t blocks = rows / (kThreads / kMostTile * rows_of_thread) + 1;
    return (blocks < kMostRowBlocks ? blocks : kMostRowBlocks) * sums * channels * (int64_t)sizeof(float);
}

/* What a thread has of the columns. */
template <int W>
struct ColumnPlace {
    int32_t vector; /* of the block's tile */
    int32_t lane;
    int32_t channel;
    bool used;

    __device__ explicit ColumnPlace(const Columns& columns)
        : vector((int32_t)threadIdx.x % columns.tile),
          lane((int32_t)threadIdx.x / columns.tile),
          channel(((int32_t)blockIdx.y * columns.tile + vector) * W),
          used(lane < columns.lanes && channel < columns.channels) {}
};

/*
 * totals[sum][vector * W + i] = what the block's threads have in sums[sum][i] for this vector, lane after lane. Every
 * thread must come here; all may read the totals afterwards, until one comes here again.
 */
template <int kSums, int W>
__device__ void add_lanes(const Columns& columns, const float (&sums)[kSums][W],
                          double (&totals)[kSums][kMostTile * W]) {
    /* Rows so far apart that the W channels of the vectors beside each other lie in 32 different banks. */
    __shared__ float of_thread[kSums * W][kThreads + (W > 1 ? 32 / W : 0)];
    __syncthreads();
    for (int s = 0; s < kSums; ++s) {
        for (int i = 0; i < W; ++i) {
            of_thread[s * W + i][threadIdx.x] = sums[s][i];
        }
    }
    __syncthreads();
    const int32_t values = columns.tile * W;
    for (int32_t v = (int32_t)threadIdx.x; v < kSums * values; v += kThreads) {
        const int32_t sum = v / values;
        const int32_t column = v % values;
        double total = 0.0;
        for (int32_t lane = 0; lane < columns.lanes; ++lane) {
            total += (double)of_thread[sum * W + column % W][lane * columns.tile + column / W];
        }
        totals[sum][column] = total;
    }
    __syncthreads();
}

/* finish(sum, channel, total) for each of [sums, channels], from the partial sums [blocks, sums, channels]. */
template <int kSums, class Finish>
__device__ void finish_columns(const float* partials, int32_t blocks, int32_t channels, const Finish& finish) {
    __shared__ double of_slice[kThreads];
    const int32_t values = kSums * channels;
    const int32_t wide = values < kThreads ? values : kThreads;
    const int32_t slices = kThreads / wide;
    const int32_t slice = (int32_t)threadIdx.x / wide;
    for (int32_t first = 0; first < values; first += wide) {
        const int32_t value = first + (int32_t)threadIdx.x % wide;
        double sum = 0.0;
        if (slice < slices && value < values) {
            for_steps(slice, blocks, slices,
                      [&](int64_t b) { sum += (double)load_published(partials + b * values + value); });
        }
        __syncthreads();
        of_slice[threadIdx.x] = sum;
        __syncthreads();
        if (slice == 0 && value < values) {
            double total = 0.0;
            for (int32_t s = 0; s < slices; ++s) {
                total += of_slice[s * wide + (int32_t)threadIdx.x];
            }
            finish(value / channels, value % channels, total);
        }
    }
}

/*
 * Sums over all rows: term(row, channel, sums) adds one row's share of W channels to sums[kSums][W]; finish(sum,
 * channel, total) takes what came of it.
 */
template <int W, int kSums, class Term, class Finish>
__global__ void __launch_bounds__(kThreads, kResidentBlocks)
    column_sums_kernel(Columns columns, Term term, Finish finish, float* partials /* [blocks, kSums, channels] */,
                       convoke_step_state* state) {
    __shared__ double totals[kSums][kMostTile * W];
    const ColumnPlace<W> place(columns);
    float sums[kSums][W] = {};
    if (place.used) {
        for_steps((int64_t)blockIdx.x * columns.lanes + place.lane, columns.rows, (int64_t)gridDim.x * columns.lanes,
                  [&](int64_t row) { term(row, place.channel, sums); });
    }
    add_lanes(columns, sums, totals);
    if (place.used && place.lane == 0) {
        for (int s = 0; s < kSums; ++s) {
            float* of_block = partials + ((int64_t)blockIdx.x * kSums + s) * columns.channels + place.channel;
            for (int i = 0; i < W; ++i) {
                of_block[i] = (float)totals[s][place.vector * W + i];
            }
        }
    }
    if (is_last_block(state)) {
        finish_columns<kSums>(partials, (int32_t)gridDim.x, columns.channels, finish);
    }
}

template <int W, int kSums, class Term, class Finish>
void add_column_sums(Launch& launch, int64_t rows, int32_t channels, const Term& term, const Finish& finish,
                     float* partials, convoke_step_state* state, int32_t rows_of_thread = kRowsOfThread) {
    const Columns columns = make_columns(rows, channels, W, kMostTile);
    launch.add(column_sums_kernel<W, kSums, Term, Finish>, column_blocks(columns, W, rows_of_thread), kThreads, columns,
               term, finish, partials, state);
}

/* A term: the columns' own sums. */
template <class T>
struct ColumnTerm {
    const T* x; /* [rows, channels] */
    int32_t channels;

    template <int W>
    __device__ void operator()(int64_t row, int32_t channel, float (&sums)[1][W]) const {
        float values[W];
        load(x + row * channels + channel, values);
        for (int i = 0; i < W; ++i) {
            sums[0][i] += values[i];
        }
    }
};

/* A finish: the sums as they are. */
struct StoreSums {
    float* sums; /* [channels] */

    __device__ void operator()(int32_t, int32_t channel, double total) const { sums[channel] = (float)total; }
};

}  // namespace convoke::CONVOKE_ISA

#endif
