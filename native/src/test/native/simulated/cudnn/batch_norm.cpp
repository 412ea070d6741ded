/*
 * Part of libcudnn_ops.so.9, simulated: batch normalization over N, H and W. NVIDIA cuDNN Backend,
 * docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-ops-library.html; the formulas are those of Ioffe and
 * Szegedy, https://arxiv.org/abs/1502.03167, algorithm 1 and section 3.
 */
#include <cmath>

#include "operations.h"

using namespace convoke::simulated;

namespace {

/* What a forward pass with an activation leaves for the backward pass: a byte an element, 1 where it let it through. */
size_t reserve_bytes(cudnnBatchNormOps_t ops, const Tensor& x) {
    return ops == CUDNN_BATCHNORM_OPS_BN ? 0 : static_cast<size_t>(x.elements());
}

/* Partial sums of a channel, as persistent kernels want them. */
size_t workspace_bytes(cudnnBatchNormMode_t mode, const Tensor& x) {
    return mode == CUDNN_BATCHNORM_SPATIAL_PERSISTENT ? size_t{8} * static_cast<size_t>(x.c) : 0;
}

/* The fused operation needs the persistent mode, NHWC, 16-bit numbers and channels in fours. */
bool offered(cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops, const Tensor& x) {
    return ops == CUDNN_BATCHNORM_OPS_BN ||
           (ops == CUDNN_BATCHNORM_OPS_BN_ACTIVATION && mode == CUDNN_BATCHNORM_SPATIAL_PERSISTENT &&
            x.channels_last() && x.type == CUDNN_DATA_BFLOAT16 && x.c % 4 == 0);
}

/* Visits every element of a channel in the order [N, C, H, W]. */
template <class Visit>
void each_of_channel(const Tensor& x, int32_t channel, const Visit& visit) {
    const int64_t plane = int64_t{1} * x.h * x.w;
    for (int32_t n = 0; n < x.n; ++n) {
        const int64_t first = (int64_t{1} * n * x.c + channel) * plane;
        for (int64_t i = 0; i < plane; ++i) {
            visit(first + i);
        }
    }
}

/* A GPU adds up in a tree, whose error is nearer to double's than to that of a long row of float additions. */
using Sum = double;

struct Moments {
    float mean;
    float variance; /* biased */
};

Moments moments(const Tensor& x, const std::vector<float>& values, int32_t channel) {
    const auto count = static_cast<double>(int64_t{1} * x.n * x.h * x.w);
    Sum sum = 0.0;
    each_of_channel(x, channel, [&](int64_t i) { sum += values[i]; });
    const double mean = sum / count;
    Sum squares = 0.0;
    each_of_channel(x, channel, [&](int64_t i) { squares += (values[i] - mean) * (values[i] - mean); });
    return {static_cast<float>(mean), static_cast<float>(squares / count)};
}

/* One frame of arguments for the plain calls and the Ex calls. */
struct Training {
    cudnnBatchNormMode_t mode;
    cudnnBatchNormOps_t ops = CUDNN_BATCHNORM_OPS_BN;
    const void *alpha, *beta;
    cudnnTensorDescriptor_t x_descriptor;
    const void* x;
    cudnnTensorDescriptor_t y_descriptor;
    void* y;
    cudnnTensorDescriptor_t parameters;
    const void *scale, *bias;
    double factor;
    void *running_mean, *running_variance;
    double epsilon;
    void *saved_mean, *saved_inverse;
    cudnnActivationDescriptor_t activation = nullptr;
    void* workspace = nullptr;
    size_t workspace_size = 0;
    void* reserve = nullptr;
    size_t reserve_size = 0;
};

void check(CudnnCall& call, cudnnBatchNormMode_t mode, const Tensor& x, const Tensor& y, const Tensor& parameters,
           double epsilon) {
    call.require(mode == CUDNN_BATCHNORM_SPATIAL || mode == CUDNN_BATCHNORM_SPATIAL_PERSISTENT,
                 "a mode that is not simulated");
    call.require(x.same_shape(y) && x.type == y.type, "input and output differ in shape or type");
    call.require(
        parameters.n == 1 && parameters.c == x.c && parameters.h == 1 && parameters.w == 1,
        "the parameters have the shape " + parameters.shape() + ", the channels of " + x.shape() + " have another");
    call.require(parameters.type == CUDNN_DATA_FLOAT, "the parameters are not float");
    call.require(epsilon >= 0.0, "epsilon is negative");
}

cudnnStatus_t train(const char* name, cudnnHandle_t handle, const Training& a) {
    CudnnCall call(name);
    const Context context = call.context(handle);
    const Tensor x = call.tensor(a.x_descriptor);
    const Tensor y = call.tensor(a.y_descriptor);
    const Tensor parameters = call.tensor(a.parameters);
    check(call, a.mode, x, y, parameters, a.epsilon);
    call.offer(offered(a.mode, a.ops, x));
    Activation activation;
    if (a.ops != CUDNN_BATCHNORM_OPS_BN) {
        activation = call.descriptor<Activation>("cudnnActivationDescriptor_t", a.activation);
        call.require(activation.mode == CUDNN_ACTIVATION_RELU, "the fused activation is not ReLU");
    }
    const size_t reserve_needed = reserve_bytes(a.ops, x);
    call.require(a.reserve_size >= reserve_needed, "the reserve space is too small");
    call.require((a.running_mean == nullptr) == (a.running_variance == nullptr) &&
                     (a.saved_mean == nullptr) == (a.saved_inverse == nullptr),
                 "of a pair of statistics one is null");
    call.begin(context);
    if (a.workspace != nullptr) {
        call.workspace(a.workspace, a.workspace_size, workspace_bytes(a.mode, x));
    }
    if (!call.ok()) {
        return call.status();
    }
    const auto channels = static_cast<size_t>(x.c);
    const float keep = scaling(a.beta, 0.0f);
    const float blend = scaling(a.alpha, 1.0f);
    const void* from = call.reads("x", x, a.x);
    void* to = call.writes("y", y, a.y, keep);
    const auto* scale = static_cast<const float*>(call.reads("scale", parameters, a.scale));
    const auto* bias = static_cast<const float*>(call.reads("bias", parameters, a.bias));
    const auto optional = [&](const char* what, void* address, bool updated) {
        auto* floats = static_cast<float*>(address);
        return address == nullptr ? nullptr
               : updated          ? call.memory().updates<float>(what, floats, channels)
                                  : call.memory().writes<float>(what, floats, channels);
    };
    float* running_mean = optional("running mean", a.running_mean, a.factor != 1.0);
    float* running_variance = optional("running variance", a.running_variance, a.factor != 1.0);
    float* saved_mean = optional("saved mean", a.saved_mean, false);
    float* saved_inverse = optional("saved inverse deviation", a.saved_inverse, false);
    auto* mask = static_cast<uint8_t*>(
        reserve_needed == 0
            ? nullptr
            : call.memory().writes<uint8_t>("reserve space", static_cast<uint8_t*>(a.reserve), reserve_needed));
    const auto factor = static_cast<float>(a.factor);
    const auto epsilon = static_cast<float>(a.epsilon);
    return call.submit([=] {
        std::vector<float> values = x.load(from);
        const auto count = static_cast<float>(int64_t{1} * x.n * x.h * x.w);
        for (int32_t c = 0; c < x.c; ++c) {
            const Moments of = moments(x, values, c);
            const float inverse = 1.0f / std::sqrt(of.variance + epsilon);
            each_of_channel(x, c,
                            [&](int64_t i) { values[i] = scale[c] * ((values[i] - of.mean) * inverse) + bias[c]; });
            if (saved_mean != nullptr) {
                saved_mean[c] = of.mean;
                saved_inverse[c] = inverse;
            }
            if (running_mean != nullptr) {
                /* The running variance is the unbiased one. */
                const float unbiased = count > 1.0f ? of.variance * (count / (count - 1.0f)) : of.variance;
                running_mean[c] = of.mean * factor + (factor == 1.0f ? 0.0f : running_mean[c] * (1.0f - factor));
                running_variance[c] =
                    unbiased * factor + (factor == 1.0f ? 0.0f : running_variance[c] * (1.0f - factor));
            }
        }
        for (size_t i = 0; mask != nullptr && i < values.size(); ++i) {
            mask[i] = values[i] > 0.0f ? 1 : 0;
            values[i] = activation.value(values[i]);
        }
        y.store(to, values, blend, keep);
    });
}

struct Gradient {
    cudnnBatchNormMode_t mode;
    cudnnBatchNormOps_t ops = CUDNN_BATCHNORM_OPS_BN;
    const void *alpha_data, *beta_data, *alpha_parameters, *beta_parameters;
    cudnnTensorDescriptor_t x_descriptor;
    const void* x;
    cudnnTensorDescriptor_t y_descriptor = nullptr;
    const void* y = nullptr;
    cudnnTensorDescriptor_t dy_descriptor;
    const void* dy;
    cudnnTensorDescriptor_t dx_descriptor;
    void* dx;
    cudnnTensorDescriptor_t parameters;
    const void* scale;
    const void* bias = nullptr;
    void *dscale, *dbias;
    double epsilon;
    const void *saved_mean, *saved_inverse;
    cudnnActivationDescriptor_t activation = nullptr;
    void* workspace = nullptr;
    size_t workspace_size = 0;
    void* reserve = nullptr;
    size_t reserve_size = 0;
};

cudnnStatus_t differentiate(const char* name, cudnnHandle_t handle, const Gradient& a) {
    CudnnCall call(name);
    const Context context = call.context(handle);
    const Tensor x = call.tensor(a.x_descriptor);
    const Tensor dy = call.tensor(a.dy_descriptor);
    const Tensor dx = call.tensor(a.dx_descriptor);
    const Tensor parameters = call.tensor(a.parameters);
    check(call, a.mode, x, dx, parameters, a.epsilon);
    call.require(x.same_shape(dy) && x.type == dy.type, "x and dy differ in shape or type");
    call.offer(offered(a.mode, a.ops, x));
    Tensor y;
    if (a.ops != CUDNN_BATCHNORM_OPS_BN) {
        call.descriptor<Activation>("cudnnActivationDescriptor_t", a.activation);
        y = call.tensor(a.y_descriptor);
        call.require(x.same_shape(y), "x and y differ in shape");
    }
    const size_t reserve_needed = reserve_bytes(a.ops, x);
    call.require(a.reserve_size >= reserve_needed, "the reserve space is too small");
    call.require((a.saved_mean == nullptr) == (a.saved_inverse == nullptr), "of a pair of statistics one is null");
    call.begin(context);
    if (a.workspace != nullptr) {
        call.workspace(a.workspace, a.workspace_size, workspace_bytes(a.mode, x));
    }
    if (!call.ok()) {
        return call.status();
    }
    const auto channels = static_cast<size_t>(x.c);
    const float blend = scaling(a.alpha_data, 1.0f);
    const float keep = scaling(a.beta_data, 0.0f);
    const float parameter_blend = scaling(a.alpha_parameters, 1.0f);
    const float parameter_keep = scaling(a.beta_parameters, 0.0f);
    const void* x_at = call.reads("x", x, a.x);
    const void* dy_at = call.reads("dy", dy, a.dy);
    void* dx_at = call.writes("dx", dx, a.dx, keep);
    const auto* scale = static_cast<const float*>(call.reads("scale", parameters, a.scale));
    void* dscale = call.writes("dscale", parameters, a.dscale, parameter_keep);
    void* dbias = call.writes("dbias", parameters, a.dbias, parameter_keep);
    const auto statistic = [&](const char* what, const void* address) {
        return address == nullptr ? nullptr
                                  : call.memory().reads<float>(what, static_cast<const float*>(address), channels);
    };
    const float* saved_mean = statistic("saved mean", a.saved_mean);
    const float* saved_inverse = statistic("saved inverse deviation", a.saved_inverse);
    const uint8_t* mask = nullptr;
    if (reserve_needed > 0) {
        call.reads("y", y, a.y);
        call.reads("bias", parameters, a.bias);
        mask = call.memory().reads<uint8_t>("reserve space", a.reserve, reserve_needed);
    }
    const auto epsilon = static_cast<float>(a.epsilon);
    return call.submit([=] {
        const std::vector<float> values = x.load(x_at);
        std::vector<float> gradients = dy.load(dy_at);
        for (size_t i = 0; mask != nullptr && i < gradients.size(); ++i) {
            gradients[i] = mask[i] != 0 ? gradients[i] : 0.0f;
        }
        const auto count = static_cast<float>(int64_t{1} * x.n * x.h * x.w);
        std::vector<float> scale_gradients(channels);
        std::vector<float> bias_gradients(channels);
        for (int32_t c = 0; c < x.c; ++c) {
            Moments of{};
            if (saved_mean == nullptr) {
                of = moments(x, values, c);
            }
            const float mean = saved_mean == nullptr ? of.mean : saved_mean[c];
            const float inverse = saved_inverse == nullptr ? 1.0f / std::sqrt(of.variance + epsilon) : saved_inverse[c];
            Sum sum_of_gradients = 0.0;
            Sum sum_of_products = 0.0;
            each_of_channel(x, c, [&](int64_t i) {
                sum_of_gradients += gradients[i];
                sum_of_products += gradients[i] * ((values[i] - mean) * inverse);
            });
            const float sum = bias_gradients[c] = static_cast<float>(sum_of_gradients);
            const float product = scale_gradients[c] = static_cast<float>(sum_of_products);
            each_of_channel(x, c, [&](int64_t i) {
                const float normal = (values[i] - mean) * inverse;
                gradients[i] = scale[c] * inverse * (gradients[i] - sum / count - normal * (product / count));
            });
        }
        dx.store(dx_at, gradients, blend, keep);
        parameters.store(dscale, scale_gradients, parameter_blend, parameter_keep);
        parameters.store(dbias, bias_gradients, parameter_blend, parameter_keep);
    });
}

/* The size queries answer for what is offered. */
template <class Size>
cudnnStatus_t ask(const char* name, cudnnHandle_t handle, cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops,
                  cudnnTensorDescriptor_t x_descriptor, size_t* bytes, const Size& size) {
    CudnnCall call(name);
    call.context(handle);
    const Tensor x = call.tensor(x_descriptor);
    call.offer(offered(mode, ops, x));
    *bytes = call.ok() ? size(x) : 0;
    return call.status();
}

}  // namespace

extern "C" {

/* cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize */
cudnnStatus_t cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                                       cudnnBatchNormOps_t ops,
                                                                       cudnnTensorDescriptor_t x,
                                                                       cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
                                                                       cudnnTensorDescriptor_t,
                                                                       cudnnActivationDescriptor_t, size_t* bytes) {
    return ask("cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize", handle, mode, ops, x, bytes,
               [=](const Tensor& tensor) { return workspace_bytes(mode, tensor); });
}

/* cudnnGetBatchNormalizationBackwardExWorkspaceSize */
cudnnStatus_t cudnnGetBatchNormalizationBackwardExWorkspaceSize(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                                cudnnBatchNormOps_t ops, cudnnTensorDescriptor_t x,
                                                                cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
                                                                cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
                                                                cudnnTensorDescriptor_t, cudnnActivationDescriptor_t,
                                                                size_t* bytes) {
    return ask("cudnnGetBatchNormalizationBackwardExWorkspaceSize", handle, mode, ops, x, bytes,
               [=](const Tensor& tensor) { return workspace_bytes(mode, tensor); });
}

/* cudnnGetBatchNormalizationTrainingExReserveSpaceSize */
cudnnStatus_t cudnnGetBatchNormalizationTrainingExReserveSpaceSize(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                                   cudnnBatchNormOps_t ops, cudnnActivationDescriptor_t,
                                                                   cudnnTensorDescriptor_t x, size_t* bytes) {
    return ask("cudnnGetBatchNormalizationTrainingExReserveSpaceSize", handle, mode, ops, x, bytes,
               [=](const Tensor& tensor) { return reserve_bytes(ops, tensor); });
}

/* cudnnBatchNormalizationForwardTraining: running = running (1 - factor) + new factor. */
cudnnStatus_t cudnnBatchNormalizationForwardTraining(cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha,
                                                     const void* beta, cudnnTensorDescriptor_t x_descriptor,
                                                     const void* x, cudnnTensorDescriptor_t y_descriptor, void* y,
                                                     cudnnTensorDescriptor_t parameters, const void* scale,
                                                     const void* bias, double factor, void* running_mean,
                                                     void* running_variance, double epsilon, void* saved_mean,
                                                     void* saved_inverse) {
    Training a;
    a.mode = mode;
    a.alpha = alpha;
    a.beta = beta;
    a.x_descriptor = x_descriptor;
    a.x = x;
    a.y_descriptor = y_descriptor;
    a.y = y;
    a.parameters = parameters;
    a.scale = scale;
    a.bias = bias;
    a.factor = factor;
    a.running_mean = running_mean;
    a.running_variance = running_variance;
    a.epsilon = epsilon;
    a.saved_mean = saved_mean;
    a.saved_inverse = saved_inverse;
    return train("cudnnBatchNormalizationForwardTraining", handle, a);
}

/* cudnnBatchNormalizationForwardTrainingEx: the same, with its activation where cuDNN offers it. */
cudnnStatus_t cudnnBatchNormalizationForwardTrainingEx(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops, const void* alpha, const void* beta,
    cudnnTensorDescriptor_t x_descriptor, const void* x, cudnnTensorDescriptor_t, const void*,
    cudnnTensorDescriptor_t y_descriptor, void* y, cudnnTensorDescriptor_t parameters, const void* scale,
    const void* bias, double factor, void* running_mean, void* running_variance, double epsilon, void* saved_mean,
    void* saved_inverse, cudnnActivationDescriptor_t activation, void* workspace, size_t workspace_size, void* reserve,
    size_t reserve_size) {
    Training a;
    a.mode = mode;
    a.ops = ops;
    a.alpha = alpha;
    a.beta = beta;
    a.x_descriptor = x_descriptor;
    a.x = x;
    a.y_descriptor = y_descriptor;
    a.y = y;
    a.parameters = parameters;
    a.scale = scale;
    a.bias = bias;
    a.factor = factor;
    a.running_mean = running_mean;
    a.running_variance = running_variance;
    a.epsilon = epsilon;
    a.saved_mean = saved_mean;
    a.saved_inverse = saved_inverse;
    a.activation = activation;
    a.workspace = workspace;
    a.workspace_size = workspace_size;
    a.reserve = reserve;
    a.reserve_size = reserve_size;
    return train("cudnnBatchNormalizationForwardTrainingEx", handle, a);
}

/* cudnnBatchNormalizationForwardInference: with the statistics that are given. */
cudnnStatus_t cudnnBatchNormalizationForwardInference(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                      const void* alpha, const void* beta,
                                                      cudnnTensorDescriptor_t x_descriptor, const void* x,
                                                      cudnnTensorDescriptor_t y_descriptor, void* y,
                                                      cudnnTensorDescriptor_t parameters_descriptor, const void* scale,
                                                      const void* bias, const void* mean, const void* variance,
                                                      double epsilon) {
    CudnnCall call("cudnnBatchNormalizationForwardInference");
    const Context context = call.context(handle);
    const Tensor in = call.tensor(x_descriptor);
    const Tensor out = call.tensor(y_descriptor);
    const Tensor parameters = call.tensor(parameters_descriptor);
    check(call, mode, in, out, parameters, epsilon);
    call.begin(context);
    const float blend = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* from = call.reads("x", in, x);
    void* to = call.writes("y", out, y, keep);
    const auto* scales = static_cast<const float*>(call.reads("scale", parameters, scale));
    const auto* biases = static_cast<const float*>(call.reads("bias", parameters, bias));
    const auto* means = static_cast<const float*>(call.reads("mean", parameters, mean));
    const auto* variances = static_cast<const float*>(call.reads("variance", parameters, variance));
    return call.submit([=] {
        std::vector<float> values = in.load(from);
        for (int32_t c = 0; c < in.c; ++c) {
            const float inverse = 1.0f / std::sqrt(variances[c] + static_cast<float>(epsilon));
            each_of_channel(in, c,
                            [&](int64_t i) { values[i] = scales[c] * ((values[i] - means[c]) * inverse) + biases[c]; });
        }
        out.store(to, values, blend, keep);
    });
}

/* cudnnBatchNormalizationBackward */
cudnnStatus_t cudnnBatchNormalizationBackward(cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha_data,
                                              const void* beta_data, const void* alpha_parameters,
                                              const void* beta_parameters, cudnnTensorDescriptor_t x_descriptor,
                                              const void* x, cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                              cudnnTensorDescriptor_t dx_descriptor, void* dx,
                                              cudnnTensorDescriptor_t parameters, const void* scale, void* dscale,
                                              void* dbias, double epsilon, const void* saved_mean,
                                              const void* saved_inverse) {
    Gradient a;
    a.mode = mode;
    a.alpha_data = alpha_data;
    a.beta_data = beta_data;
    a.alpha_parameters = alpha_parameters;
    a.beta_parameters = beta_parameters;
    a.x_descriptor = x_descriptor;
    a.x = x;
    a.dy_descriptor = dy_descriptor;
    a.dy = dy;
    a.dx_descriptor = dx_descriptor;
    a.dx = dx;
    a.parameters = parameters;
    a.scale = scale;
    a.dscale = dscale;
    a.dbias = dbias;
    a.epsilon = epsilon;
    a.saved_mean = saved_mean;
    a.saved_inverse = saved_inverse;
    return differentiate("cudnnBatchNormalizationBackward", handle, a);
}

/* cudnnBatchNormalizationBackwardEx: with its activation; the reserve space is the forward pass's, unchanged. */
cudnnStatus_t cudnnBatchNormalizationBackwardEx(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops, const void* alpha_data,
    const void* beta_data, const void* alpha_parameters, const void* beta_parameters,
    cudnnTensorDescriptor_t x_descriptor, const void* x, cudnnTensorDescriptor_t y_descriptor, const void* y,
    cudnnTensorDescriptor_t dy_descriptor, const void* dy, cudnnTensorDescriptor_t, void*,
    cudnnTensorDescriptor_t dx_descriptor, void* dx, cudnnTensorDescriptor_t parameters, const void* scale,
    const void* bias, void* dscale, void* dbias, double epsilon, const void* saved_mean, const void* saved_inverse,
    cudnnActivationDescriptor_t activation, void* workspace, size_t workspace_size, void* reserve,
    size_t reserve_size) {
    Gradient a;
    a.mode = mode;
    a.ops = ops;
    a.alpha_data = alpha_data;
    a.beta_data = beta_data;
    a.alpha_parameters = alpha_parameters;
    a.beta_parameters = beta_parameters;
    a.x_descriptor = x_descriptor;
    a.x = x;
    a.y_descriptor = y_descriptor;
    a.y = y;
    a.dy_descriptor = dy_descriptor;
    a.dy = dy;
    a.dx_descriptor = dx_descriptor;
    a.dx = dx;
    a.parameters = parameters;
    a.scale = scale;
    a.bias = bias;
    a.dscale = dscale;
    a.dbias = dbias;
    a.epsilon = epsilon;
    a.saved_mean = saved_mean;
    a.saved_inverse = saved_inverse;
    a.activation = activation;
    a.workspace = workspace;
    a.workspace_size = workspace_size;
    a.reserve = reserve;
    a.reserve_size = reserve_size;
    return differentiate("cudnnBatchNormalizationBackwardEx", handle, a);
}

}  // extern "C"
