/* Activations, biases and their gradients: what stands alone, where no library call or kernel of ours has fused it. */
#include "../functors/activation.h"
#include "columns.h"
#include "elementwise.h"

namespace convoke::CONVOKE_ISA {
namespace {

template <class Activation>
struct Forward {
    Activation activation;

    __device__ float operator()(float x, int64_t) const { return activation.forward(x); }
};

template <class Activation>
struct Backward {
    Activation activation;

    __device__ float operator()(float saved, float dy) const { return activation.backward(saved, dy); }
};

/* Calls body(activation) with the functor that an enum convoke_activation names. */
template <class Body>
void with_activation(int32_t kind, float slope, const Body& body) {
    switch (kind) {
        case CONVOKE_RELU:
            return body(Relu{});
        case CONVOKE_LEAKY_RELU:
            return body(LeakyRelu{slope});
        case CONVOKE_GELU:
            return body(Gelu{});
        case CONVOKE_TANH:
            return body(Tanh{});
        default:
            return body(Sigmoid{});
    }
}

/* Whether the backward pass reads the forward's input, not its output. */
bool reads_input(int32_t kind) { return kind == CONVOKE_LEAKY_RELU || kind == CONVOKE_GELU; }

template <class T, int W>
__global__ void __launch_bounds__(kThreads)
    add_bias_kernel(const T* x, const float* bias, int64_t rows, int32_t channels, T* y) {
    const RowPlace<W> place(thread_index(), channels);
    if (place.row >= rows) {
        return;
    }
    float values[W];
    float added[W];
    load(x + place.offset(channels), values);
    load(bias + place.channel, added);
    for (int i = 0; i < W; ++i) {
        values[i] += added[i];
    }
    store(values, y + place.offset(channels));
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_activation_forward(int32_t type, int32_t kind, const void* x, void* y, int64_t count, float slope,
                                        convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_activation_forward", stream);
        const T* in = launch.reads<T>("x", x, count);
        T* out = launch.writes<T>("y", y, count);
        with_activation(kind, slope, [&](auto activation) {
            map<kVector<T>>(launch, in, out, count, Forward<decltype(activation)>{activation});
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_activation_backward(int32_t type, int32_t kind, const void* x, const void* y, const void* dy,
                                         void* dx, int64_t count, float slope, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_activation_backward", stream);
        const T* saved = reads_input(kind) ? launch.reads<T>("x", x, count) : launch.reads<T>("y", y, count);
        const T* gradient = launch.reads<T>("dy", dy, count);
        T* out = launch.writes<T>("dx", dx, count);
        with_activation(kind, slope, [&](auto activation) {
            map_two(launch, saved, gradient, out, count, Backward<decltype(activation)>{activation});
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_add_bias(int32_t type, const void* x, const float* bias, int64_t rows, int32_t channels, void* y,
                              convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_add_bias", stream);
        const T* in = launch.reads<T>("x", x, rows * channels);
        const float* added = launch.reads<float>("bias", bias, channels);
        T* out = launch.writes<T>("y", y, rows * channels);
        with_width<T>(channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(add_bias_kernel<T, W>, blocks_for(rows * (channels / W)), kThreads, in, added, rows, channels,
                       out);
        });
        return launch.submit();
    });
}

int64_t convoke_cuda_column_sums_workspace_bytes(int64_t rows, int32_t channels) {
    return column_workspace_bytes(rows, channels, 1);
}

int32_t convoke_cuda_column_sums(int32_t type, const void* x, int64_t rows, int32_t channels, float* sums,
                                 void* workspace, convoke_step_state* state, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_column_sums", stream);
        const ColumnTerm<T> term{launch.reads<T>("x", x, rows * channels), channels};
        const StoreSums finish{launch.writes<float>("sums", sums, channels)};
        float* partials = launch.writes<float>("workspace", workspace, column_workspace_bytes(rows, channels, 1) / 4);
        convoke_step_state* counter = launch.updates<convoke_step_state>("state", state, 1);
        with_width<T>(channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            add_column_sums<W, 1>(launch, rows, channels, term, finish, partials, counter);
        });
        return launch.submit();
    });
}

}  // extern "C"
