/*
 * Pooling over whole pictures. A block takes a tile of channels of one picture: its threads walk down the pixels, a
 * vector of channels each, and are then combined through shared memory, in an order that does not change.
 */
#include "../functors/pooling.h"
#include "columns.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Pixels up to which a block takes a full tile of channels; with more of them its threads are better spent on pixels.
 */
constexpr int32_t kFewPixels = 64;
constexpr int32_t kNarrowTile = 8;

/* Pictures [n, pixels, channels]. */
struct Pictures {
    int32_t n;
    int32_t pixels;
    int32_t channels;

    int64_t size() const { return (int64_t)n * pixels * channels; }
    int64_t values() const { return (int64_t)n * channels; }
};

/* The pixels of a picture as rows of columns; blockIdx.x is the picture. */
Columns columns_of(const Pictures& in, int32_t width) {
    return make_columns(in.pixels, in.channels, width, in.pixels <= kFewPixels ? kMostTile : kNarrowTile);
}

dim3 picture_blocks(const Pictures& in, const Columns& columns, int32_t width) {
    return dim3((unsigned)in.n, column_blocks(columns, width).y);
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) average_kernel(Columns columns, const T* x, T* y) {
    __shared__ double totals[1][kMostTile * W];
    const ColumnPlace<W> place(columns);
    const int64_t image = blockIdx.x;
    float sums[1][W] = {};
    if (place.used) {
        const T* picture = x + image * columns.rows * columns.channels + place.channel;
        for_steps(place.lane, columns.rows, columns.lanes, [&](int64_t pixel) {
            float values[W];
            load(picture + pixel * columns.channels, values);
            for (int i = 0; i < W; ++i) {
                sums[0][i] += values[i];
            }
        });
    }
    add_lanes(columns, sums, totals);
    if (place.used && place.lane == 0) {
        float means[W];
        for (int i = 0; i < W; ++i) {
            means[i] = mean_of_pixels(totals[0][place.vector * W + i], (int32_t)columns.rows);
        }
        store(means, y + image * columns.channels + place.channel);
    }
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) maximum_kernel(Columns columns, const T* x, T* y, Place* codes) {
    __shared__ float of_thread[W][kThreads];
    __shared__ int32_t places[W][kThreads];
    const ColumnPlace<W> place(columns);
    const int64_t image = blockIdx.x;
    PlacedMaximum best[W];
    for (int i = 0; i < W; ++i) {
        best[i] = PlacedMaximum{0.0f, -1};
    }
    if (place.used) {
        const T* picture = x + image * columns.rows * columns.channels + place.channel;
        for_steps(place.lane, columns.rows, columns.lanes, [&](int64_t pixel) {
            float values[W];
            load(picture + pixel * columns.channels, values);
            for (int i = 0; i < W; ++i) {
                best[i].take(values[i], (int32_t)pixel);
            }
        });
    }
    for (int i = 0; i < W; ++i) {
        of_thread[i][threadIdx.x] = best[i].value;
        places[i][threadIdx.x] = best[i].place;
    }
    __syncthreads();
    if (place.used && place.lane == 0) {
        float maxima[W];
        int32_t found[W];
        for (int i = 0; i < W; ++i) {
            for (int32_t lane = 1; lane < columns.lanes; ++lane) {
                const int32_t thread = lane * columns.tile + place.vector;
                best[i].take(of_thread[i][thread], places[i][thread]);
            }
            maxima[i] = best[i].value;
            found[i] = best[i].place;
        }
        const int64_t out = image * columns.channels + place.channel;
        store(maxima, y + out);
        if (codes != nullptr) {
            store(found, codes + out);
        }
    }
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) average_backward_kernel(Pictures in, const T* dy, T* dx) {
    const RowPlace<W> place(thread_index(), in.channels);
    const int64_t image = (uint32_t)place.row / (uint32_t)in.pixels;
    if (image >= in.n) {
        return;
    }
    float gradient[W];
    load(dy + image * in.channels + place.channel, gradient);
    for (int i = 0; i < W; ++i) {
        gradient[i] = shared_gradient(gradient[i], in.pixels);
    }
    store(gradient, dx + place.offset(in.channels));
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads)
    maximum_backward_kernel(Pictures in, const T* dy, const Place* codes, T* dx) {
    const RowPlace<W> place(thread_index(), in.channels);
    const int64_t image = (uint32_t)place.row / (uint32_t)in.pixels;
    if (image >= in.n) {
        return;
    }
    const int32_t pixel = (int32_t)((uint32_t)place.row % (uint32_t)in.pixels);
    float gradient[W];
    int32_t found[W];
    load(dy + image * in.channels + place.channel, gradient);
    load(codes + image * in.channels + place.channel, found);
    for (int i = 0; i < W; ++i) {
        gradient[i] = routed_gradient(gradient[i], found[i], pixel);
    }
    store(gradient, dx + place.offset(in.channels));
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_global_average_pool_forward(int32_t type, const void* x, int32_t n, int32_t pixels,
                                                 int32_t channels, void* y, convoke_stream stream) {
    const Pictures in{n, pixels, channels};
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_global_average_pool_forward", stream);
        const T* pictures = launch.reads<T>("x", x, in.size());
        T* out = launch.writes<T>("y", y, in.values());
        with_width<T>(channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            const Columns columns = columns_of(in, W);
            launch.add(average_kernel<T, W>, picture_blocks(in, columns, W), kThreads, columns, pictures, out);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_global_average_pool_backward(int32_t type, const void* dy, int32_t n, int32_t pixels,
                                                  int32_t channels, void* dx, convoke_stream stream) {
    const Pictures in{n, pixels, channels};
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_global_average_pool_backward", stream);
        const T* gradient = launch.reads<T>("dy", dy, in.values());
        T* out = launch.writes<T>("dx", dx, in.size());
        with_width<T>(channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(average_backward_kernel<T, W>, blocks_for(in.size() / W), kThreads, in, gradient, out);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_global_max_pool_forward(int32_t type, const void* x, int32_t n, int32_t pixels, int32_t channels,
                                             void* y, int32_t* codes, convoke_stream stream) {
    const Pictures in{n, pixels, channels};
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_global_max_pool_forward", stream);
        const T* pictures = launch.reads<T>("x", x, in.size());
        T* out = launch.writes<T>("y", y, in.values());
        Place* found = launch.writes<Place>("codes", codes, codes == nullptr ? 0 : in.values());
        with_width<T>(channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            const Columns columns = columns_of(in, W);
            launch.add(maximum_kernel<T, W>, picture_blocks(in, columns, W), kThreads, columns, pictures, out, found);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_global_max_pool_backward(int32_t type, const void* dy, const int32_t* codes, int32_t n,
                                              int32_t pixels, int32_t channels, void* dx, convoke_stream stream) {
    const Pictures in{n, pixels, channels};
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_global_max_pool_backward", stream);
        const T* gradient = launch.reads<T>("dy", dy, in.values());
        const Place* found = launch.reads<Place>("codes", codes, in.values());
        T* out = launch.writes<T>("dx", dx, in.size());
        with_width<T>(channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(maximum_backward_kernel<T, W>, blocks_for(in.size() / W), kThreads, in, gradient, found, out);
        });
        return launch.submit();
    });
}

}  // extern "C"
