/* Descriptors of the operations in libcudnn_ops and of convolution. */
#ifndef CONVOKE_SIMULATED_CUDNN_OPERATIONS_H
#define CONVOKE_SIMULATED_CUDNN_OPERATIONS_H

#include "tensor.h"

namespace convoke::simulated {

struct Activation {
    bool set = false;
    cudnnActivationMode_t mode = CUDNN_ACTIVATION_IDENTITY;

    float value(float x) const {
        switch (mode) {
            case CUDNN_ACTIVATION_RELU:
                return x > 0.0f || std::isnan(x) ? x : 0.0f;
            case CUDNN_ACTIVATION_SIGMOID:
                return 1.0f / (1.0f + std::exp(-x));
            case CUDNN_ACTIVATION_TANH:
                return std::tanh(x);
            default:
                return x;
        }
    }

    /* By the value y, as cudnnActivationBackward has it too. */
    float slope(float y) const {
        switch (mode) {
            case CUDNN_ACTIVATION_RELU:
                return y > 0.0f ? 1.0f : 0.0f;
            case CUDNN_ACTIVATION_SIGMOID:
                return y * (1.0f - y);
            case CUDNN_ACTIVATION_TANH:
                return 1.0f - y * y;
            default:
                return 1.0f;
        }
    }
};

struct Pooling {
    bool set = false;
    cudnnPoolingMode_t mode = CUDNN_POOLING_MAX;
    int32_t window_h = 1, window_w = 1;
    int32_t pad_h = 0, pad_w = 0;
    int32_t stride_h = 1, stride_w = 1;

    bool takes_maximum() const { return mode == CUDNN_POOLING_MAX || mode == CUDNN_POOLING_MAX_DETERMINISTIC; }
    int32_t output_h(const Tensor& x) const { return 1 + (x.h + 2 * pad_h - window_h) / stride_h; }
    int32_t output_w(const Tensor& x) const { return 1 + (x.w + 2 * pad_w - window_w) / stride_w; }
};

struct Convolution {
    bool set = false;
    int32_t pad_h = 0, pad_w = 0;
    int32_t stride_h = 1, stride_w = 1;
    int32_t dilation_h = 1, dilation_w = 1;
    cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
    cudnnMathType_t math = CUDNN_DEFAULT_MATH;
    int32_t groups = 1; /* channels and filters are cut into as many; a group's filters see its channels alone */

    /* Whether there is an output; a negative distance would be rounded the wrong way. */
    bool fits(const Tensor& x, const Tensor& filter) const {
        return x.h + 2 * pad_h > (filter.h - 1) * dilation_h && x.w + 2 * pad_w > (filter.w - 1) * dilation_w;
    }
    int32_t output_h(const Tensor& x, const Tensor& filter) const {
        return 1 + (x.h + 2 * pad_h - ((filter.h - 1) * dilation_h + 1)) / stride_h;
    }
    int32_t output_w(const Tensor& x, const Tensor& filter) const {
        return 1 + (x.w + 2 * pad_w - ((filter.w - 1) * dilation_w + 1)) / stride_w;
    }
};

}  // namespace convoke::simulated

#endif
