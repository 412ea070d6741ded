/*
 * Records what is asked of cuDNN and cuBLASLt and what they answer, a line of JSON a call, on a real GPU and on the
 * simulated one alike:
 *
 *   LD_PRELOAD=libconvoke_transcript.so CONVOKE_TRANSCRIPT=calls.jsonl PROGRAM
 *
 * A line holds the call, its arguments and, of each result, count, sum, sum of squares, least, most and a digest of the
 * bits. To have them, the recorder waits for the stream after each call and copies the results; in a capture it cannot,
 * and the line has none. compare.cpp holds two transcripts against each other.
 *
 * The recorder stands between program and libraries: each function here has the name of one of theirs, calls that one
 * and looks at its results with the libraries' own functions. It knows of the simulation nothing but the declarations.
 */
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "../cublas/cublas_lt.h"
#include "../cudart/cudart.h"
#include "../cudnn/cudnn.h"
#include "../numbers.h"

using convoke::simulated::bits_of;
using convoke::simulated::from_bfloat16;

namespace {

/* Of CUDA 13 and, for machines that are not there yet, of CUDA 12. */
using Names = std::vector<const char*>;
const Names kRuntime = {"libcudart.so.13", "libcudart.so.12"};
const Names kGraph = {"libcudnn_graph.so.9"};
const Names kOps = {"libcudnn_ops.so.9"};
const Names kCnn = {"libcudnn_cnn.so.9"};
const Names kLt = {"libcublasLt.so.13", "libcublasLt.so.12"};

/* The library's own function, in the library that the program has loaded. */
template <class Function>
Function* original(const Names& libraries, const char* name) {
    for (const char* library : libraries) {
        void* loaded = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
        void* found = loaded == nullptr ? nullptr : dlsym(loaded, name);
        if (found != nullptr) {
            return reinterpret_cast<Function*>(found);
        }
    }
    std::fprintf(stderr, "transcript: %s is not in %s\n", name, libraries[0]);
    std::abort();
}

#define ORIGINAL(library, function) static auto* const real = original<decltype(function)>(library, #function)
#define FROM(library, function) original<decltype(function)>(library, #function)

struct Transcript {
    std::mutex mutex;
    std::FILE* file = nullptr;
    int64_t lines = 0;

    Transcript() {
        if (const char* name = std::getenv("CONVOKE_TRANSCRIPT")) {
            file = std::fopen(name, "w");
            if (file == nullptr) {
                std::fprintf(stderr, "transcript: %s cannot be written\n", name);
                std::exit(1);
            }
        }
    }

    static Transcript& get() {
        static auto* const transcript = new Transcript;
        return *transcript;
    }
};

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return std::isfinite(value) ? text : std::string("\"") + text + "\"";
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/. */
uint64_t digest(const void* bytes, size_t count) {
    uint64_t hash = 0xCBF29CE484222325;
    for (size_t i = 0; i < count; ++i) {
        hash = (hash ^ static_cast<const unsigned char*>(bytes)[i]) * 0x100000001B3;
    }
    return hash;
}

std::string summary(bool is_float, const std::vector<char>& bytes) {
    const size_t count = bytes.size() / (is_float ? sizeof(float) : sizeof(uint16_t));
    double sum = 0.0, squares = 0.0, least = HUGE_VAL, most = -HUGE_VAL;
    for (size_t i = 0; i < count; ++i) {
        const double value = is_float ? reinterpret_cast<const float*>(bytes.data())[i]
                                      : from_bfloat16(reinterpret_cast<const uint16_t*>(bytes.data())[i]);
        sum += value;
        squares += value * value;
        least = std::min(least, value);
        most = std::max(most, value);
    }
    char bits[20];
    std::snprintf(bits, sizeof bits, "%016llx", static_cast<unsigned long long>(digest(bytes.data(), bytes.size())));
    return std::string("{\"type\":\"") + (is_float ? "float" : "bfloat16") + "\",\"count\":" + std::to_string(count) +
           ",\"sum\":" + number(sum) + ",\"squares\":" + number(squares) + ",\"least\":" + number(least) +
           ",\"most\":" + number(most) + ",\"bits\":\"" + bits + "\"}";
}

/* One line of the transcript. */
class Line {
public:
    Line(const char* call, int32_t status, void* stream) : call_(call), status_(status), stream_(stream) {
        recorded_ = Transcript::get().file != nullptr;
        if (recorded_) {
            cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
            FROM(kRuntime, cudaStreamIsCapturing)(stream, &capture);
            captured_ = capture != cudaStreamCaptureStatusNone;
        }
    }

    ~Line() {
        if (!recorded_) {
            return;
        }
        Transcript& transcript = Transcript::get();
        const std::lock_guard<std::mutex> guard(transcript.mutex);
        std::fprintf(transcript.file,
                     "{\"n\":%lld,\"call\":\"%s\",\"captured\":%s,\"status\":%d,\"arguments\":{%s},\"results\":{%s}}\n",
                     static_cast<long long>(transcript.lines++), call_, captured_ ? "true" : "false", status_,
                     arguments_.c_str(), results_.c_str());
        std::fflush(transcript.file);
    }

    void argument(const char* name, const std::string& json) {
        arguments_ += (arguments_.empty() ? "\"" : ",\"") + std::string(name) + "\":" + json;
    }

    void argument(const char* name, int64_t value) { argument(name, std::to_string(value)); }

    void factor(const char* name, const void* value) {
        argument(name, value == nullptr ? std::string("null")
                                        : number(static_cast<double>(*static_cast<const float*>(value))));
    }

    void tensor(const char* name, void* descriptor) {
        if (!recorded_ || descriptor == nullptr) {
            return;
        }
        const Shape shape = shape_of(descriptor);
        argument(name, "{\"type\":" + std::to_string(shape.type) + ",\"shape\":" + list(shape.dimensions) +
                           ",\"strides\":" + list(shape.strides) + "}");
    }

    void filter(const char* name, void* descriptor) {
        if (!recorded_) {
            return;
        }
        cudnnDataType_t type;
        cudnnTensorFormat_t format;
        std::vector<int32_t> shape(4);
        FROM(kOps, cudnnGetFilter4dDescriptor)
        (descriptor, &type, &format, &shape[0], &shape[1], &shape[2], &shape[3]);
        argument(name, "{\"type\":" + std::to_string(type) + ",\"format\":" + std::to_string(format) +
                           ",\"shape\":" + list(shape) + "}");
    }

    void convolution(void* descriptor) {
        if (!recorded_) {
            return;
        }
        std::vector<int32_t> values(6);
        cudnnConvolutionMode_t mode;
        cudnnDataType_t compute;
        cudnnMathType_t math;
        FROM(kCnn, cudnnGetConvolution2dDescriptor)
        (descriptor, &values[0], &values[1], &values[2], &values[3], &values[4], &values[5], &mode, &compute);
        int32_t groups = 1;
        FROM(kCnn, cudnnGetConvolutionMathType)(descriptor, &math);
        FROM(kCnn, cudnnGetConvolutionGroupCount)(descriptor, &groups);
        argument("padding, stride, dilation", list(values));
        argument("groups", groups);
        argument("mode", mode);
        argument("math", math);
    }

    void activation(void* descriptor) {
        if (!recorded_ || descriptor == nullptr) {
            return;
        }
        cudnnActivationMode_t mode;
        int32_t nan;
        double coefficient;
        FROM(kOps, cudnnGetActivationDescriptor)(descriptor, &mode, &nan, &coefficient);
        argument("activation", mode);
    }

    void pooling(void* descriptor) {
        if (!recorded_) {
            return;
        }
        cudnnPoolingMode_t mode;
        int32_t nan;
        std::vector<int32_t> values(6);
        FROM(kOps, cudnnGetPooling2dDescriptor)
        (descriptor, &mode, &nan, &values[0], &values[1], &values[2], &values[3], &values[4], &values[5]);
        argument("mode", mode);
        argument("window, padding, stride", list(values));
    }

    /* What a tensor holds when the call is over. */
    void result(const char* name, void* descriptor, const void* address) {
        if (!recorded_ || captured_ || address == nullptr || status_ != 0) {
            return;
        }
        const Shape shape = shape_of(descriptor);
        int64_t span = 1;
        for (size_t i = 0; i < 4; ++i) {
            span += int64_t{shape.dimensions[i] - 1} * shape.strides[i];
        }
        copy(name, shape.type == CUDNN_DATA_FLOAT, address, static_cast<size_t>(span));
    }

    void filter_result(const char* name, void* descriptor, const void* address) {
        if (!recorded_ || captured_ || status_ != 0) {
            return;
        }
        cudnnDataType_t type;
        cudnnTensorFormat_t format;
        int32_t k, c, r, s;
        FROM(kOps, cudnnGetFilter4dDescriptor)(descriptor, &type, &format, &k, &c, &r, &s);
        copy(name, type == CUDNN_DATA_FLOAT, address, size_t{1} * k * c * r * s);
    }

    void copy(const char* name, bool is_float, const void* address, size_t count) {
        if (!recorded_ || captured_ || status_ != 0) {
            return;
        }
        std::vector<char> bytes(count * (is_float ? sizeof(float) : sizeof(uint16_t)));
        FROM(kRuntime, cudaStreamSynchronize)(stream_);
        FROM(kRuntime, cudaMemcpy)(bytes.data(), address, bytes.size(), cudaMemcpyDeviceToHost);
        results_ += (results_.empty() ? "\"" : ",\"") + std::string(name) + "\":" + summary(is_float, bytes);
    }

    void results(const std::string& json) { results_ = json; }

private:
    struct Shape {
        cudnnDataType_t type;
        std::vector<int32_t> dimensions;
        std::vector<int32_t> strides;
    };

    static Shape shape_of(void* descriptor) {
        Shape shape{CUDNN_DATA_FLOAT, std::vector<int32_t>(4), std::vector<int32_t>(4)};
        std::vector<int32_t>& d = shape.dimensions;
        std::vector<int32_t>& s = shape.strides;
        FROM(kOps, cudnnGetTensor4dDescriptor)
        (descriptor, &shape.type, &d[0], &d[1], &d[2], &d[3], &s[0], &s[1], &s[2], &s[3]);
        return shape;
    }

    static std::string list(const std::vector<int32_t>& values) {
        std::string text;
        for (int32_t value : values) {
            text += (text.empty() ? "[" : ",") + std::to_string(value);
        }
        return text + "]";
    }

    const char* call_;
    int32_t status_;
    void* stream_;
    bool recorded_ = false;
    bool captured_ = false;
    std::string arguments_;
    std::string results_;
};

void* stream_of(void* handle) {
    void* stream = nullptr;
    if (Transcript::get().file != nullptr && handle != nullptr) {
        FROM(kGraph, cudnnGetStream)(handle, &stream);
    }
    return stream;
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, int32_t mode) {
    ORIGINAL(kRuntime, cudaStreamBeginCapture);
    Line("cudaStreamBeginCapture", 0, stream).argument("mode", mode);
    return real(stream, mode);
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
    ORIGINAL(kRuntime, cudaStreamEndCapture);
    const cudaError_t status = real(stream, graph);
    Line("cudaStreamEndCapture", status, stream);
    return status;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
    ORIGINAL(kRuntime, cudaGraphLaunch);
    const cudaError_t status = real(executable, stream);
    Line("cudaGraphLaunch", status, stream);
    return status;
}

cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void* alpha, cudnnTensorDescriptor_t x_descriptor,
                                      const void* x, cudnnFilterDescriptor_t w_descriptor, const void* w,
                                      cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                      size_t workspace_bytes, const void* beta, cudnnTensorDescriptor_t y_descriptor,
                                      void* y) {
    ORIGINAL(kCnn, cudnnConvolutionForward);
    const cudnnStatus_t status = real(handle, alpha, x_descriptor, x, w_descriptor, w, convolution, number, workspace,
                                      workspace_bytes, beta, y_descriptor, y);
    Line line("cudnnConvolutionForward", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.factor("alpha", alpha);
        line.factor("beta", beta);
        line.tensor("x", x_descriptor);
        line.filter("w", w_descriptor);
        line.convolution(convolution);
        line.argument("algorithm", number);
        line.result("y", y_descriptor, y);
    }
    return status;
}

cudnnStatus_t cudnnConvolutionBiasActivationForward(
    cudnnHandle_t handle, const void* alpha1, cudnnTensorDescriptor_t x_descriptor, const void* x,
    cudnnFilterDescriptor_t w_descriptor, const void* w, cudnnConvolutionDescriptor_t convolution, int32_t number,
    void* workspace, size_t workspace_bytes, const void* alpha2, cudnnTensorDescriptor_t z_descriptor, const void* z,
    cudnnTensorDescriptor_t bias_descriptor, const void* bias, cudnnActivationDescriptor_t activation,
    cudnnTensorDescriptor_t y_descriptor, void* y) {
    ORIGINAL(kCnn, cudnnConvolutionBiasActivationForward);
    const cudnnStatus_t status =
        real(handle, alpha1, x_descriptor, x, w_descriptor, w, convolution, number, workspace, workspace_bytes, alpha2,
             z_descriptor, z, bias_descriptor, bias, activation, y_descriptor, y);
    Line line("cudnnConvolutionBiasActivationForward", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.factor("alpha1", alpha1);
        line.factor("alpha2", alpha2);
        line.tensor("x", x_descriptor);
        line.filter("w", w_descriptor);
        line.convolution(convolution);
        line.activation(activation);
        line.argument("algorithm", number);
        line.result("y", y_descriptor, y);
    }
    return status;
}

cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t handle, const void* alpha,
                                           cudnnFilterDescriptor_t w_descriptor, const void* w,
                                           cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                           cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                           size_t workspace_bytes, const void* beta,
                                           cudnnTensorDescriptor_t dx_descriptor, void* dx) {
    ORIGINAL(kCnn, cudnnConvolutionBackwardData);
    const cudnnStatus_t status = real(handle, alpha, w_descriptor, w, dy_descriptor, dy, convolution, number, workspace,
                                      workspace_bytes, beta, dx_descriptor, dx);
    Line line("cudnnConvolutionBackwardData", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.factor("alpha", alpha);
        line.factor("beta", beta);
        line.filter("w", w_descriptor);
        line.tensor("dy", dy_descriptor);
        line.convolution(convolution);
        line.argument("algorithm", number);
        line.result("dx", dx_descriptor, dx);
    }
    return status;
}

cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t handle, const void* alpha,
                                             cudnnTensorDescriptor_t x_descriptor, const void* x,
                                             cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                             cudnnConvolutionDescriptor_t convolution, int32_t number, void* workspace,
                                             size_t workspace_bytes, const void* beta,
                                             cudnnFilterDescriptor_t dw_descriptor, void* dw) {
    ORIGINAL(kCnn, cudnnConvolutionBackwardFilter);
    const cudnnStatus_t status = real(handle, alpha, x_descriptor, x, dy_descriptor, dy, convolution, number, workspace,
                                      workspace_bytes, beta, dw_descriptor, dw);
    Line line("cudnnConvolutionBackwardFilter", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.factor("alpha", alpha);
        line.factor("beta", beta);
        line.tensor("x", x_descriptor);
        line.tensor("dy", dy_descriptor);
        line.convolution(convolution);
        line.argument("algorithm", number);
        line.filter_result("dw", dw_descriptor, dw);
    }
    return status;
}

cudnnStatus_t cudnnConvolutionBackwardBias(cudnnHandle_t handle, const void* alpha,
                                           cudnnTensorDescriptor_t dy_descriptor, const void* dy, const void* beta,
                                           cudnnTensorDescriptor_t db_descriptor, void* db) {
    ORIGINAL(kCnn, cudnnConvolutionBackwardBias);
    const cudnnStatus_t status = real(handle, alpha, dy_descriptor, dy, beta, db_descriptor, db);
    Line line("cudnnConvolutionBackwardBias", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.tensor("dy", dy_descriptor);
        line.result("db", db_descriptor, db);
    }
    return status;
}

cudnnStatus_t cudnnPoolingForward(cudnnHandle_t handle, cudnnPoolingDescriptor_t pooling, const void* alpha,
                                  cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                  cudnnTensorDescriptor_t y_descriptor, void* y) {
    ORIGINAL(kOps, cudnnPoolingForward);
    const cudnnStatus_t status = real(handle, pooling, alpha, x_descriptor, x, beta, y_descriptor, y);
    Line line("cudnnPoolingForward", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.pooling(pooling);
        line.tensor("x", x_descriptor);
        line.result("y", y_descriptor, y);
    }
    return status;
}

cudnnStatus_t cudnnPoolingBackward(cudnnHandle_t handle, cudnnPoolingDescriptor_t pooling, const void* alpha,
                                   cudnnTensorDescriptor_t y_descriptor, const void* y,
                                   cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                   cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                   cudnnTensorDescriptor_t dx_descriptor, void* dx) {
    ORIGINAL(kOps, cudnnPoolingBackward);
    const cudnnStatus_t status =
        real(handle, pooling, alpha, y_descriptor, y, dy_descriptor, dy, x_descriptor, x, beta, dx_descriptor, dx);
    Line line("cudnnPoolingBackward", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.pooling(pooling);
        line.tensor("dy", dy_descriptor);
        line.result("dx", dx_descriptor, dx);
    }
    return status;
}

cudnnStatus_t cudnnBatchNormalizationForwardTrainingEx(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops, const void* alpha, const void* beta,
    cudnnTensorDescriptor_t x_descriptor, const void* x, cudnnTensorDescriptor_t z_descriptor, const void* z,
    cudnnTensorDescriptor_t y_descriptor, void* y, cudnnTensorDescriptor_t parameters, const void* scale,
    const void* bias, double factor, void* running_mean, void* running_variance, double epsilon, void* saved_mean,
    void* saved_inverse, cudnnActivationDescriptor_t activation, void* workspace, size_t workspace_size, void* reserve,
    size_t reserve_size) {
    ORIGINAL(kOps, cudnnBatchNormalizationForwardTrainingEx);
    const cudnnStatus_t status =
        real(handle, mode, ops, alpha, beta, x_descriptor, x, z_descriptor, z, y_descriptor, y, parameters, scale, bias,
             factor, running_mean, running_variance, epsilon, saved_mean, saved_inverse, activation, workspace,
             workspace_size, reserve, reserve_size);
    Line line("cudnnBatchNormalizationForwardTrainingEx", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.argument("mode", mode);
        line.argument("ops", ops);
        line.argument("factor", number(factor));
        line.argument("epsilon", number(epsilon));
        line.tensor("x", x_descriptor);
        line.result("y", y_descriptor, y);
        line.result("running mean", parameters, running_mean);
        line.result("running variance", parameters, running_variance);
        line.result("saved mean", parameters, saved_mean);
        line.result("saved inverse deviation", parameters, saved_inverse);
    }
    return status;
}

cudnnStatus_t cudnnBatchNormalizationForwardInference(cudnnHandle_t handle, cudnnBatchNormMode_t mode,
                                                      const void* alpha, const void* beta,
                                                      cudnnTensorDescriptor_t x_descriptor, const void* x,
                                                      cudnnTensorDescriptor_t y_descriptor, void* y,
                                                      cudnnTensorDescriptor_t parameters, const void* scale,
                                                      const void* bias, const void* mean, const void* variance,
                                                      double epsilon) {
    ORIGINAL(kOps, cudnnBatchNormalizationForwardInference);
    const cudnnStatus_t status = real(handle, mode, alpha, beta, x_descriptor, x, y_descriptor, y, parameters, scale,
                                      bias, mean, variance, epsilon);
    Line line("cudnnBatchNormalizationForwardInference", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.argument("mode", mode);
        line.argument("epsilon", number(epsilon));
        line.tensor("x", x_descriptor);
        line.result("y", y_descriptor, y);
    }
    return status;
}

cudnnStatus_t cudnnBatchNormalizationBackwardEx(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, cudnnBatchNormOps_t ops, const void* alpha_data,
    const void* beta_data, const void* alpha_parameters, const void* beta_parameters,
    cudnnTensorDescriptor_t x_descriptor, const void* x, cudnnTensorDescriptor_t y_descriptor, const void* y,
    cudnnTensorDescriptor_t dy_descriptor, const void* dy, cudnnTensorDescriptor_t dz_descriptor, void* dz,
    cudnnTensorDescriptor_t dx_descriptor, void* dx, cudnnTensorDescriptor_t parameters, const void* scale,
    const void* bias, void* dscale, void* dbias, double epsilon, const void* saved_mean, const void* saved_inverse,
    cudnnActivationDescriptor_t activation, void* workspace, size_t workspace_size, void* reserve,
    size_t reserve_size) {
    ORIGINAL(kOps, cudnnBatchNormalizationBackwardEx);
    const cudnnStatus_t status =
        real(handle, mode, ops, alpha_data, beta_data, alpha_parameters, beta_parameters, x_descriptor, x, y_descriptor,
             y, dy_descriptor, dy, dz_descriptor, dz, dx_descriptor, dx, parameters, scale, bias, dscale, dbias,
             epsilon, saved_mean, saved_inverse, activation, workspace, workspace_size, reserve, reserve_size);
    Line line("cudnnBatchNormalizationBackwardEx", status, stream_of(handle));
    if (status == CUDNN_STATUS_SUCCESS) {
        line.argument("mode", mode);
        line.argument("ops", ops);
        line.argument("epsilon", number(epsilon));
        line.tensor("x", x_descriptor);
        line.result("dx", dx_descriptor, dx);
        line.result("dscale", parameters, dscale);
        line.result("dbias", parameters, dbias);
    }
    return status;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t product, const void* alpha, const void* a,
                              cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout,
                              const void* beta, const void* c, cublasLtMatrixLayout_t c_layout, void* d,
                              cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algorithm, void* workspace,
                              size_t workspace_bytes, void* stream) {
    ORIGINAL(kLt, cublasLtMatmul);
    const cublasStatus_t status = real(handle, product, alpha, a, a_layout, b, b_layout, beta, c, c_layout, d, d_layout,
                                       algorithm, workspace, workspace_bytes, stream);
    Line line("cublasLtMatmul", status, stream);
    if (status != CUBLAS_STATUS_SUCCESS || Transcript::get().file == nullptr) {
        return status;
    }
    const auto of_product = [&](cublasLtMatmulDescAttributes_t attribute) {
        int32_t value = 0;
        size_t written = 0;
        FROM(kLt, cublasLtMatmulDescGetAttribute)(product, attribute, &value, sizeof value, &written);
        return value;
    };
    const auto of_layout = [&](void* layout, cublasLtMatrixLayoutAttribute_t attribute, size_t size) {
        int64_t value = 0;
        size_t written = 0;
        FROM(kLt, cublasLtMatrixLayoutGetAttribute)(layout, attribute, &value, size, &written);
        return value;
    };
    const auto layout = [&](const char* name, void* of) {
        line.argument(name, "[" + std::to_string(of_layout(of, CUBLASLT_MATRIX_LAYOUT_TYPE, 4)) + "," +
                                std::to_string(of_layout(of, CUBLASLT_MATRIX_LAYOUT_ROWS, 8)) + "," +
                                std::to_string(of_layout(of, CUBLASLT_MATRIX_LAYOUT_COLS, 8)) + "," +
                                std::to_string(of_layout(of, CUBLASLT_MATRIX_LAYOUT_LD, 8)) + "]");
    };
    line.factor("alpha", alpha);
    line.factor("beta", beta);
    line.argument("compute", of_product(CUBLASLT_MATMUL_DESC_COMPUTE_TYPE));
    line.argument("transpose A", of_product(CUBLASLT_MATMUL_DESC_TRANSA));
    line.argument("transpose B", of_product(CUBLASLT_MATMUL_DESC_TRANSB));
    line.argument("epilogue", of_product(CUBLASLT_MATMUL_DESC_EPILOGUE));
    layout("A", a_layout);
    layout("B", b_layout);
    layout("D", d_layout);
    const bool by_rows = of_layout(d_layout, CUBLASLT_MATRIX_LAYOUT_ORDER, 4) == CUBLASLT_ORDER_ROW;
    const int64_t rows = of_layout(d_layout, CUBLASLT_MATRIX_LAYOUT_ROWS, 8);
    const int64_t columns = of_layout(d_layout, CUBLASLT_MATRIX_LAYOUT_COLS, 8);
    const int64_t leading = of_layout(d_layout, CUBLASLT_MATRIX_LAYOUT_LD, 8);
    const int64_t span = by_rows ? (rows - 1) * leading + columns : (columns - 1) * leading + rows;
    line.copy("D", of_layout(d_layout, CUBLASLT_MATRIX_LAYOUT_TYPE, 4) == CUDA_R_32F, d, static_cast<size_t>(span));
    return status;
}

}  // extern "C"
#pragma GCC visibility pop
