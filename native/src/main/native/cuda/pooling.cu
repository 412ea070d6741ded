/*
 * Pooling. The 2x2 kernels are the networks' own: bias, ReLU and maximum in one pass forward, which reads x once and
 * writes a quarter of it; backward every element of dx is written by the one window it lies in, so no atomics, and the
 * bias' gradient is summed on the way. The general kernels gather: each output looks at its window, each input at the
 * windows over it.
 */
#include "../functors/pooling.h"
#include "columns.h"

namespace convoke::CONVOKE_ISA {
namespace {

static_assert(kDeadWindow == CONVOKE_DEAD_WINDOW, "the functor and the ABI agree");

/* --- 2x2, stride 2, behind bias and ReLU -------------------------------------------------------------------------- */

/* Pictures [n, h, w, c] and how many windows they hold. */
struct Pictures {
    int32_t n;
    int32_t h;
    int32_t w;
    int32_t c;
};

template <class T, int W>
__global__ void __launch_bounds__(kThreads)
    relu_max_pool_kernel(const T* x, const float* bias, Pictures in, T* y, Code* codes) {
    const int32_t oh = in.h / 2;
    const int32_t ow = in.w / 2;
    const RowPlace<W> place(thread_index(), in.c);
    if (place.row >= (int64_t)in.n * oh * ow) {
        return;
    }
    const uint32_t line = (uint32_t)place.row / (uint32_t)ow; /* image and output row */
    const int32_t column = (int32_t)((uint32_t)place.row % (uint32_t)ow);
    const int64_t image = line / (uint32_t)oh;
    const int32_t row = (int32_t)(line % (uint32_t)oh);
    const T* corner = x + ((image * in.h + 2 * row) * in.w + 2 * column) * in.c + place.channel;
    float window[4][W];
    for (int code = 0; code < 4; ++code) {
        load(corner + ((int64_t)(code / 2) * in.w + code % 2) * in.c, window[code]);
    }
    float added[W] = {};
    if (bias != nullptr) {
        load(bias + place.channel, added);
    }
    int32_t found[W];
    for (int i = 0; i < W; ++i) {
        float best = window[0][i];
        int32_t code = 0;
        for (int candidate = 1; candidate < 4; ++candidate) {
            const bool replaces = replaces_maximum(window[candidate][i], best);
            best = replaces ? window[candidate][i] : best;
            code = replaces ? candidate : code;
        }
        const ActiveMaximum active = active_maximum(best, code, added[i]);
        added[i] = active.value;
        found[i] = active.code;
    }
    store(added, y + place.offset(in.c));
    if (codes != nullptr) {
        store(found, codes + place.offset(in.c));
    }
}

/*
 * The backward pass over cells of 2x2 inputs: a window each, or what an odd last row or column leaves over, which gets
 * zeros. As a term of column sums it adds what went through.
 */
template <class T>
struct ReluMaxPoolBackward {
    const T* dy;
    const Code* codes;
    Pictures in;
    T* dx;

    __device__ int32_t cell_rows() const { return (in.h + 1) / 2; }
    __device__ int32_t cell_columns() const { return (in.w + 1) / 2; }

    template <int W>
    __device__ void operator()(int64_t cell, int32_t channel, float (&sums)[1][W]) const {
        const uint32_t line = (uint32_t)cell / (uint32_t)cell_columns();
        const int32_t column = (int32_t)((uint32_t)cell % (uint32_t)cell_columns());
        const int64_t image = line / (uint32_t)cell_rows();
        const int32_t row = (int32_t)(line % (uint32_t)cell_rows());
        float gradient[W] = {};
        int32_t found[W];
        for (int i = 0; i < W; ++i) {
            found[i] = kDeadWindow;
        }
        if (2 * row + 1 < in.h && 2 * column + 1 < in.w) {
            const int64_t at = ((image * (in.h / 2) + row) * (in.w / 2) + column) * in.c + channel;
            load(dy + at, gradient);
            load(codes + at, found);
        }
        T* corner = dx + ((image * in.h + 2 * row) * in.w + 2 * column) * in.c + channel;
        for (int code = 0; code < 4; ++code) {
            if (2 * row + code / 2 < in.h && 2 * column + code % 2 < in.w) {
                float routed[W];
                for (int i = 0; i < W; ++i) {
                    routed[i] = routed_gradient(gradient[i], found[i], code);
                }
                store(routed, corner + ((int64_t)(code / 2) * in.w + code % 2) * in.c);
            }
        }
        for (int i = 0; i < W; ++i) {
            sums[0][i] += found[i] == kDeadWindow ? 0.0f : gradient[i];
        }
    }
};

int64_t cells_of(const Pictures& in) { return (int64_t)in.n * ((in.h + 1) / 2) * ((in.w + 1) / 2); }

template <class T, int W>
__global__ void __launch_bounds__(kThreads) relu_max_pool_backward_kernel(ReluMaxPoolBackward<T> backward) {
    const RowPlace<W> place(thread_index(), backward.in.c);
    if (place.row < (int64_t)backward.in.n * backward.cell_rows() * backward.cell_columns()) {
        float unused[1][W] = {};
        backward(place.row, place.channel, unused);
    }
}

/* --- Any window --------------------------------------------------------------------------------------------------- */

/* An output or input position and what of the other side it has to do with. */
struct Position {
    int64_t image;
    int32_t row;
    int32_t column;

    __device__ Position(int64_t index, int32_t height, int32_t width) {
        const uint32_t line = (uint32_t)index / (uint32_t)width;
        image = line / (uint32_t)height;
        row = (int32_t)(line % (uint32_t)height);
        column = (int32_t)((uint32_t)index % (uint32_t)width);
    }
};

struct Window {
    Span rows;
    Span columns;

    __device__ int32_t size() const { return (rows.end - rows.begin) * (columns.end - columns.begin); }
};

using Shape = convoke_pooling_shape;

__device__ Window window_of_output(const Shape& s, int32_t row, int32_t column) {
    return Window{window_span(row, s.stride_height, s.pad_top, s.window_height, s.height),
                  window_span(column, s.stride_width, s.pad_left, s.window_width, s.width)};
}

__device__ Window windows_over_input(const Shape& s, int32_t row, int32_t column) {
    return Window{covering_windows(row, s.stride_height, s.pad_top, s.window_height, s.output_height),
                  covering_windows(column, s.stride_width, s.pad_left, s.window_width, s.output_width)};
}

__device__ int64_t input_at(const Shape& s, int64_t image, int32_t row, int32_t column) {
    return ((image * s.height + row) * s.width + column) * s.channels;
}

__device__ int64_t output_at(const Shape& s, int64_t image, int32_t row, int32_t column) {
    return ((image * s.output_height + row) * s.output_width + column) * s.channels;
}

/* Position of an input element inside the window of an output. */
__device__ int32_t code_of(const Shape& s, int32_t output_row, int32_t output_column, int32_t row, int32_t column) {
    return (row - (output_row * s.stride_height - s.pad_top)) * s.window_width +
           (column - (output_column * s.stride_width - s.pad_left));
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) max_pool_kernel(Shape s, const T* x, T* y, Code* codes) {
    const RowPlace<W> place(thread_index(), s.channels);
    const Position out(place.row, s.output_height, s.output_width);
    if (out.image >= s.count) {
        return;
    }
    const Window window = window_of_output(s, out.row, out.column);
    float best[W] = {};
    int32_t found[W] = {};
    for (int32_t row = window.rows.begin; row < window.rows.end; ++row) {
        for (int32_t column = window.columns.begin; column < window.columns.end; ++column) {
            const bool first = row == window.rows.begin && column == window.columns.begin;
            const int32_t code = code_of(s, out.row, out.column, row, column);
            float values[W];
            load(x + input_at(s, out.image, row, column) + place.channel, values);
            for (int i = 0; i < W; ++i) {
                const bool replaces = first || replaces_maximum(values[i], best[i]);
                best[i] = replaces ? values[i] : best[i];
                found[i] = replaces ? code : found[i];
            }
        }
    }
    store(best, y + place.offset(s.channels));
    if (codes != nullptr) {
        store(found, codes + place.offset(s.channels));
    }
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) max_pool_backward_kernel(Shape s, const T* dy, const Code* codes, T* dx) {
    const RowPlace<W> place(thread_index(), s.channels);
    const Position in(place.row, s.height, s.width);
    if (in.image >= s.count) {
        return;
    }
    const Window windows = windows_over_input(s, in.row, in.column);
    float sum[W] = {};
    for (int32_t row = windows.rows.begin; row < windows.rows.end; ++row) {
        for (int32_t column = windows.columns.begin; column < windows.columns.end; ++column) {
            const int64_t at = output_at(s, in.image, row, column) + place.channel;
            const int32_t code = code_of(s, row, column, in.row, in.column);
            float gradient[W];
            int32_t found[W];
            load(dy + at, gradient);
            load(codes + at, found);
            for (int i = 0; i < W; ++i) {
                sum[i] += routed_gradient(gradient[i], found[i], code);
            }
        }
    }
    store(sum, dx + place.offset(s.channels));
}

/* 1 / elements of the window of an output that lie inside the input. */
__device__ float window_share(const Shape& s, int32_t row, int32_t column) {
    return 1.0f / (float)window_of_output(s, row, column).size();
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) average_pool_kernel(Shape s, const T* x, T* y) {
    const RowPlace<W> place(thread_index(), s.channels);
    const Position out(place.row, s.output_height, s.output_width);
    if (out.image >= s.count) {
        return;
    }
    const Window window = window_of_output(s, out.row, out.column);
    const float share = window_share(s, out.row, out.column);
    float sum[W] = {};
    for (int32_t row = window.rows.begin; row < window.rows.end; ++row) {
        for (int32_t column = window.columns.begin; column < window.columns.end; ++column) {
            float values[W];
            load(x + input_at(s, out.image, row, column) + place.channel, values);
            for (int i = 0; i < W; ++i) {
                sum[i] += values[i] * share;
            }
        }
    }
    store(sum, y + place.offset(s.channels));
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) average_pool_backward_kernel(Shape s, const T* dy, T* dx) {
    const RowPlace<W> place(thread_index(), s.channels);
    const Position in(place.row, s.height, s.width);
    if (in.image >= s.count) {
        return;
    }
    const Window windows = windows_over_input(s, in.row, in.column);
    float sum[W] = {};
    for (int32_t row = windows.rows.begin; row < windows.rows.end; ++row) {
        for (int32_t column = windows.columns.begin; column < windows.columns.end; ++column) {
            const float share = window_share(s, row, column);
            float gradient[W];
            load(dy + output_at(s, in.image, row, column) + place.channel, gradient);
            for (int i = 0; i < W; ++i) {
                sum[i] += gradient[i] * share;
            }
        }
    }
    store(sum, dx + place.offset(s.channels));
}

int64_t input_size(const Shape& s) { return (int64_t)s.count * s.height * s.width * s.channels; }

int64_t output_size(const Shape& s) { return (int64_t)s.count * s.output_height * s.output_width * s.channels; }

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_relu_max_pool_forward(int32_t type, const void* x, const float* bias, int32_t n, int32_t h,
                                           int32_t w, int32_t c, void* y, uint8_t* codes, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_relu_max_pool_forward", stream);
        const int64_t outputs = (int64_t)n * (h / 2) * (w / 2) * c;
        const T* in = launch.reads<T>("x", x, (int64_t)n * h * w * c);
        const float* added = launch.reads<float>("bias", bias, bias == nullptr ? 0 : c);
        T* out = launch.writes<T>("y", y, outputs);
        Code* found = launch.writes<Code>("codes", codes, codes == nullptr ? 0 : outputs);
        with_width<T>(c, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(relu_max_pool_kernel<T, W>, blocks_for(outputs / W), kThreads, in, added, Pictures{n, h, w, c},
                       out, found);
        });
        return launch.submit();
    });
}

int64_t convoke_cuda_relu_max_pool_workspace_bytes(int32_t n, int32_t h, int32_t w, int32_t c) {
    return column_workspace_bytes(cells_of(Pictures{n, h, w, c}), c, 1, kStoredRowsOfThread);
}

int32_t convoke_cuda_relu_max_pool_backward(int32_t type, const void* dy, const uint8_t* codes, int32_t n, int32_t h,
                                            int32_t w, int32_t c, void* dx, float* dbias, void* workspace,
                                            convoke_step_state* state, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_relu_max_pool_backward", stream);
        const Pictures in{n, h, w, c};
        const int64_t outputs = (int64_t)n * (h / 2) * (w / 2) * c;
        const ReluMaxPoolBackward<T> backward{launch.reads<T>("dy", dy, outputs),
                                              launch.reads<Code>("codes", codes, outputs), in,
                                              launch.writes<T>("dx", dx, (int64_t)n * h * w * c)};
        const int64_t cells = cells_of(in);
        if (dbias == nullptr) {
            with_width<T>(c, [&](auto width) {
                constexpr int W = decltype(width)::value;
                launch.add(relu_max_pool_backward_kernel<T, W>, blocks_for(cells * (c / W)), kThreads, backward);
            });
            return launch.submit();
        }
        const StoreSums sums{launch.writes<float>("dbias", dbias, c)};
        float* partials = launch.writes<float>(
            "workspace", workspace, column_workspace_bytes(cells, c, 1, kStoredRowsOfThread) / (int64_t)sizeof(float));
        convoke_step_state* counter = launch.updates<convoke_step_state>("state", state, 1);
        with_width<T>(c, [&](auto width) {
            constexpr int W = decltype(width)::value;
            add_column_sums<W, 1>(launch, cells, c, backward, sums, partials, counter, kStoredRowsOfThread);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_max_pool_forward(int32_t type, const convoke_pooling_shape* shape, const void* x, void* y,
                                      uint8_t* codes, convoke_stream stream) {
    const Shape s = *shape;
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_max_pool_forward", stream);
        const T* in = launch.reads<T>("x", x, input_size(s));
        T* out = launch.writes<T>("y", y, output_size(s));
        Code* found = launch.writes<Code>("codes", codes, codes == nullptr ? 0 : output_size(s));
        with_width<T>(s.channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(max_pool_kernel<T, W>, blocks_for(output_size(s) / W), kThreads, s, in, out, found);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_max_pool_backward(int32_t type, const convoke_pooling_shape* shape, const void* dy,
                                       const uint8_t* codes, void* dx, convoke_stream stream) {
    const Shape s = *shape;
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_max_pool_backward", stream);
        const T* gradient = launch.reads<T>("dy", dy, output_size(s));
        const Code* found = launch.reads<Code>("codes", codes, output_size(s));
        T* out = launch.writes<T>("dx", dx, input_size(s));
        with_width<T>(s.channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(max_pool_backward_kernel<T, W>, blocks_for(input_size(s) / W), kThreads, s, gradient, found,
                       out);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_average_pool_forward(int32_t type, const convoke_pooling_shape* shape, const void* x, void* y,
                                          convoke_stream stream) {
    const Shape s = *shape;
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_average_pool_forward", stream);
        const T* in = launch.reads<T>("x", x, input_size(s));
        T* out = launch.writes<T>("y", y, output_size(s));
        with_width<T>(s.channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(average_pool_kernel<T, W>, blocks_for(output_size(s) / W), kThreads, s, in, out);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_average_pool_backward(int32_t type, const convoke_pooling_shape* shape, const void* dy, void* dx,
                                           convoke_stream stream) {
    const Shape s = *shape;
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_average_pool_backward", stream);
        const T* gradient = launch.reads<T>("dy", dy, output_size(s));
        T* out = launch.writes<T>("dx", dx, input_size(s));
        with_width<T>(s.channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(average_pool_backward_kernel<T, W>, blocks_for(input_size(s) / W), kThreads, s, gradient, out);
        });
        return launch.submit();
    });
}

}  // extern "C"
