/*
 * Part of libcudnn_ops.so.9, simulated: descriptors of tensors, filters, activations and poolings. NVIDIA cuDNN
 * Backend, docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-ops-library.html.
 */
#include "operations.h"

using namespace convoke::simulated;

namespace {

bool known(cudnnDataType_t type) { return type == CUDNN_DATA_FLOAT || type == CUDNN_DATA_BFLOAT16; }

Tensor dense(cudnnTensorFormat_t format, cudnnDataType_t type, int32_t n, int32_t c, int32_t h, int32_t w) {
    Tensor tensor;
    tensor.set = true;
    tensor.type = type;
    tensor.n = n;
    tensor.c = c;
    tensor.h = h;
    tensor.w = w;
    tensor.lay_out(format);
    return tensor;
}

std::string what_is_wrong(const Tensor& tensor, bool format_known) {
    if (!known(tensor.type)) {
        return "a data type that is not simulated";
    }
    if (!format_known) {
        return "a format that is not simulated";
    }
    return tensor.n > 0 && tensor.c > 0 && tensor.h > 0 && tensor.w > 0 ? "" : "a dimension is not positive";
}

bool known(cudnnTensorFormat_t format) { return format == CUDNN_TENSOR_NCHW || format == CUDNN_TENSOR_NHWC; }

}  // namespace

extern "C" {

/* cudnnCreateTensorDescriptor */
cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* tensor) {
    return create<Tensor>("cudnnCreateTensorDescriptor", "cudnnTensorDescriptor_t", tensor);
}

/* cudnnDestroyTensorDescriptor */
cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensor) {
    return destroy("cudnnDestroyTensorDescriptor", "cudnnTensorDescriptor_t", tensor);
}

/* cudnnSetTensor4dDescriptor */
cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensor, cudnnTensorFormat_t format,
                                         cudnnDataType_t type, int32_t n, int32_t c, int32_t h, int32_t w) {
    const Tensor value = dense(format, type, n, c, h, w);
    return assign("cudnnSetTensor4dDescriptor", "cudnnTensorDescriptor_t", tensor, value,
                  what_is_wrong(value, known(format)));
}

/* cudnnSetTensor4dDescriptorEx */
cudnnStatus_t cudnnSetTensor4dDescriptorEx(cudnnTensorDescriptor_t tensor, cudnnDataType_t type, int32_t n, int32_t c,
                                           int32_t h, int32_t w, int32_t n_stride, int32_t c_stride, int32_t h_stride,
                                           int32_t w_stride) {
    Tensor value = dense(CUDNN_TENSOR_NCHW, type, n, c, h, w);
    value.n_stride = n_stride;
    value.c_stride = c_stride;
    value.h_stride = h_stride;
    value.w_stride = w_stride;
    return assign("cudnnSetTensor4dDescriptorEx", "cudnnTensorDescriptor_t", tensor, value, what_is_wrong(value, true));
}

/* cudnnGetTensor4dDescriptor */
cudnnStatus_t cudnnGetTensor4dDescriptor(cudnnTensorDescriptor_t tensor, cudnnDataType_t* type, int32_t* n, int32_t* c,
                                         int32_t* h, int32_t* w, int32_t* n_stride, int32_t* c_stride,
                                         int32_t* h_stride, int32_t* w_stride) {
    CudnnCall call("cudnnGetTensor4dDescriptor");
    const Tensor value = call.tensor(tensor);
    if (call.ok()) {
        *type = value.type;
        *n = value.n;
        *c = value.c;
        *h = value.h;
        *w = value.w;
        *n_stride = static_cast<int32_t>(value.n_stride);
        *c_stride = static_cast<int32_t>(value.c_stride);
        *h_stride = static_cast<int32_t>(value.h_stride);
        *w_stride = static_cast<int32_t>(value.w_stride);
    }
    return call.status();
}

/* cudnnGetTensorSizeInBytes */
cudnnStatus_t cudnnGetTensorSizeInBytes(cudnnTensorDescriptor_t tensor, size_t* bytes) {
    CudnnCall call("cudnnGetTensorSizeInBytes");
    const Tensor value = call.tensor(tensor);
    *bytes = call.ok() ? static_cast<size_t>(value.span()) * value.element_size() : 0;
    return call.status();
}

/* cudnnCreateFilterDescriptor */
cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t* filter) {
    return create<Tensor>("cudnnCreateFilterDescriptor", "cudnnFilterDescriptor_t", filter);
}

/* cudnnDestroyFilterDescriptor */
cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t filter) {
    return destroy("cudnnDestroyFilterDescriptor", "cudnnFilterDescriptor_t", filter);
}

/* cudnnSetFilter4dDescriptor: NCHW is KCRS, NHWC is KRSC. */
cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t filter, cudnnDataType_t type,
                                         cudnnTensorFormat_t format, int32_t k, int32_t c, int32_t h, int32_t w) {
    const Tensor value = dense(format, type, k, c, h, w);
    return assign("cudnnSetFilter4dDescriptor", "cudnnFilterDescriptor_t", filter, value,
                  what_is_wrong(value, known(format)));
}

/* cudnnGetFilter4dDescriptor */
cudnnStatus_t cudnnGetFilter4dDescriptor(cudnnFilterDescriptor_t filter, cudnnDataType_t* type,
                                         cudnnTensorFormat_t* format, int32_t* k, int32_t* c, int32_t* h, int32_t* w) {
    CudnnCall call("cudnnGetFilter4dDescriptor");
    const Tensor value = call.filter(filter);
    if (call.ok()) {
        *type = value.type;
        *format = value.channels_first() ? CUDNN_TENSOR_NCHW : CUDNN_TENSOR_NHWC;
        *k = value.n;
        *c = value.c;
        *h = value.h;
        *w = value.w;
    }
    return call.status();
}

/* cudnnGetFilterSizeInBytes */
cudnnStatus_t cudnnGetFilterSizeInBytes(cudnnFilterDescriptor_t filter, size_t* bytes) {
    CudnnCall call("cudnnGetFilterSizeInBytes");
    const Tensor value = call.filter(filter);
    *bytes = call.ok() ? static_cast<size_t>(value.span()) * value.element_size() : 0;
    return call.status();
}

/* cudnnCreateActivationDescriptor */
cudnnStatus_t cudnnCreateActivationDescriptor(cudnnActivationDescriptor_t* activation) {
    return create<Activation>("cudnnCreateActivationDescriptor", "cudnnActivationDescriptor_t", activation);
}

/* cudnnDestroyActivationDescriptor */
cudnnStatus_t cudnnDestroyActivationDescriptor(cudnnActivationDescriptor_t activation) {
    return destroy("cudnnDestroyActivationDescriptor", "cudnnActivationDescriptor_t", activation);
}

/* cudnnSetActivationDescriptor: `coefficient` is the bound of a clipped ReLU, which is not simulated. */
cudnnStatus_t cudnnSetActivationDescriptor(cudnnActivationDescriptor_t activation, cudnnActivationMode_t mode, int32_t,
                                           double) {
    const bool simulated = mode == CUDNN_ACTIVATION_RELU || mode == CUDNN_ACTIVATION_IDENTITY ||
                           mode == CUDNN_ACTIVATION_SIGMOID || mode == CUDNN_ACTIVATION_TANH;
    return assign("cudnnSetActivationDescriptor", "cudnnActivationDescriptor_t", activation, Activation{true, mode},
                  simulated ? "" : "an activation that is not simulated");
}

/* cudnnGetActivationDescriptor */
cudnnStatus_t cudnnGetActivationDescriptor(cudnnActivationDescriptor_t activation, cudnnActivationMode_t* mode,
                                           int32_t* nan, double* coefficient) {
    CudnnCall call("cudnnGetActivationDescriptor");
    *mode = call.descriptor<Activation>("cudnnActivationDescriptor_t", activation).mode;
    *nan = 0;
    *coefficient = 0.0;
    return call.status();
}

/* cudnnCreatePoolingDescriptor */
cudnnStatus_t cudnnCreatePoolingDescriptor(cudnnPoolingDescriptor_t* pooling) {
    return create<Pooling>("cudnnCreatePoolingDescriptor", "cudnnPoolingDescriptor_t", pooling);
}

/* cudnnDestroyPoolingDescriptor */
cudnnStatus_t cudnnDestroyPoolingDescriptor(cudnnPoolingDescriptor_t pooling) {
    return destroy("cudnnDestroyPoolingDescriptor", "cudnnPoolingDescriptor_t", pooling);
}

/* cudnnSetPooling2dDescriptor */
cudnnStatus_t cudnnSetPooling2dDescriptor(cudnnPoolingDescriptor_t pooling, cudnnPoolingMode_t mode, int32_t,
                                          int32_t window_h, int32_t window_w, int32_t pad_h, int32_t pad_w,
                                          int32_t stride_h, int32_t stride_w) {
    const bool right = mode >= CUDNN_POOLING_MAX && mode <= CUDNN_POOLING_MAX_DETERMINISTIC && window_h > 0 &&
                       window_w > 0 && pad_h >= 0 && pad_w >= 0 && stride_h > 0 && stride_w > 0 && pad_h < window_h &&
                       pad_w < window_w;
    return assign("cudnnSetPooling2dDescriptor", "cudnnPoolingDescriptor_t", pooling,
                  Pooling{true, mode, window_h, window_w, pad_h, pad_w, stride_h, stride_w},
                  right ? "" : "a mode, window, padding or stride that cannot be");
}

/* cudnnGetPooling2dDescriptor */
cudnnStatus_t cudnnGetPooling2dDescriptor(cudnnPoolingDescriptor_t pooling, cudnnPoolingMode_t* mode, int32_t* nan,
                                          int32_t* window_h, int32_t* window_w, int32_t* pad_h, int32_t* pad_w,
                                          int32_t* stride_h, int32_t* stride_w) {
    CudnnCall call("cudnnGetPooling2dDescriptor");
    const auto value = call.descriptor<Pooling>("cudnnPoolingDescriptor_t", pooling);
    *mode = value.mode;
    *nan = 0;
    *window_h = value.window_h;
    *window_w = value.window_w;
    *pad_h = value.pad_h;
    *pad_w = value.pad_w;
    *stride_h = value.stride_h;
    *stride_w = value.stride_w;
    return call.status();
}

/* cudnnGetPooling2dForwardOutputDim: 1 + (input + 2 padding - window) / stride, rounded down. */
cudnnStatus_t cudnnGetPooling2dForwardOutputDim(cudnnPoolingDescriptor_t pooling, cudnnTensorDescriptor_t input,
                                                int32_t* n, int32_t* c, int32_t* h, int32_t* w) {
    CudnnCall call("cudnnGetPooling2dForwardOutputDim");
    const auto window = call.descriptor<Pooling>("cudnnPoolingDescriptor_t", pooling);
    const Tensor x = call.tensor(input);
    if (call.ok()) {
        *n = x.n;
        *c = x.c;
        *h = window.output_h(x);
        *w = window.output_w(x);
    }
    return call.status();
}

/* cudnnDeriveBNTensorDescriptor: 1xCx1x1 in float, whatever the type of x. */
cudnnStatus_t cudnnDeriveBNTensorDescriptor(cudnnTensorDescriptor_t derived, cudnnTensorDescriptor_t x,
                                            cudnnBatchNormMode_t mode) {
    CudnnCall call("cudnnDeriveBNTensorDescriptor");
    const Tensor of = call.tensor(x);
    call.require(mode == CUDNN_BATCHNORM_SPATIAL || mode == CUDNN_BATCHNORM_SPATIAL_PERSISTENT,
                 "a mode that is not simulated");
    return call.ok() ? assign("cudnnDeriveBNTensorDescriptor", "cudnnTensorDescriptor_t", derived,
                              dense(CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 1, of.c, 1, 1), "")
                     : call.status();
}

}  // extern "C"
