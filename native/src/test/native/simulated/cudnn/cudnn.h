/*
 * What of cuDNN 9 the simulation serves: types and numbers as NVIDIA's documentation of cuDNN's legacy API gives them
 * and as the bindings hold them, declared here so that nothing of NVIDIA's is needed to build. Functions are declared
 * where they are defined.
 */
#ifndef CONVOKE_SIMULATED_CUDNN_H
#define CONVOKE_SIMULATED_CUDNN_H

#include <cstddef>
#include <cstdint>

using cudnnHandle_t = void*;
using cudnnTensorDescriptor_t = void*;
using cudnnFilterDescriptor_t = void*;
using cudnnConvolutionDescriptor_t = void*;
using cudnnActivationDescriptor_t = void*;
using cudnnPoolingDescriptor_t = void*;

enum cudnnStatus_t : int32_t {
    CUDNN_STATUS_SUCCESS = 0,
    CUDNN_STATUS_NOT_INITIALIZED = 1001,
    CUDNN_STATUS_BAD_PARAM = 2000,
    CUDNN_STATUS_NOT_SUPPORTED = 3000,
    CUDNN_STATUS_INTERNAL_ERROR = 4000,
    CUDNN_STATUS_ALLOC_FAILED = 4003,
    CUDNN_STATUS_EXECUTION_FAILED = 5000,
};

enum cudnnDataType_t : int32_t { CUDNN_DATA_FLOAT = 0, CUDNN_DATA_BFLOAT16 = 9 };
enum cudnnTensorFormat_t : int32_t { CUDNN_TENSOR_NCHW = 0, CUDNN_TENSOR_NHWC = 1 };
enum cudnnMathType_t : int32_t {
    CUDNN_DEFAULT_MATH = 0,
    CUDNN_TENSOR_OP_MATH = 1,
    CUDNN_TENSOR_OP_MATH_ALLOW_CONVERSION = 2,
    CUDNN_FMA_MATH = 3,
};
enum cudnnConvolutionMode_t : int32_t { CUDNN_CONVOLUTION = 0, CUDNN_CROSS_CORRELATION = 1 };
enum cudnnDeterminism_t : int32_t { CUDNN_NON_DETERMINISTIC = 0, CUDNN_DETERMINISTIC = 1 };
enum cudnnActivationMode_t : int32_t {
    CUDNN_ACTIVATION_SIGMOID = 0,
    CUDNN_ACTIVATION_RELU = 1,
    CUDNN_ACTIVATION_TANH = 2,
    CUDNN_ACTIVATION_IDENTITY = 5,
};
enum cudnnPoolingMode_t : int32_t {
    CUDNN_POOLING_MAX = 0,
    CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING = 1,
    CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING = 2,
    CUDNN_POOLING_MAX_DETERMINISTIC = 3,
};
enum cudnnBatchNormMode_t : int32_t { CUDNN_BATCHNORM_SPATIAL = 1, CUDNN_BATCHNORM_SPATIAL_PERSISTENT = 2 };
enum cudnnBatchNormOps_t : int32_t { CUDNN_BATCHNORM_OPS_BN = 0, CUDNN_BATCHNORM_OPS_BN_ACTIVATION = 1 };

/* Numbers of cudnnConvolutionFwdAlgo_t, ...BwdDataAlgo_t and ...BwdFilterAlgo_t. */
enum : int32_t {
    CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM = 0,
    CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM = 1,
    CUDNN_CONVOLUTION_FWD_ALGO_GEMM = 2,
    CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD = 6,
    CUDNN_CONVOLUTION_BWD_DATA_ALGO_0 = 0,
    CUDNN_CONVOLUTION_BWD_DATA_ALGO_1 = 1,
    CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD = 4,
    CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0 = 0,
    CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1 = 1,
    CUDNN_CONVOLUTION_BWD_FILTER_ALGO_3 = 3,
};

/* cudnnConvolutionFwdAlgoPerf_t and its two siblings, which have one layout. */
struct cudnnConvolutionAlgoPerf_t {
    int32_t algo;
    cudnnStatus_t status;
    float time; /* milliseconds; -1 where it was not measured */
    size_t memory;
    cudnnDeterminism_t determinism;
    cudnnMathType_t mathType;
    int32_t reserved[3];
};

#pragma GCC visibility push(default)
extern "C" {
size_t cudnnGetVersion();
size_t cudnnGetMaxDeviceVersion();
size_t cudnnGetCudartVersion();
cudnnStatus_t cudnnGetProperty(int32_t property, int32_t* value);
const char* cudnnGetErrorString(cudnnStatus_t status);
void cudnnGetLastErrorString(char* text, size_t capacity);
cudnnStatus_t cudnnCreate(cudnnHandle_t* handle);
cudnnStatus_t cudnnDestroy(cudnnHandle_t handle);
cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, void* stream);
cudnnStatus_t cudnnGetStream(cudnnHandle_t handle, void** stream);
cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* tensor);
cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensor);
cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensor, cudnnTensorFormat_t format,
                                         cudnnDataType_t type, int32_t n, int32_t c, int32_t h, int32_t w);
cudnnStatus_t cudnnSetTensor4dDescriptorEx(cudnnTensorDescriptor_t tensor, cudnnDataType_t type, int32_t n, int32_t c,
                                           int32_t h, int32_t w, int32_t n_stride, int32_t c_stride, int32_t h_stride,
                                           int32_t w_stride);
cudnnStatus_t cudnnGetTensor4dDescriptor(cudnnTensorDescriptor_t tensor, cudnnDataType_t* type, int32_t* n, int32_t* c,
                                         int32_t* h, int32_t* w, int32_t* n_stride, int32_t* c_stride,
                                         int32_t* h_stride, int32_t* w_stride);
cudnnStatus_t cudnnGetTensorSizeInBytes(cudnnTensorDescriptor_t tensor, size_t* bytes);
cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t* filter);
cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t filter);
cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t filter, cudnnDataType_t type,
                                         cudnnTensorFormat_t format, int32_t k, int32_t c, int32_t h, int32_t w);
cudnnStatus_t cudnnGetFilter4dDescriptor(cudnnFilterDescriptor_t filter, cudnnDataType_t* type,
                                         cudnnTensorFormat_t* format, int32_t* k, int32_t* c, int32_t* h, int32_t* w);
cudnnStatus_t cudnnGetFilterSizeInBytes(cudnnFilterDescriptor_t filter, size_t* bytes);
cudnnStatus_t cudnnCreateActivationDescriptor(cudnnActivationDescriptor_t* activation);
cudnnStatus_t cudnnDestroyActivationDescriptor(cudnnActivationDescriptor_t activation);
cudnnStatus_t cudnnSetActivationDescriptor(cudnnActivationDescriptor_t activation, cudnnActivationMode_t mode, int32_t,
                                           double);
cudnnStatus_t cudnnCreatePoolingDescriptor(cudnnPoolingDescriptor_t* pooling);
cudnnStatus_t cudnnDestroyPoolingDescriptor(cudnnPoolingDescriptor_t pooling);
cudnnStatus_t cudnnSetPooling2dDescriptor(cudnnPoolingDescriptor_t pooling, cudnnPoolingMode_t mode, int32_t,
                                          int32_t window_h, int32_t window_w, int32_t pad_h, int32_t pad_w,
                                          int32_t stride_h, int32_t stride_w);
cudnnStatus_t cudnnGetActivationDescriptor(cudnnActivationDescriptor_t activation, cudnnActivationMode_t* mode,
                                           int32_t* nan, double* coefficient);
cudnnStatus_t cudnnGetPooling2dDescriptor(cudnnPoolingDescriptor_t pooling, cudnnPoolingMode_t* mode, int32_t* nan,
                                          int32_t* window_h, int32_t* window_w, int32_t* pad_h, int32_t* pad_w,
                                          int32_t* stride_h, int32_t* stride_w);
cudnnStatus_t cudnnGetPooling2dForwardOutputDim(cudnnPoolingDescriptor_t pooling, cudnnTensorDescriptor_t input,
                                                int32_t* n, int32_t* c, int32_t* h, int32_t* w);
cudnnStatus_t cudnnDeriveBNTensorDescriptor(cudnnTensorDescriptor_t derived, cudnnTensorDescriptor_t x,
                                            cudnnBatchNormMode_t mode);
cudnnStatus_t cudnnActivationForward(cudnnHandle_t handle, cudnnActivationDescriptor_t activation, const void* alpha,
                                     cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                     cudnnTensorDescriptor_t y_descriptor, void* y);
cudnnStatus_t cudnnActivationBackward(cudnnHandle_t handle, cudnnActivationDescriptor_t activation, const void* alpha,
                                      cudnnTensorDescriptor_t y_descriptor, const void* y,
                                      cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                      cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                      cudnnTensorDescriptor_t dx_descriptor, void* dx);
cudnnStatus_t cudnnPoolingForward(cudnnHandle_t handle, cudnnPoolingDescriptor_t pooling, const void* alpha,
                                  cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                  cudnnTensorDescriptor_t y_descriptor, void* y);
cudnnStatus_t cudnnPoolingBackward(cudnnHandle_t handle, cudnnPoolingDescriptor_t pooling, const void* alpha,
                                   cudnnTensorDescriptor_t y_descriptor, const void* y,
                                   cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                   cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                   cudnnTensorDescriptor_t dx_descriptor, void* dx);
cudnnStatus_t cudnnAddTensor(cudnnHandle_t handle, const void* alpha, cudnnTensorDescriptor_t a_descriptor,
                             const void* a, const void* beta, cudnnTensorDescriptor_t c_descriptor, void* c);
cudnnStatus_t cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                                       cudnnBatchNormOps_t ops,
                                                                       cudnnTensorDescriptor_t x,
                                                                       cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
                                                                       cudnnTensorDescriptor_t,
                                                                       cudnnActivationDescriptor_t, size_t* bytes);
cudnnStatus_t cudnnGetBatchNormalizationBackwardExWorkspaceSize(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                                cudnnBatchNormOps_t ops, cudnnTensorDescriptor_t x,
                                                                cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
                                                                cudnnTensorDescriptor_t, cudnnTensorDescriptor_t,
                                                                cudnnTensorDescriptor_t, cudnnActivationDescriptor_t,
                                                                size_t* bytes);
cudnnStatus_t cudnnGetBatchNormalizationTrainingExReserveSpaceSize(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                                   cudnnBatchNormOps_t ops, cudnnActivationDescriptor_t,
                                                                   cudnnTensorDescriptor_t x, size_t* bytes);
cudnnStatus_t cudnnBatchNormalizationForwardTraining(cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha,
                                                     const void* beta, cudnnTensorDescriptor_t x_descriptor,
                                                     const void* x, cudnnTensorDescriptor_t y_descriptor, void* y,
                                                     cudnnTensorDescriptor_t parameters, const void* scale,
                                                     const void* bias, double factor, void* running_mean,
                                                     void* running_variance, double epsilon, void* saved_mean,
                                                     void* saved_inverse);
cudnnStatus_t cudnnBatchNormalizationForwardTrainingEx(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops, const void* alpha, const void* beta,
    cudnnTensorDescriptor_t x_descriptor, const void* x, cudnnTensorDescriptor_t, const void*,
    cudnnTensorDescriptor_t y_descriptor, void* y, cudnnTensorDescriptor_t parameters, const void* scale,
    const void* bias, double factor, void* running_mean, void* running_variance, double epsilon, void* saved_mean,
    void* saved_inverse, cudnnActivationDescriptor_t activation, void* workspace, size_t workspace_size, void* reserve,
    size_t reserve_size);
cudnnStatus_t cudnnBatchNormalizationForwardInference(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                      const void* alpha, const void* beta,
                                                      cudnnTensorDescriptor_t x_descriptor, const void* x,
                                                      cudnnTensorDescriptor_t y_descriptor, void* y,
                                                      cudnnTensorDescriptor_t parameters_descriptor, const void* scale,
                                                      const void* bias, const void* mean, const void* variance,
                                                      double epsilon);
cudnnStatus_t cudnnBatchNormalizationBackward(cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha_data,
                                              const void* beta_data, const void* alpha_parameters,
                                              const void* beta_parameters, cudnnTensorDescriptor_t x_descriptor,
                                              const void* x, cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                              cudnnTensorDescriptor_t dx_descriptor, void* dx,
                                              cudnnTensorDescriptor_t parameters, const void* scale, void* dscale,
                                              void* dbias, double epsilon, const void* saved_mean,
                                              const void* saved_inverse);
cudnnStatus_t cudnnBatchNormalizationBackwardEx(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops, const void* alpha_data,
    const void* beta_data, const void* alpha_parameters, const void* beta_parameters,
    cudnnTensorDescriptor_t x_descriptor, const void* x, cudnnTensorDescriptor_t y_descriptor, const void* y,
    cudnnTensorDescriptor_t dy_descriptor, const void* dy, cudnnTensorDescriptor_t, void*,
    cudnnTensorDescriptor_t dx_descriptor, void* dx, cudnnTensorDescriptor_t parameters, const void* scale,
    const void* bias, void* dscale, void* dbias, double epsilon, const void* saved_mean, const void* saved_inverse,
    cudnnActivationDescriptor_t activation, void* workspace, size_t workspace_size, void* reserve, size_t reserve_size);
cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t* convolution);
cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t convolution);
cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t convolution, int32_t pad_h, int32_t pad_w,
                                              int32_t stride_h, int32_t stride_w, int32_t dilation_h,
                                              int32_t dilation_w, cudnnConvolutionMode_t mode, cudnnDataType_t compute);
cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t convolution, cudnnMathType_t math);
cudnnStatus_t cudnnGetConvolutionMathType(cudnnConvolutionDescriptor_t convolution, cudnnMathType_t* math);
cudnnStatus_t cudnnSetConvolutionGroupCount(cudnnConvolutionDescriptor_t convolution, int32_t groups);
cudnnStatus_t cudnnGetConvolutionGroupCount(cudnnConvolutionDescriptor_t convolution, int32_t* groups);
cudnnStatus_t cudnnGetConvolution2dDescriptor(cudnnConvolutionDescriptor_t convolution, int32_t* pad_h, int32_t* pad_w,
                                              int32_t* stride_h, int32_t* stride_w, int32_t* dilation_h,
                                              int32_t* dilation_w, cudnnConvolutionMode_t* mode,
                                              cudnnDataType_t* compute);
cudnnStatus_t cudnnGetConvolution2dForwardOutputDim(cudnnConvolutionDescriptor_t convolution,
                                                    cudnnTensorDescriptor_t x_descriptor,
                                                    cudnnFilterDescriptor_t filter_descriptor, int32_t* n, int32_t* c,
                                                    int32_t* h, int32_t* w);
cudnnStatus_t cudnnGetConvolutionForwardWorkspaceSize(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                      cudnnFilterDescriptor_t w, cudnnConvolutionDescriptor_t c,
                                                      cudnnTensorDescriptor_t y, int32_t algorithm, size_t* bytes);
cudnnStatus_t cudnnGetConvolutionBackwardDataWorkspaceSize(cudnnHandle_t handle, cudnnFilterDescriptor_t w,
                                                           cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                           cudnnTensorDescriptor_t dx, int32_t algorithm,
                                                           size_t* bytes);
cudnnStatus_t cudnnGetConvolutionBackwardFilterWorkspaceSize(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                             cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                             cudnnFilterDescriptor_t dw, int32_t algorithm,
                                                             size_t* bytes);
cudnnStatus_t cudnnGetConvolutionForwardAlgorithmMaxCount(cudnnHandle_t handle, int32_t* count);
cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithmMaxCount(cudnnHandle_t handle, int32_t* count);
cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithmMaxCount(cudnnHandle_t handle, int32_t* count);
cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                     cudnnFilterDescriptor_t w, cudnnConvolutionDescriptor_t c,
                                                     cudnnTensorDescriptor_t y, int32_t requested, int32_t* returned,
                                                     cudnnConvolutionAlgoPerf_t* results);
cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithm_v7(cudnnHandle_t handle, cudnnFilterDescriptor_t w,
                                                          cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                          cudnnTensorDescriptor_t dx, int32_t requested,
                                                          int32_t* returned, cudnnConvolutionAlgoPerf_t* results);
cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithm_v7(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                            cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                            cudnnFilterDescriptor_t dw, int32_t requested,
                                                            int32_t* returned, cudnnConvolutionAlgoPerf_t* results);
cudnnStatus_t cudnnFindConvolutionForwardAlgorithmEx(cudnnHandle_t handle, cudnnTensorDescriptor_t x_descriptor,
                                                     const void* x, cudnnFilterDescriptor_t w_descriptor, const void* w,
                                                     cudnnConvolutionDescriptor_t convolution,
                                                     cudnnTensorDescriptor_t y_descriptor, void* y, int32_t requested,
                                                     int32_t* returned, cudnnConvolutionAlgoPerf_t* results,
                                                     void* workspace, size_t workspace_bytes);
cudnnStatus_t cudnnFindConvolutionBackwardDataAlgorithmEx(
    cudnnHandle_t handle, cudnnFilterDescriptor_t w_descriptor, const void* w, cudnnTensorDescriptor_t dy_descriptor,
    const void* dy, cudnnConvolutionDescriptor_t convolution, cudnnTensorDescriptor_t dx_descriptor, void* dx,
    int32_t requested, int32_t* returned, cudnnConvolutionAlgoPerf_t* results, void* workspace, size_t workspace_bytes);
cudnnStatus_t cudnnFindConvolutionBackwardFilterAlgorithmEx(
    cudnnHandle_t handle, cudnnTensorDescriptor_t x_descriptor, const void* x, cudnnTensorDescriptor_t dy_descriptor,
    const void* dy, cudnnConvolutionDescriptor_t convolution, cudnnFilterDescriptor_t dw_descriptor, void* dw,
    int32_t requested, int32_t* returned, cudnnConvolutionAlgoPerf_t* results, void* workspace, size_t workspace_bytes);
cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void* alpha, cudnnTensorDescriptor_t x_descriptor,
                                      const void* x, cudnnFilterDescriptor_t w_descriptor, const void* w,
                                      cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                      size_t workspace_bytes, const void* beta, cudnnTensorDescriptor_t y_descriptor,
                                      void* y);
cudnnStatus_t cudnnConvolutionBiasActivationForward(
    cudnnHandle_t handle, const void* alpha1, cudnnTensorDescriptor_t x_descriptor, const void* x,
    cudnnFilterDescriptor_t w_descriptor, const void* w, cudnnConvolutionDescriptor_t convolution, int32_t number,
    void* workspace, size_t workspace_bytes, const void* alpha2, cudnnTensorDescriptor_t z_descriptor, const void* z,
    cudnnTensorDescriptor_t bias_descriptor, const void* bias, cudnnActivationDescriptor_t activation,
    cudnnTensorDescriptor_t y_descriptor, void* y);
cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t handle, const void* alpha,
                                           cudnnFilterDescriptor_t w_descriptor, const void* w,
                                           cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                           cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                           size_t workspace_bytes, const void* beta,
                                           cudnnTensorDescriptor_t dx_descriptor, void* dx);
cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t handle, const void* alpha,
                                             cudnnTensorDescriptor_t x_descriptor, const void* x,
                                             cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                             cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                             size_t workspace_bytes, const void* beta,
                                             cudnnFilterDescriptor_t dw_descriptor, void* dw);
cudnnStatus_t cudnnConvolutionBackwardBias(cudnnHandle_t handle, const void* alpha,
                                           cudnnTensorDescriptor_t dy_descriptor, const void* dy, const void* beta,
                                           cudnnTensorDescriptor_t db_descriptor, void* db);
}
#pragma GCC visibility pop

#endif
