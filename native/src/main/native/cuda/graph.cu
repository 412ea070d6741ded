/* Sums, concatenation and transposition: what a graph needs where its paths meet, part or become rows of features. */
#include "../functors/graph.h"
#include "elementwise.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Rows of `from` and `to` that share `channels` channels, from a first one each. */
struct Slices {
    int64_t rows;
    int32_t channels;
    int32_t from_channels;
    int32_t from_first;
    int32_t to_channels;
    int32_t to_first;

    /* What every row of vectors begins at and is made of multiples of. */
    int32_t granularity() const { return channels | from_channels | from_first | to_channels | to_first; }
};

template <class T, int W>
__global__ void __launch_bounds__(kThreads) copy_channels_kernel(const T* from, Slices s, T* to) {
    const RowPlace<W> place(thread_index(), s.channels);
    if (place.row >= s.rows) {
        return;
    }
    float values[W];
    load(from + place.row * s.from_channels + s.from_first + place.channel, values);
    store(values, to + place.row * s.to_channels + s.to_first + place.channel);
}

/* Side of the squares that a block transposes, and how many of their lines it takes at once. */
constexpr int32_t kSquare = 32;
constexpr int32_t kLines = kThreads / kSquare;

/* How many squares lie along `size` elements. */
__host__ __device__ int64_t squares(int32_t size) { return ((int64_t)size + kSquare - 1) / kSquare; }

/* A block takes a square through shared memory, so that lines are read and written by neighbouring threads. */
template <class T>
__global__ void __launch_bounds__(kThreads) transpose_kernel(const T* in, int32_t rows, int32_t columns, T* out) {
    __shared__ T square[kSquare][kSquare + 1];
    const int64_t across = squares(columns);
    const int64_t of_matrix = squares(rows) * across;
    const int64_t matrix = (int64_t)blockIdx.x / of_matrix * rows * columns;
    const int64_t index = (int64_t)blockIdx.x % of_matrix;
    const int32_t first_row = (int32_t)(index / across) * kSquare;
    const int32_t first_column = (int32_t)(index % across) * kSquare;
    const int32_t lane = (int32_t)threadIdx.x % kSquare;
    for (int32_t line = (int32_t)threadIdx.x / kSquare; line < kSquare; line += kLines) {
        if (first_row + line < rows && first_column + lane < columns) {
            square[line][lane] = in[matrix + (int64_t)(first_row + line) * columns + first_column + lane];
        }
    }
    __syncthreads();
    for (int32_t line = (int32_t)threadIdx.x / kSquare; line < kSquare; line += kLines) {
        if (first_column + line < columns && first_row + lane < rows) {
            out[matrix + (int64_t)(first_column + line) * rows + first_row + lane] = square[lane][line];
        }
    }
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_add(int32_t type, const void* a, const void* b, void* y, int64_t count, int32_t rectified,
                         convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_add", stream);
        const T* left = launch.reads<T>("a", a, count);
        const T* right = launch.reads<T>("b", b, count);
        T* out = launch.writes<T>("y", y, count);
        if (rectified != 0) {
            map_two(launch, left, right, out, count, RectifiedSum{});
        } else {
            map_two(launch, left, right, out, count, Sum{});
        }
        return launch.submit();
    });
}

int32_t convoke_cuda_copy_channels(int32_t type, const void* from, int32_t from_channels, int32_t from_first, void* to,
                                   int32_t to_channels, int32_t to_first, int64_t rows, int32_t channels,
                                   convoke_stream stream) {
    const Slices slices{rows, channels, from_channels, from_first, to_channels, to_first};
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_copy_channels", stream);
        launch.require(from_first >= 0 && channels <= from_channels - from_first && to_first >= 0 &&
                           channels <= to_channels - to_first,
                       "the channels do not lie in both tensors");
        const T* in = launch.reads<T>("from", from, rows * from_channels);
        T* out = channels == to_channels ? launch.writes<T>("to", to, rows * to_channels)
                                         : launch.updates<T>("to", to, rows * to_channels);
        with_width<T>(slices.granularity(), [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(copy_channels_kernel<T, W>, blocks_for(rows * (channels / W)), kThreads, in, slices, out);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_transpose_batch(int32_t type, const void* in, int32_t n, int32_t rows, int32_t columns, void* out,
                                     convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_transpose_batch", stream);
        const int64_t size = (int64_t)n * rows * columns;
        const T* from = launch.reads<T>("in", in, size);
        T* to = launch.writes<T>("out", out, size);
        launch.add(transpose_kernel<T>, dim3((unsigned)(n * squares(rows) * squares(columns))), kThreads, from, rows,
                   columns, to);
        return launch.submit();
    });
}

}  // extern "C"
