/*
 * Batch normalisation for what cuDNN does not serve: flat features, and the biased running variance. Up to kWholeRows
 * rows, a batch of flat features, one launch does it all: a block keeps its channels and goes over the rows for the
 * mean, for the variance, and for the result; the second and third time they come from the cache. More rows take a
 * launch for each, over the whole grid.
 */
#include "../functors/batch_norm.h"
#include "columns.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Rows up to which a block can take whole columns. */
constexpr int64_t kWholeRows = 2048;

/* Vectors of a block that takes whole columns: few, so that there are blocks enough. */
constexpr int32_t kWholeTile = 8;

/* What a thread's channels are normalised with. */
template <int W>
struct Scale {
    float mean[W];
    float factor[W];
    float beta[W];

    __device__ void apply(float (&values)[W]) const {
        for (int i = 0; i < W; ++i) {
            values[i] = normalise(values[i], mean[i], factor[i], beta[i]);
        }
    }
};

/* A channel's parameter, or what stands for one that is not there. */
__device__ float parameter(const float* values, int32_t channel, float absent) {
    return values == nullptr ? absent : values[channel];
}

/* The same for W channels. */
template <int W>
__device__ void load_parameter(const float* values, int32_t channel, float absent, float (&to)[W]) {
    if (values != nullptr) {
        load(values + channel, to);
        return;
    }
    for (int i = 0; i < W; ++i) {
        to[i] = absent;
    }
}

__device__ void store_parameter(float* values, int32_t channel, float value) {
    if (values != nullptr) {
        values[channel] = value;
    }
}

/* --- Forward ------------------------------------------------------------------------------------------------------ */

/* One launch's arguments, as convoke_batch_norm_forward's. */
template <class T>
struct Forward {
    const T* x;
    int64_t rows;
    int32_t channels;
    const float* gamma;
    const float* beta;
    float epsilon;
    float momentum;
    int32_t running_kind;
    float* running_mean;
    float* running_variance;
    float* mean;
    float* inv_std;
    T* y;

    __device__ void set_mean(int32_t channel, double sum) const {
        mean[channel] = (float)(sum / (double)rows);
        running_mean[channel] = running_average(running_mean[channel], mean[channel], momentum);
    }

    /* `squares` is the sum of the squared distances from the mean. */
    __device__ void set_variance(int32_t channel, double squares) const {
        const double divisor = running_kind == CONVOKE_UNBIASED && rows > 1 ? (double)(rows - 1) : (double)rows;
        inv_std[channel] = deviation(squares);
        running_variance[channel] = running_average(running_variance[channel], (float)(squares / divisor), momentum);
    }

    __device__ float deviation(double squares) const {
        return inverse_deviation((float)(squares / (double)rows), epsilon);
    }

    template <int W>
    __device__ void normalise_row(const Scale<W>& scale, int64_t at) const {
        float values[W];
        load(x + at, values);
        scale.apply(values);
        store(values, y + at);
    }
};

template <class T, int W>
__global__ void __launch_bounds__(kThreads, kResidentBlocks) whole_forward_kernel(Columns columns, Forward<T> bn) {
    __shared__ double totals[1][kMostTile * W];
    const ColumnPlace<W> place(columns);
    const int64_t first = place.used ? place.lane : bn.rows;
    Scale<W> scale = {};
    float sums[1][W] = {};
    for_steps(first, bn.rows, columns.lanes, [&](int64_t row) {
        float values[W];
        load(bn.x + row * bn.channels + place.channel, values);
        for (int i = 0; i < W; ++i) {
            sums[0][i] += values[i];
        }
    });
    add_lanes(columns, sums, totals);
    for (int i = 0; i < W; ++i) {
        scale.mean[i] = (float)(totals[0][place.vector * W + i] / (double)bn.rows);
        if (place.used && place.lane == 0) {
            bn.set_mean(place.channel + i, totals[0][place.vector * W + i]);
        }
        sums[0][i] = 0.0f;
    }
    for_steps(first, bn.rows, columns.lanes, [&](int64_t row) {
        float values[W];
        load(bn.x + row * bn.channels + place.channel, values);
        for (int i = 0; i < W; ++i) {
            const float distance = values[i] - scale.mean[i];
            sums[0][i] += distance * distance;
        }
    });
    add_lanes(columns, sums, totals);
    for (int i = 0; i < W && place.used; ++i) {
        const double squares = totals[0][place.vector * W + i];
        if (place.lane == 0) {
            bn.set_variance(place.channel + i, squares);
        }
        scale.factor[i] = bn.deviation(squares) * parameter(bn.gamma, place.channel + i, 1.0f);
        scale.beta[i] = parameter(bn.beta, place.channel + i, 0.0f);
    }
    for (int64_t row = first; row < bn.rows; row += columns.lanes) {
        bn.normalise_row(scale, row * bn.channels + place.channel);
    }
}

/* A term: squared distances from the mean. */
template <class T>
struct SquaredDistance {
    const T* x;
    const float* mean;
    int32_t channels;

    template <int W>
    __device__ void operator()(int64_t row, int32_t channel, float (&sums)[1][W]) const {
        float values[W];
        float means[W];
        load(x + row * channels + channel, values);
        load(mean + channel, means);
        for (int i = 0; i < W; ++i) {
            const float distance = values[i] - means[i];
            sums[0][i] += distance * distance;
        }
    }
};

template <class T>
struct SetMean {
    Forward<T> bn;

    __device__ void operator()(int32_t, int32_t channel, double total) const { bn.set_mean(channel, total); }
};

template <class T>
struct SetVariance {
    Forward<T> bn;

    __device__ void operator()(int32_t, int32_t channel, double total) const { bn.set_variance(channel, total); }
};

template <class T, int W>
__global__ void __launch_bounds__(kThreads) normalise_kernel(Forward<T> bn) {
    const RowPlace<W> place(thread_index(), bn.channels);
    if (place.row >= bn.rows) {
        return;
    }
    Scale<W> scale;
    float gamma[W];
    load(bn.mean + place.channel, scale.mean);
    load(bn.inv_std + place.channel, scale.factor);
    load_parameter(bn.beta, place.channel, 0.0f, scale.beta);
    load_parameter(bn.gamma, place.channel, 1.0f, gamma);
    for (int i = 0; i < W; ++i) {
        scale.factor[i] = scale.factor[i] * gamma[i];
    }
    bn.normalise_row(scale, place.offset(bn.channels));
}

/* --- Backward ----------------------------------------------------------------------------------------------------- */

/* One launch's arguments, as convoke_batch_norm_backward's; mean_dy and slope lie in the workspace. */
template <class T>
struct Backward {
    const T* x;
    const T* dy;
    int64_t rows;
    int32_t channels;
    const float* gamma;
    const float* mean;
    const float* inv_std;
    float* dgamma;
    float* dbeta;
    T* dx;
    float* mean_dy; /* [channels] */
    float* slope;   /* [channels] */

    /* A term of column sums: dy, and dy * x_hat. */
    template <int W>
    __device__ void operator()(int64_t row, int32_t channel, float (&sums)[2][W]) const {
        float values[W];
        float gradients[W];
        float means[W];
        float deviations[W];
        load(x + row * channels + channel, values);
        load(dy + row * channels + channel, gradients);
        load(mean + channel, means);
        load(inv_std + channel, deviations);
        for (int i = 0; i < W; ++i) {
            sums[0][i] += gradients[i];
            sums[1][i] += gradients[i] * ((values[i] - means[i]) * deviations[i]);
        }
    }

    __device__ float share(double total) const { return (float)(total / (double)rows); }

    /* dx of W elements from `at` on. */
    template <int W>
    __device__ void differentiate(int64_t at, int32_t channel, const float (&of_dy)[W], const float (&of_x)[W]) const {
        float values[W];
        float gradients[W];
        load(x + at, values);
        load(dy + at, gradients);
        for (int i = 0; i < W; ++i) {
            const float factor = parameter(gamma, channel + i, 1.0f) * inv_std[channel + i];
            values[i] = normalise_backward(values[i], gradients[i], mean[channel + i], factor, of_dy[i], of_x[i]);
        }
        store(values, dx + at);
    }
};

template <class T, int W>
__global__ void __launch_bounds__(kThreads, kResidentBlocks) whole_backward_kernel(Columns columns, Backward<T> bn) {
    __shared__ double totals[2][kMostTile * W];
    const ColumnPlace<W> place(columns);
    const int64_t first = place.used ? place.lane : bn.rows;
    float sums[2][W] = {};
    for_steps(first, bn.rows, columns.lanes, [&](int64_t row) { bn(row, place.channel, sums); });
    add_lanes(columns, sums, totals);
    float of_dy[W] = {};
    float of_x[W] = {};
    for (int i = 0; i < W && place.used; ++i) {
        const double sum = totals[0][place.vector * W + i];
        const double slope = totals[1][place.vector * W + i];
        of_dy[i] = bn.share(sum);
        of_x[i] = bn.share(slope) * bn.inv_std[place.channel + i];
        if (place.lane == 0) {
            store_parameter(bn.dbeta, place.channel + i, (float)sum);
            store_parameter(bn.dgamma, place.channel + i, (float)slope);
        }
    }
    for (int64_t row = first; row < bn.rows; row += columns.lanes) {
        bn.differentiate(row * bn.channels + place.channel, place.channel, of_dy, of_x);
    }
}

/* A finish: the parameters' gradients, and what the last launch needs of the sums. */
template <class T>
struct SetGradients {
    Backward<T> bn;

    __device__ void operator()(int32_t sum, int32_t channel, double total) const {
        if (sum == 0) {
            store_parameter(bn.dbeta, channel, (float)total);
            bn.mean_dy[channel] = bn.share(total);
        } else {
            store_parameter(bn.dgamma, channel, (float)total);
            bn.slope[channel] = bn.share(total) * bn.inv_std[channel];
        }
    }
};

template <class T, int W>
__global__ void __launch_bounds__(kThreads) differentiate_kernel(Backward<T> bn) {
    const RowPlace<W> place(thread_index(), bn.channels);
    if (place.row >= bn.rows) {
        return;
    }
    float of_dy[W];
    float of_x[W];
    load(bn.mean_dy + place.channel, of_dy);
    load(bn.slope + place.channel, of_x);
    bn.differentiate(place.offset(bn.channels), place.channel, of_dy, of_x);
}

/* --- Inference ---------------------------------------------------------------------------------------------------- */

template <class T, int W>
__global__ void __launch_bounds__(kThreads)
    inference_kernel(const T* x, int64_t rows, int32_t channels, const float* gamma, const float* beta, float epsilon,
                     const float* running_mean, const float* running_variance, T* y) {
    const RowPlace<W> place(thread_index(), channels);
    if (place.row >= rows) {
        return;
    }
    Scale<W> scale;
    float variance[W];
    float factor[W];
    float values[W];
    load(running_mean + place.channel, scale.mean);
    load(running_variance + place.channel, variance);
    load_parameter(gamma, place.channel, 1.0f, factor);
    load_parameter(beta, place.channel, 0.0f, scale.beta);
    for (int i = 0; i < W; ++i) {
        scale.factor[i] = inverse_deviation(variance[i], epsilon) * factor[i];
    }
    load(x + place.offset(channels), values);
    scale.apply(values);
    store(values, y + place.offset(channels));
}

/* The workspace holds the partial sums of two columns, then two numbers a channel, each part a multiple of 16 bytes. */
int64_t aligned(int64_t bytes) { return (bytes + 15) / 16 * 16; }

int64_t partial_bytes(int64_t rows, int32_t channels) { return aligned(column_workspace_bytes(rows, channels, 2)); }

int64_t channel_bytes(int32_t channels) { return aligned((int64_t)channels * (int64_t)sizeof(float)); }

int64_t workspace_bytes(int64_t rows, int32_t channels) {
    return partial_bytes(rows, channels) + 2 * channel_bytes(channels);
}

template <class T, int W>
void add_forward(Launch& launch, const Forward<T>& bn, float* partials, convoke_step_state* state) {
    if (bn.rows <= kWholeRows) {
        const Columns columns = make_columns(bn.rows, bn.channels, W, kWholeTile);
        launch.add(whole_forward_kernel<T, W>, dim3(1, column_blocks(columns, W).y), kThreads, columns, bn);
        return;
    }
    add_column_sums<W, 1>(launch, bn.rows, bn.channels, ColumnTerm<T>{bn.x, bn.channels}, SetMean<T>{bn}, partials,
                          state);
    add_column_sums<W, 1>(launch, bn.rows, bn.channels, SquaredDistance<T>{bn.x, bn.mean, bn.channels},
                          SetVariance<T>{bn}, partials, state);
    launch.add(normalise_kernel<T, W>, blocks_for(bn.rows * (bn.channels / W)), kThreads, bn);
}

template <class T, int W>
void add_backward(Launch& launch, const Backward<T>& bn, float* partials, convoke_step_state* state) {
    if (bn.rows <= kWholeRows) {
        const Columns columns = make_columns(bn.rows, bn.channels, W, kWholeTile);
        launch.add(whole_backward_kernel<T, W>, dim3(1, column_blocks(columns, W).y), kThreads, columns, bn);
        return;
    }
    add_column_sums<W, 2>(launch, bn.rows, bn.channels, bn, SetGradients<T>{bn}, partials, state);
    launch.add(differentiate_kernel<T, W>, blocks_for(bn.rows * (bn.channels / W)), kThreads, bn);
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int64_t convoke_cuda_batch_norm_workspace_bytes(int64_t rows, int32_t channels) {
    return workspace_bytes(rows, channels);
}

int32_t convoke_cuda_batch_norm_forward(int32_t type, const void* x, int64_t rows, int32_t channels, const float* gamma,
                                        const float* beta, float epsilon, float momentum, int32_t running_kind,
                                        float* running_mean, float* running_variance, float* mean, float* inv_std,
                                        void* y, void* workspace, convoke_step_state* state, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_batch_norm_forward", stream);
        const int64_t size = rows * channels;
        const Forward<T> bn{launch.reads<T>("x", x, size),
                            rows,
                            channels,
                            launch.reads<float>("gamma", gamma, gamma == nullptr ? 0 : channels),
                            launch.reads<float>("beta", beta, beta == nullptr ? 0 : channels),
                            epsilon,
                            momentum,
                            running_kind,
                            launch.updates<float>("running_mean", running_mean, channels),
                            launch.updates<float>("running_variance", running_variance, channels),
                            launch.writes<float>("mean", mean, channels),
                            launch.writes<float>("inv_std", inv_std, channels),
                            launch.writes<T>("y", y, size)};
        float* partials = launch.writes<float>("workspace", workspace, workspace_bytes(rows, channels) / 4);
        convoke_step_state* counter = launch.updates<convoke_step_state>("state", state, 1);
        with_width<T>(channels,
                      [&](auto width) { add_forward<T, decltype(width)::value>(launch, bn, partials, counter); });
        return launch.submit();
    });
}

int32_t convoke_cuda_batch_norm_backward(int32_t type, const void* x, const void* dy, int64_t rows, int32_t channels,
                                         const float* gamma, const float* mean, const float* inv_std, float* dgamma,
                                         float* dbeta, void* dx, void* workspace, convoke_step_state* state,
                                         convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_batch_norm_backward", stream);
        const int64_t size = rows * channels;
        float* partials = launch.writes<float>("workspace", workspace, workspace_bytes(rows, channels) / 4);
        float* mean_dy = partials + partial_bytes(rows, channels) / 4;
        const Backward<T> bn{launch.reads<T>("x", x, size),
                             launch.reads<T>("dy", dy, size),
                             rows,
                             channels,
                             launch.reads<float>("gamma", gamma, gamma == nullptr ? 0 : channels),
                             launch.reads<float>("mean", mean, channels),
                             launch.reads<float>("inv_std", inv_std, channels),
                             launch.writes<float>("dgamma", dgamma, dgamma == nullptr ? 0 : channels),
                             launch.writes<float>("dbeta", dbeta, dbeta == nullptr ? 0 : channels),
                             launch.writes<T>("dx", dx, size),
                             mean_dy,
                             mean_dy + channel_bytes(channels) / 4};
        convoke_step_state* counter = launch.updates<convoke_step_state>("state", state, 1);
        with_width<T>(channels,
                      [&](auto width) { add_backward<T, decltype(width)::value>(launch, bn, partials, counter); });
        return launch.submit();
    });
}

int32_t convoke_cuda_batch_norm_inference(int32_t type, const void* x, int64_t rows, int32_t channels,
                                          const float* gamma, const float* beta, float epsilon,
                                          const float* running_mean, const float* running_variance, void* y,
                                          convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_batch_norm_inference", stream);
        const T* in = launch.reads<T>("x", x, rows * channels);
        const float* factor = launch.reads<float>("gamma", gamma, gamma == nullptr ? 0 : channels);
        const float* shift = launch.reads<float>("beta", beta, beta == nullptr ? 0 : channels);
        const float* means = launch.reads<float>("running_mean", running_mean, channels);
        const float* variances = launch.reads<float>("running_variance", running_variance, channels);
        T* out = launch.writes<T>("y", y, rows * channels);
        with_width<T>(channels, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(inference_kernel<T, W>, blocks_for(rows * (channels / W)), kThreads, in, rows, channels, factor,
                       shift, epsilon, means, variances, out);
        });
        return launch.submit();
    });
}

}  // extern "C"
