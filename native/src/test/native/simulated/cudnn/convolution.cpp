/*
 * libcudnn_cnn.so.9, simulated: convolution. NVIDIA cuDNN Backend,
 * docs.nvidia.com/deeplearning/cudnn/backend/latest/api/cudnn-cnn-library.html. Which algorithms serve which types and
 * layouts follows the tables at cudnnConvolutionForward, cudnnConvolutionBackwardData and
 * cudnnConvolutionBackwardFilter there; which are reproducible, the page Odds and Ends, Reproducibility (Determinism).
 */
#include <algorithm>
#include <atomic>

#include "convolution_loops.h"

using namespace convoke::simulated;

namespace {

enum class Pass { kForward, kData, kFilter };

/* One algorithm of one pass: its number, its time here, whether it gives the same bits each time, what it demands. */
struct Algorithm {
    int32_t number;
    float milliseconds;
    bool reproducible;
    bool channels_last;      /* serves NHWC too */
    bool three_by_three;     /* serves 3x3 with stride 1 alone */
    size_t bytes_per_weight; /* workspace */
};

const Algorithm kForwardAlgorithms[] = {
    {CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, 0.010f, true, true, false, 4},
    {CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD, 0.015f, true, false, true, 16},
    {CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM, 0.020f, true, true, false, 0},
    {CUDNN_CONVOLUTION_FWD_ALGO_GEMM, 0.040f, true, false, false, 8},
};

const Algorithm kDataAlgorithms[] = {
    {CUDNN_CONVOLUTION_BWD_DATA_ALGO_0, 0.010f, false, true, false, 0},
    {CUDNN_CONVOLUTION_BWD_DATA_ALGO_1, 0.012f, true, true, false, 4},
    {CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD, 0.015f, true, false, true, 16},
};

const Algorithm kFilterAlgorithms[] = {
    {CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0, 0.010f, false, true, false, 0},
    {CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1, 0.012f, true, true, false, 8},
    {CUDNN_CONVOLUTION_BWD_FILTER_ALGO_3, 0.030f, false, false, false, 4},
};

struct Algorithms {
    const Algorithm* begin;
    const Algorithm* end;
};

Algorithms algorithms(Pass pass) {
    switch (pass) {
        case Pass::kForward:
            return {std::begin(kForwardAlgorithms), std::end(kForwardAlgorithms)};
        case Pass::kData:
            return {std::begin(kDataAlgorithms), std::end(kDataAlgorithms)};
        default:
            return {std::begin(kFilterAlgorithms), std::end(kFilterAlgorithms)};
    }
}

/* The two tensors, the filter and the convolution between them: x and y, or their gradients. */
struct Problem {
    Tensor x, filter, y;
    Convolution convolution;

    bool served_by(const Algorithm& algorithm) const {
        const bool first = x.channels_first() && filter.channels_first() && y.channels_first();
        const bool last = x.channels_last() && filter.channels_last() && y.channels_last();
        const bool small = filter.h == 3 && filter.w == 3 && convolution.stride_h == 1 && convolution.stride_w == 1 &&
                           convolution.dilation_h == 1 && convolution.dilation_w == 1;
        const bool sixteen_bits = x.type == CUDNN_DATA_BFLOAT16;
        return (first || (last && algorithm.channels_last)) && (small || !algorithm.three_by_three) &&
               !(sixteen_bits && algorithm.three_by_three);
    }

    size_t workspace(const Algorithm& algorithm) const {
        return algorithm.bytes_per_weight * static_cast<size_t>(filter.elements());
    }

    /* On tensor cores float operands lose bits: by default from compute capability 8.0 on, never with FMA. */
    bool tensor_cores() const {
        const bool has_tf32 = std::stod(setting("CONVOKE_SIM_CAPABILITY", "9.0")) >= 8.0;
        return x.type == CUDNN_DATA_FLOAT && convolution.math != CUDNN_FMA_MATH && has_tf32;
    }

    std::vector<float> operand(const Tensor& tensor, const void* from) const {
        std::vector<float> values = tensor.load(from);
        if (tensor_cores()) {
            std::transform(values.begin(), values.end(), values.begin(), to_tf32);
        }
        return values;
    }

    ConvolutionShape shape() const { return {x, filter, y, convolution}; }
};

Problem problem(CudnnCall& call, const void* x, const void* filter, const void* convolution, const void* y) {
    Problem asked{call.tensor(x), call.filter(filter), call.tensor(y),
                  call.descriptor<Convolution>("cudnnConvolutionDescriptor_t", convolution)};
    const int32_t groups = asked.convolution.groups;
    call.require(asked.filter.c * groups == asked.x.c && asked.y.c == asked.filter.n && asked.y.n == asked.x.n,
                 "channels or images of " + asked.x.shape() + ", filter " + asked.filter.shape() + " and " +
                     asked.y.shape() + " do not go together" +
                     (groups == 1 ? "" : " in " + std::to_string(groups) + " groups"));
    call.require(asked.filter.n % groups == 0,
                 std::to_string(asked.filter.n) + " filters do not make " + std::to_string(groups) + " equal groups");
    call.require(asked.convolution.fits(asked.x, asked.filter), "the dilated filter is larger than the padded input");
    call.require(
        asked.y.h == asked.convolution.output_h(asked.x, asked.filter) &&
            asked.y.w == asked.convolution.output_w(asked.x, asked.filter),
        "the output has the shape " + asked.y.shape() + ", this convolution of " + asked.x.shape() + " has another");
    call.require(asked.x.type == asked.y.type && asked.x.type == asked.filter.type, "tensors of different types");
    return asked;
}

/* The algorithm of this number; cuDNN does not offer it where it cannot serve the problem. */
const Algorithm* chosen(CudnnCall& call, Pass pass, const Problem& asked, int32_t number) {
    const Algorithms all = algorithms(pass);
    const Algorithm* found =
        std::find_if(all.begin, all.end, [&](const Algorithm& algorithm) { return algorithm.number == number; });
    call.offer(found != all.end && asked.served_by(*found));
    return found;
}

cudnnStatus_t workspace_size(const char* name, Pass pass, cudnnHandle_t handle, const void* x, const void* filter,
                             const void* convolution, const void* y, int32_t number, size_t* bytes) {
    CudnnCall call(name);
    call.context(handle);
    const Problem asked = problem(call, x, filter, convolution, y);
    const Algorithm* algorithm = chosen(call, pass, asked, number);
    *bytes = call.ok() ? asked.workspace(*algorithm) : 0;
    return call.status();
}

/* Fills in what serves the problem, the fastest first. */
void rank(Pass pass, const Problem& asked, size_t workspace_limit, bool measured, int32_t requested, int32_t* returned,
          cudnnConvolutionAlgoPerf_t* results) {
    *returned = 0;
    const Algorithms all = algorithms(pass);
    for (const Algorithm* algorithm = all.begin; algorithm != all.end && *returned < requested; ++algorithm) {
        if (asked.served_by(*algorithm) && asked.workspace(*algorithm) <= workspace_limit) {
            results[(*returned)++] = {algorithm->number,
                                      CUDNN_STATUS_SUCCESS,
                                      measured ? algorithm->milliseconds : -1.0f,
                                      asked.workspace(*algorithm),
                                      algorithm->reproducible ? CUDNN_DETERMINISTIC : CUDNN_NON_DETERMINISTIC,
                                      asked.convolution.math,
                                      {0, 0, 0}};
        }
    }
}

cudnnStatus_t guess(const char* name, Pass pass, cudnnHandle_t handle, const void* x, const void* filter,
                    const void* convolution, const void* y, int32_t requested, int32_t* returned,
                    cudnnConvolutionAlgoPerf_t* results) {
    CudnnCall call(name);
    call.context(handle);
    const Problem asked = problem(call, x, filter, convolution, y);
    call.require(requested > 0 && returned != nullptr && results != nullptr, "no place for a result");
    if (call.ok()) {
        rank(pass, asked, SIZE_MAX, false, requested, returned, results);
    }
    return call.status();
}

/* Memory of one measured call. */
struct Operands {
    const void* x;
    const void* filter;
    const void* y;
};

/* Runs on the device, so not in a capture or a step; what it writes is arbitrary, and here no number. */
cudnnStatus_t measure(const char* name, Pass pass, cudnnHandle_t handle, const void* x, const void* filter,
                      const void* convolution, const void* y, const Operands& memory, int32_t requested,
                      int32_t* returned, cudnnConvolutionAlgoPerf_t* results, const void* workspace,
                      size_t workspace_bytes) {
    CudnnCall call(name);
    const Context context = call.context(handle);
    const Problem asked = problem(call, x, filter, convolution, y);
    call.require(requested > 0 && returned != nullptr && results != nullptr, "no place for a result");
    if (!call.ok() || forbidden_now(name)) {
        return call.ok() ? CUDNN_STATUS_BAD_PARAM : call.status();
    }
    call.begin(context);
    call.workspace(workspace, workspace_bytes, workspace_bytes);
    const auto part = [&](const char* what, Pass written, const Tensor& tensor, const void* address) {
        if (pass != written) {
            call.reads(what, tensor, address);
            return static_cast<void*>(nullptr);
        }
        return call.writes(what, tensor, const_cast<void*>(address));
    };
    void* results_at[] = {part("y", Pass::kForward, asked.y, memory.y), part("x", Pass::kData, asked.x, memory.x),
                          part("w", Pass::kFilter, asked.filter, memory.filter)};
    const Tensor written = pass == Pass::kForward ? asked.y : pass == Pass::kData ? asked.x : asked.filter;
    void* to = results_at[static_cast<int32_t>(pass)];
    rank(pass, asked, workspace_bytes, true, requested, returned, results);
    return call.submit([=] {
        const std::vector<float> garbage(static_cast<size_t>(written.elements()), float_of(0x7FFFFFFF));
        written.store(to, garbage);
    });
}

/* Starts somewhere else each time: sums come out in other bits, as with the atomics of the real algorithms. */
int32_t anywhere(const Algorithm& algorithm, int32_t count) {
    static std::atomic<int32_t> turn{0};
    return algorithm.reproducible ? 0 : (turn.fetch_add(1) & 0xFFFF) % count;
}

void spoil(void* workspace, size_t bytes) {
    if (workspace != nullptr) {
        std::memset(workspace, 0xFF, bytes);
    }
}

}  // namespace

extern "C" {

/* cudnnCreateConvolutionDescriptor */
cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t* convolution) {
    return create<Convolution>("cudnnCreateConvolutionDescriptor", "cudnnConvolutionDescriptor_t", convolution);
}

/* cudnnDestroyConvolutionDescriptor */
cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t convolution) {
    return destroy("cudnnDestroyConvolutionDescriptor", "cudnnConvolutionDescriptor_t", convolution);
}

/* cudnnSetConvolution2dDescriptor: computes in float, whatever the type of the tensors. */
cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t convolution, int32_t pad_h, int32_t pad_w,
                                              int32_t stride_h, int32_t stride_w, int32_t dilation_h,
                                              int32_t dilation_w, cudnnConvolutionMode_t mode,
                                              cudnnDataType_t compute) {
    const bool right = pad_h >= 0 && pad_w >= 0 && stride_h > 0 && stride_w > 0 && dilation_h > 0 && dilation_w > 0;
    return assign(
        "cudnnSetConvolution2dDescriptor", "cudnnConvolutionDescriptor_t", convolution,
        Convolution{true, pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, mode, CUDNN_DEFAULT_MATH, 1},
        !right                        ? "a padding, stride or dilation that cannot be"
        : compute != CUDNN_DATA_FLOAT ? "it does not compute in float"
                                      : "");
}

/* cudnnSetConvolutionMathType */
cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t convolution, cudnnMathType_t math) {
    CudnnCall call("cudnnSetConvolutionMathType");
    Convolution value = call.descriptor<Convolution>("cudnnConvolutionDescriptor_t", convolution);
    value.math = math;
    return call.ok() ? assign("cudnnSetConvolutionMathType", "cudnnConvolutionDescriptor_t", convolution, value,
                              math < CUDNN_DEFAULT_MATH || math > CUDNN_FMA_MATH ? "no such math type" : "")
                     : call.status();
}

/* cudnnGetConvolutionMathType */
cudnnStatus_t cudnnGetConvolutionMathType(cudnnConvolutionDescriptor_t convolution, cudnnMathType_t* math) {
    CudnnCall call("cudnnGetConvolutionMathType");
    *math = call.descriptor<Convolution>("cudnnConvolutionDescriptor_t", convolution).math;
    return call.status();
}

/* cudnnSetConvolutionGroupCount: filters have the channels of one group, [K, C / groups, R, S]. */
cudnnStatus_t cudnnSetConvolutionGroupCount(cudnnConvolutionDescriptor_t convolution, int32_t groups) {
    CudnnCall call("cudnnSetConvolutionGroupCount");
    Convolution value = call.descriptor<Convolution>("cudnnConvolutionDescriptor_t", convolution);
    value.groups = groups;
    return call.ok() ? assign("cudnnSetConvolutionGroupCount", "cudnnConvolutionDescriptor_t", convolution, value,
                              groups > 0 ? "" : "there is not at least one group")
                     : call.status();
}

/* cudnnGetConvolutionGroupCount */
cudnnStatus_t cudnnGetConvolutionGroupCount(cudnnConvolutionDescriptor_t convolution, int32_t* groups) {
    CudnnCall call("cudnnGetConvolutionGroupCount");
    *groups = call.descriptor<Convolution>("cudnnConvolutionDescriptor_t", convolution).groups;
    return call.status();
}

/* cudnnGetConvolution2dDescriptor */
cudnnStatus_t cudnnGetConvolution2dDescriptor(cudnnConvolutionDescriptor_t convolution, int32_t* pad_h, int32_t* pad_w,
                                              int32_t* stride_h, int32_t* stride_w, int32_t* dilation_h,
                                              int32_t* dilation_w, cudnnConvolutionMode_t* mode,
                                              cudnnDataType_t* compute) {
    CudnnCall call("cudnnGetConvolution2dDescriptor");
    const auto value = call.descriptor<Convolution>("cudnnConvolutionDescriptor_t", convolution);
    *pad_h = value.pad_h;
    *pad_w = value.pad_w;
    *stride_h = value.stride_h;
    *stride_w = value.stride_w;
    *dilation_h = value.dilation_h;
    *dilation_w = value.dilation_w;
    *mode = value.mode;
    *compute = CUDNN_DATA_FLOAT;
    return call.status();
}

/* cudnnGetConvolution2dForwardOutputDim: 1 + (input + 2 padding - dilated filter) / stride, rounded down. */
cudnnStatus_t cudnnGetConvolution2dForwardOutputDim(cudnnConvolutionDescriptor_t convolution,
                                                    cudnnTensorDescriptor_t x_descriptor,
                                                    cudnnFilterDescriptor_t filter_descriptor, int32_t* n, int32_t* c,
                                                    int32_t* h, int32_t* w) {
    CudnnCall call("cudnnGetConvolution2dForwardOutputDim");
    const auto value = call.descriptor<Convolution>("cudnnConvolutionDescriptor_t", convolution);
    const Tensor x = call.tensor(x_descriptor);
    const Tensor filter = call.filter(filter_descriptor);
    call.require(filter.c * value.groups == x.c,
                 "channels of " + x.shape() + " and filter " + filter.shape() + " do not go together");
    call.require(value.fits(x, filter), "the dilated filter is larger than the padded input");
    if (call.ok()) {
        *n = x.n;
        *c = filter.n;
        *h = value.output_h(x, filter);
        *w = value.output_w(x, filter);
    }
    return call.status();
}

/* cudnnGetConvolutionForwardWorkspaceSize */
cudnnStatus_t cudnnGetConvolutionForwardWorkspaceSize(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                      cudnnFilterDescriptor_t w, cudnnConvolutionDescriptor_t c,
                                                      cudnnTensorDescriptor_t y, int32_t algorithm, size_t* bytes) {
    return workspace_size("cudnnGetConvolutionForwardWorkspaceSize", Pass::kForward, handle, x, w, c, y, algorithm,
                          bytes);
}

/* cudnnGetConvolutionBackwardDataWorkspaceSize */
cudnnStatus_t cudnnGetConvolutionBackwardDataWorkspaceSize(cudnnHandle_t handle, cudnnFilterDescriptor_t w,
                                                           cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                           cudnnTensorDescriptor_t dx, int32_t algorithm,
                                                           size_t* bytes) {
    return workspace_size("cudnnGetConvolutionBackwardDataWorkspaceSize", Pass::kData, handle, dx, w, c, dy, algorithm,
                          bytes);
}

/* cudnnGetConvolutionBackwardFilterWorkspaceSize */
cudnnStatus_t cudnnGetConvolutionBackwardFilterWorkspaceSize(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                             cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                             cudnnFilterDescriptor_t dw, int32_t algorithm,
                                                             size_t* bytes) {
    return workspace_size("cudnnGetConvolutionBackwardFilterWorkspaceSize", Pass::kFilter, handle, x, dw, c, dy,
                          algorithm, bytes);
}

/* cudnnGetConvolutionForwardAlgorithmMaxCount */
cudnnStatus_t cudnnGetConvolutionForwardAlgorithmMaxCount(cudnnHandle_t handle, int32_t* count) {
    CudnnCall call("cudnnGetConvolutionForwardAlgorithmMaxCount");
    call.context(handle);
    *count = static_cast<int32_t>(std::size(kForwardAlgorithms));
    return call.status();
}

/* cudnnGetConvolutionBackwardDataAlgorithmMaxCount */
cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithmMaxCount(cudnnHandle_t handle, int32_t* count) {
    CudnnCall call("cudnnGetConvolutionBackwardDataAlgorithmMaxCount");
    call.context(handle);
    *count = static_cast<int32_t>(std::size(kDataAlgorithms));
    return call.status();
}

/* cudnnGetConvolutionBackwardFilterAlgorithmMaxCount */
cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithmMaxCount(cudnnHandle_t handle, int32_t* count) {
    CudnnCall call("cudnnGetConvolutionBackwardFilterAlgorithmMaxCount");
    call.context(handle);
    *count = static_cast<int32_t>(std::size(kFilterAlgorithms));
    return call.status();
}

/* cudnnGetConvolutionForwardAlgorithm_v7: by a rule of thumb. */
cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                     cudnnFilterDescriptor_t w, cudnnConvolutionDescriptor_t c,
                                                     cudnnTensorDescriptor_t y, int32_t requested, int32_t* returned,
                                                     cudnnConvolutionAlgoPerf_t* results) {
    return guess("cudnnGetConvolutionForwardAlgorithm_v7", Pass::kForward, handle, x, w, c, y, requested, returned,
                 results);
}

/* cudnnGetConvolutionBackwardDataAlgorithm_v7 */
cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithm_v7(cudnnHandle_t handle, cudnnFilterDescriptor_t w,
                                                          cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                          cudnnTensorDescriptor_t dx, int32_t requested,
                                                          int32_t* returned, cudnnConvolutionAlgoPerf_t* results) {
    return guess("cudnnGetConvolutionBackwardDataAlgorithm_v7", Pass::kData, handle, dx, w, c, dy, requested, returned,
                 results);
}

/* cudnnGetConvolutionBackwardFilterAlgorithm_v7 */
cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithm_v7(cudnnHandle_t handle, cudnnTensorDescriptor_t x,
                                                            cudnnTensorDescriptor_t dy, cudnnConvolutionDescriptor_t c,
                                                            cudnnFilterDescriptor_t dw, int32_t requested,
                                                            int32_t* returned, cudnnConvolutionAlgoPerf_t* results) {
    return guess("cudnnGetConvolutionBackwardFilterAlgorithm_v7", Pass::kFilter, handle, x, dw, c, dy, requested,
                 returned, results);
}

/* cudnnFindConvolutionForwardAlgorithmEx: by running each; y is overwritten. */
cudnnStatus_t cudnnFindConvolutionForwardAlgorithmEx(cudnnHandle_t handle, cudnnTensorDescriptor_t x_descriptor,
                                                     const void* x, cudnnFilterDescriptor_t w_descriptor, const void* w,
                                                     cudnnConvolutionDescriptor_t convolution,
                                                     cudnnTensorDescriptor_t y_descriptor, void* y, int32_t requested,
                                                     int32_t* returned, cudnnConvolutionAlgoPerf_t* results,
                                                     void* workspace, size_t workspace_bytes) {
    return measure("cudnnFindConvolutionForwardAlgorithmEx", Pass::kForward, handle, x_descriptor, w_descriptor,
                   convolution, y_descriptor, {x, w, y}, requested, returned, results, workspace, workspace_bytes);
}

/* cudnnFindConvolutionBackwardDataAlgorithmEx: dx is overwritten. */
cudnnStatus_t cudnnFindConvolutionBackwardDataAlgorithmEx(cudnnHandle_t handle, cudnnFilterDescriptor_t w_descriptor,
                                                          const void* w, cudnnTensorDescriptor_t dy_descriptor,
                                                          const void* dy, cudnnConvolutionDescriptor_t convolution,
                                                          cudnnTensorDescriptor_t dx_descriptor, void* dx,
                                                          int32_t requested, int32_t* returned,
                                                          cudnnConvolutionAlgoPerf_t* results, void* workspace,
                                                          size_t workspace_bytes) {
    return measure("cudnnFindConvolutionBackwardDataAlgorithmEx", Pass::kData, handle, dx_descriptor, w_descriptor,
                   convolution, dy_descriptor, {dx, w, dy}, requested, returned, results, workspace, workspace_bytes);
}

/* cudnnFindConvolutionBackwardFilterAlgorithmEx: dw is overwritten. */
cudnnStatus_t cudnnFindConvolutionBackwardFilterAlgorithmEx(cudnnHandle_t handle, cudnnTensorDescriptor_t x_descriptor,
                                                            const void* x, cudnnTensorDescriptor_t dy_descriptor,
                                                            const void* dy, cudnnConvolutionDescriptor_t convolution,
                                                            cudnnFilterDescriptor_t dw_descriptor, void* dw,
                                                            int32_t requested, int32_t* returned,
                                                            cudnnConvolutionAlgoPerf_t* results, void* workspace,
                                                            size_t workspace_bytes) {
    return measure("cudnnFindConvolutionBackwardFilterAlgorithmEx", Pass::kFilter, handle, x_descriptor, dw_descriptor,
                   convolution, dy_descriptor, {x, dw, dy}, requested, returned, results, workspace, workspace_bytes);
}

/* cudnnConvolutionForward: y = alpha conv(x) + beta y. */
cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void* alpha, cudnnTensorDescriptor_t x_descriptor,
                                      const void* x, cudnnFilterDescriptor_t w_descriptor, const void* w,
                                      cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                      size_t workspace_bytes, const void* beta, cudnnTensorDescriptor_t y_descriptor,
                                      void* y) {
    CudnnCall call("cudnnConvolutionForward");
    const Context context = call.context(handle);
    const Problem asked = problem(call, x_descriptor, w_descriptor, convolution, y_descriptor);
    const Algorithm* algorithm = chosen(call, Pass::kForward, asked, number);
    call.begin(context);
    const size_t needed = call.ok() ? asked.workspace(*algorithm) : 0;
    void* scratch = call.workspace(workspace, workspace_bytes, needed);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* x_at = call.reads("x", asked.x, x);
    const void* w_at = call.reads("w", asked.filter, w);
    void* y_at = call.writes("y", asked.y, y, keep);
    return call.submit([=] {
        std::vector<float> result(static_cast<size_t>(asked.y.elements()), 0.0f);
        convolve(asked.shape(), asked.operand(asked.x, x_at), asked.operand(asked.filter, w_at), result);
        spoil(scratch, needed);
        asked.y.store(y_at, result, scale, keep);
    });
}

/* cudnnConvolutionBiasActivationForward: y = act(alpha1 conv(x) + alpha2 z + bias). */
cudnnStatus_t cudnnConvolutionBiasActivationForward(
    cudnnHandle_t handle, const void* alpha1, cudnnTensorDescriptor_t x_descriptor, const void* x,
    cudnnFilterDescriptor_t w_descriptor, const void* w, cudnnConvolutionDescriptor_t convolution, int32_t number,
    void* workspace, size_t workspace_bytes, const void* alpha2, cudnnTensorDescriptor_t z_descriptor, const void* z,
    cudnnTensorDescriptor_t bias_descriptor, const void* bias, cudnnActivationDescriptor_t activation,
    cudnnTensorDescriptor_t y_descriptor, void* y) {
    CudnnCall call("cudnnConvolutionBiasActivationForward");
    const Context context = call.context(handle);
    const Problem asked = problem(call, x_descriptor, w_descriptor, convolution, y_descriptor);
    const Algorithm* algorithm = chosen(call, Pass::kForward, asked, number);
    const Tensor z_tensor = call.tensor(z_descriptor);
    const Tensor bias_tensor = call.tensor(bias_descriptor);
    const auto f = call.descriptor<Activation>("cudnnActivationDescriptor_t", activation);
    call.require(z_tensor.same_shape(asked.y), "z has another shape than y");
    call.require(bias_tensor.elements() == asked.y.c && bias_tensor.c == asked.y.c, "there is not one bias a filter");
    call.offer(f.mode == CUDNN_ACTIVATION_RELU ||
               (f.mode == CUDNN_ACTIVATION_IDENTITY && number == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM));
    call.begin(context);
    const size_t needed = call.ok() ? asked.workspace(*algorithm) : 0;
    void* scratch = call.workspace(workspace, workspace_bytes, needed);
    const float scale = scaling(alpha1, 1.0f);
    const float z_scale = scaling(alpha2, 0.0f);
    const void* x_at = call.reads("x", asked.x, x);
    const void* w_at = call.reads("w", asked.filter, w);
    const void* bias_at = call.reads("bias", bias_tensor, bias);
    const void* z_at = z_scale == 0.0f ? nullptr : call.reads("z", z_tensor, z);
    void* y_at = call.writes("y", asked.y, y);
    return call.submit([=] {
        std::vector<float> result(static_cast<size_t>(asked.y.elements()), 0.0f);
        convolve(asked.shape(), asked.operand(asked.x, x_at), asked.operand(asked.filter, w_at), result);
        spoil(scratch, needed);
        const std::vector<float> biases = bias_tensor.load(bias_at);
        const std::vector<float> added = z_at == nullptr ? std::vector<float>() : z_tensor.load(z_at);
        const size_t plane = size_t{1} * asked.y.h * asked.y.w;
        for (size_t i = 0; i < result.size(); ++i) {
            const float sum = scale * result[i] + (added.empty() ? 0.0f : z_scale * added[i]);
            result[i] = f.value(sum + biases[i / plane % biases.size()]);
        }
        asked.y.store(y_at, result);
    });
}

/* cudnnConvolutionBackwardData: dx = alpha conv'(dy) + beta dx. */
cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t handle, const void* alpha,
                                           cudnnFilterDescriptor_t w_descriptor, const void* w,
                                           cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                           cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                           size_t workspace_bytes, const void* beta,
                                           cudnnTensorDescriptor_t dx_descriptor, void* dx) {
    CudnnCall call("cudnnConvolutionBackwardData");
    const Context context = call.context(handle);
    const Problem asked = problem(call, dx_descriptor, w_descriptor, convolution, dy_descriptor);
    const Algorithm* algorithm = chosen(call, Pass::kData, asked, number);
    call.begin(context);
    const size_t needed = call.ok() ? asked.workspace(*algorithm) : 0;
    void* scratch = call.workspace(workspace, workspace_bytes, needed);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* w_at = call.reads("w", asked.filter, w);
    const void* dy_at = call.reads("dy", asked.y, dy);
    void* dx_at = call.writes("dx", asked.x, dx, keep);
    return call.submit([=] {
        std::vector<float> result(static_cast<size_t>(asked.x.elements()), 0.0f);
        convolve_back(asked.shape(), asked.operand(asked.y, dy_at), asked.operand(asked.filter, w_at), result,
                      anywhere(*algorithm, asked.filter.n));
        spoil(scratch, needed);
        asked.x.store(dx_at, result, scale, keep);
    });
}

/* cudnnConvolutionBackwardFilter: dw = alpha sum of x under dy + beta dw. */
cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t handle, const void* alpha,
                                             cudnnTensorDescriptor_t x_descriptor, const void* x,
                                             cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                             cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                             size_t workspace_bytes, const void* beta,
                                             cudnnFilterDescriptor_t dw_descriptor, void* dw) {
    CudnnCall call("cudnnConvolutionBackwardFilter");
    const Context context = call.context(handle);
    const Problem asked = problem(call, x_descriptor, dw_descriptor, convolution, dy_descriptor);
    const Algorithm* algorithm = chosen(call, Pass::kFilter, asked, number);
    call.begin(context);
    const size_t needed = call.ok() ? asked.workspace(*algorithm) : 0;
    void* scratch = call.workspace(workspace, workspace_bytes, needed);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* x_at = call.reads("x", asked.x, x);
    const void* dy_at = call.reads("dy", asked.y, dy);
    void* dw_at = call.writes("dw", asked.filter, dw, keep);
    return call.submit([=] {
        std::vector<float> result(static_cast<size_t>(asked.filter.elements()), 0.0f);
        correlate(asked.shape(), asked.operand(asked.x, x_at), asked.operand(asked.y, dy_at), result,
                  anywhere(*algorithm, asked.x.n));
        spoil(scratch, needed);
        asked.filter.store(dw_at, result, scale, keep);
    });
}

/* cudnnConvolutionBackwardBias: db = alpha sum of dy over N, P, Q + beta db. */
cudnnStatus_t cudnnConvolutionBackwardBias(cudnnHandle_t handle, const void* alpha,
                                           cudnnTensorDescriptor_t dy_descriptor, const void* dy, const void* beta,
                                           cudnnTensorDescriptor_t db_descriptor, void* db) {
    CudnnCall call("cudnnConvolutionBackwardBias");
    const Context context = call.context(handle);
    const Tensor gradient = call.tensor(dy_descriptor);
    const Tensor bias = call.tensor(db_descriptor);
    call.require(bias.elements() == gradient.c && bias.c == gradient.c, "there is not one bias a channel");
    call.begin(context);
    const float scale = scaling(alpha, 1.0f);
    const float keep = scaling(beta, 0.0f);
    const void* from = call.reads("dy", gradient, dy);
    void* to = call.writes("db", bias, db, keep);
    return call.submit([=] {
        const std::vector<float> values = gradient.load(from);
        std::vector<double> sums(static_cast<size_t>(gradient.c), 0.0);
        const size_t plane = size_t{1} * gradient.h * gradient.w;
        for (size_t i = 0; i < values.size(); ++i) {
            sums[i / plane % sums.size()] += values[i];
        }
        bias.store(to, {sums.begin(), sums.end()}, scale, keep);
    });
}

}  // extern "C"
