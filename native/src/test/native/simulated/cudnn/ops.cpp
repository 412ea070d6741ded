/*
 * Part of libcudnn_ops.so.9, simulated: activation, pooling, addition. NVIDIA cuDNN Backend,
 * docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-ops-library.html.
 */
#include <algorithm>
#include <atomic>
#include <limits>

#include "operations.h"

using namespace convoke::simulated;

namespace {

/* Rows and columns of one window that lie inside the image. */
struct Window {
    int32_t h_begin, h_end, w_begin, w_end;
    int32_t padded; /* elements with the padding */
};

Window window_at(const Pooling& pooling, const Tensor& x, int32_t p, int32_t q) {
    const int32_t h = p * pooling.stride_h - pooling.pad_h;
    const int32_t w = q * pooling.stride_w - pooling.pad_w;
    return {std::max(h, 0), std::min(h + pooling.window_h, x.h), std::max(w, 0), std::min(w + pooling.window_w, x.w),
            pooling.window_h * pooling.window_w};
}

float divisor(const Pooling& pooling, const Window& window) {
    const int32_t inside = (window.h_end - window.h_begin) * (window.w_end - window.w_begin);
    return static_cast<float>(pooling.mode == CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING ? window.padded : inside);
}

/* One plane [H, W] to one [P, Q]. */
void pool_plane(const Pooling& pooling, const Tensor& x, const Tensor& y, const float* from, float* to) {
    for (int32_t p = 0; p < y.h; ++p) {
        for (int32_t q = 0; q < y.w; ++q) {
            const Window window = window_at(pooling, x, p, q);
            float most = -std::numeric_limits<float>::infinity();
            float sum = 0.0f;
            for (int32_t h = window.h_begin; h < window.h_end; ++h) {
                for (int32_t w = window.w_begin; w < window.w_end; ++w) {
                    const float value = from[h * x.w + w];
                    most = value > most || std::isnan(value) ? value : most;
                    sum += value;
                }
            }
            to[p * y.w + q] = pooling.takes_maximum() ? most : sum / divisor(pooling, window);
        }
    }
}

/* The first element of the window that has the output's value gets its whole gradient. */
void spread_plane(const Pooling& pooling, const Tensor& x, const Tensor& y, const float* input, const float* output,
                  const float* gradient, float* to) {
    for (int32_t p = 0; p < y.h; ++p) {
        for (int32_t q = 0; q < y.w; ++q) {
            const Window window = window_at(pooling, x, p, q);
            const int32_t at = p * y.w + q;
            bool found = false;
            for (int32_t h = window.h_begin; h < window.h_end; ++h) {
                for (int32_t w = window.w_begin; w < window.w_end; ++w) {
                    if (!pooling.takes_maximum()) {
                        to[h * x.w + w] += gradient[at] / divisor(pooling, window);
                    } else if (!found && input[h * x.w + w] == output[at]) {
                        to[h * x.w + w] += gradient[at];
                        found = true;
                    }
                }
            }
        }
    }
}

void check_pooling(CudnnCall& call, const Pooling& pooling, const Tensor& x, const Tensor& y) {
    call.require(y.n == x.n && y.c == x.c && y.h == pooling.output_h(x) && y.w == pooling.output_w(x),
                 "the output has the shape " + y.shape() + ", the pooling of " + x.shape() + " has another");
    call.require(x.type == y.type, "input and output are of different types");
}

}  // namespace

extern "C" {

/* cudnnActivationForward: y = alpha f(x) + beta y; y may be x. */
cudnnStatus_t cudnnActivationForward(cudnnHandle_t handle, cudnnActivationDescriptor_t activation, const void* alpha,
                                     cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                     cudnnTensorDescriptor_t y_descriptor, void* y) {
    CudnnCall call("cudnnActivationForward");
    const Context context = call.context(handle);
    const auto f = call.descriptor<Activation>("cudnnActivationDescriptor_t", activation);
    const Tensor in = call.tensor(x_descriptor);
    const Tensor out = call.tensor(y_descriptor);
    call.require(in.same_shape(out) && in.type == out.type, "input and output differ in shape or type");
    call.begin(context);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* from = call.reads("x", in, x);
    void* to = call.writes("y", out, y, keep);
    return call.submit([=] {
        std::vector<float> values = in.load(from);
        for (float& value : values) {
            value = f.value(value);
        }
        out.store(to, values, scale, keep);
    });
}

/* cudnnActivationBackward: dx = alpha f'(x) dy + beta dx; dx may be dy. */
cudnnStatus_t cudnnActivationBackward(cudnnHandle_t handle, cudnnActivationDescriptor_t activation, const void* alpha,
                                      cudnnTensorDescriptor_t y_descriptor, const void* y,
                                      cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                      cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                      cudnnTensorDescriptor_t dx_descriptor, void* dx) {
    CudnnCall call("cudnnActivationBackward");
    const Context context = call.context(handle);
    const auto f = call.descriptor<Activation>("cudnnActivationDescriptor_t", activation);
    const Tensor y_tensor = call.tensor(y_descriptor);
    const Tensor dy_tensor = call.tensor(dy_descriptor);
    const Tensor x_tensor = call.tensor(x_descriptor);
    const Tensor dx_tensor = call.tensor(dx_descriptor);
    call.require(y_tensor.same_shape(dy_tensor) && y_tensor.same_shape(x_tensor) && y_tensor.same_shape(dx_tensor),
                 "the four tensors differ in shape");
    call.begin(context);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* output = call.reads("y", y_tensor, y);
    const void* gradient = call.reads("dy", dy_tensor, dy);
    call.reads("x", x_tensor, x);
    void* to = call.writes("dx", dx_tensor, dx, keep);
    return call.submit([=] {
        const std::vector<float> values = y_tensor.load(output);
        std::vector<float> gradients = dy_tensor.load(gradient);
        for (size_t i = 0; i < values.size(); ++i) {
            gradients[i] *= f.slope(values[i]);
        }
        dx_tensor.store(to, gradients, scale, keep);
    });
}

/* cudnnPoolingForward: y = alpha pool(x) + beta y. */
cudnnStatus_t cudnnPoolingForward(cudnnHandle_t handle, cudnnPoolingDescriptor_t pooling, const void* alpha,
                                  cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                  cudnnTensorDescriptor_t y_descriptor, void* y) {
    CudnnCall call("cudnnPoolingForward");
    const Context context = call.context(handle);
    const auto window = call.descriptor<Pooling>("cudnnPoolingDescriptor_t", pooling);
    const Tensor in = call.tensor(x_descriptor);
    const Tensor out = call.tensor(y_descriptor);
    check_pooling(call, window, in, out);
    call.begin(context);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* from = call.reads("x", in, x);
    void* to = call.writes("y", out, y, keep);
    return call.submit([=] {
        const std::vector<float> input = in.load(from);
        std::vector<float> output(static_cast<size_t>(out.elements()));
        for (int32_t plane = 0; plane < in.n * in.c; ++plane) {
            pool_plane(window, in, out, &input[size_t{1} * plane * in.h * in.w],
                       &output[size_t{1} * plane * out.h * out.w]);
        }
        out.store(to, output, scale, keep);
    });
}

/*
 * cudnnPoolingBackward: dx = alpha pool'(x) dy + beta dx. Where several elements of a window hold its maximum cuDNN
 * does not say which one gets the gradient; here it is the first, as in the oracle.
 */
cudnnStatus_t cudnnPoolingBackward(cudnnHandle_t handle, cudnnPoolingDescriptor_t pooling, const void* alpha,
                                   cudnnTensorDescriptor_t y_descriptor, const void* y,
                                   cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                   cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                   cudnnTensorDescriptor_t dx_descriptor, void* dx) {
    CudnnCall call("cudnnPoolingBackward");
    const Context context = call.context(handle);
    const auto window = call.descriptor<Pooling>("cudnnPoolingDescriptor_t", pooling);
    const Tensor y_tensor = call.tensor(y_descriptor);
    const Tensor dy_tensor = call.tensor(dy_descriptor);
    const Tensor x_tensor = call.tensor(x_descriptor);
    const Tensor dx_tensor = call.tensor(dx_descriptor);
    check_pooling(call, window, x_tensor, y_tensor);
    call.require(y_tensor.same_shape(dy_tensor) && x_tensor.same_shape(dx_tensor),
                 "a gradient has another shape than what it belongs to");
    call.begin(context);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* output_at = call.reads("y", y_tensor, y);
    const void* gradient_at = call.reads("dy", dy_tensor, dy);
    const void* input_at = call.reads("x", x_tensor, x);
    void* to = call.writes("dx", dx_tensor, dx, keep);
    return call.submit([=] {
        const std::vector<float> input = x_tensor.load(input_at);
        const std::vector<float> output = y_tensor.load(output_at);
        const std::vector<float> gradient = dy_tensor.load(gradient_at);
        std::vector<float> result(input.size(), 0.0f);
        for (int32_t plane = 0; plane < x_tensor.n * x_tensor.c; ++plane) {
            const size_t in = size_t{1} * plane * x_tensor.h * x_tensor.w;
            const size_t out = size_t{1} * plane * y_tensor.h * y_tensor.w;
            spread_plane(window, x_tensor, y_tensor, &input[in], &output[out], &gradient[out], &result[in]);
        }
        dx_tensor.store(to, result, scale, keep);
    });
}

/* cudnnAddTensor: c = alpha a + beta c; a dimension of a is c's or 1. */
cudnnStatus_t cudnnAddTensor(cudnnHandle_t handle, const void* alpha, cudnnTensorDescriptor_t a_descriptor,
                             const void* a, const void* beta, cudnnTensorDescriptor_t c_descriptor, void* c) {
    CudnnCall call("cudnnAddTensor");
    const Context context = call.context(handle);
    const Tensor added = call.tensor(a_descriptor);
    const Tensor sum = call.tensor(c_descriptor);
    const auto fits = [](int32_t mine, int32_t theirs) { return mine == theirs || mine == 1; };
    call.require(fits(added.n, sum.n) && fits(added.c, sum.c) && fits(added.h, sum.h) && fits(added.w, sum.w),
                 "the shape " + added.shape() + " cannot be repeated to " + sum.shape());
    call.begin(context);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 1.0f);
    const void* from = call.reads("A", added, a);
    void* to = call.writes("C", sum, c, keep);
    return call.submit([=] {
        const std::vector<float> values = added.load(from);
        std::vector<float> repeated(static_cast<size_t>(sum.elements()));
        size_t index = 0;
        for (int32_t n = 0; n < sum.n; ++n) {
            for (int32_t k = 0; k < sum.c; ++k) {
                for (int32_t h = 0; h < sum.h; ++h) {
                    for (int32_t w = 0; w < sum.w; ++w) {
                        const int32_t row = (std::min(n, added.n - 1) * added.c + std::min(k, added.c - 1)) * added.h +
                                            std::min(h, added.h - 1);
                        repeated[index++] = values[row * added.w + std::min(w, added.w - 1)];
                    }
                }
            }
        }
        sum.store(to, repeated, scale, keep);
    });
}

}  // extern "C"
