/* Simulated cuDNN against plain double loops, and that each of its rules finds the one who breaks it. */
#include "../cudnn/cudnn.h"

#include "device_check.h"

using namespace convoke::test;

namespace {

/* A few hundred products of numbers up to 1, added up in float. */
constexpr double kFloatTolerance = 2e-5;
/* One rounding of a result to 8 significant bits. */
constexpr double kBfloat16Tolerance = 1.0 / 256;
/* Two operands of 11 significant bits, whose errors add up over the sum. */
constexpr double kTf32Tolerance = 4e-3;

constexpr int32_t kBadParameter = CUDNN_STATUS_BAD_PARAM;

/* How a filter of `size` elements goes over an axis. */
struct Window {
    int32_t size, pad, stride, dilation;

    int32_t out(int32_t in) const { return 1 + (in + 2 * pad - ((size - 1) * dilation + 1)) / stride; }
    int32_t in(int32_t out, int32_t at) const { return out * stride + at * dilation - pad; }
    std::string name() const {
        return std::to_string(size) + " pad " + std::to_string(pad) + " stride " + std::to_string(stride) +
               " dilation " + std::to_string(dilation);
    }
};

/* Descriptors and the handle live in one of these; it gives all back. */
class Library {
public:
    Library() { cudnnCreate(&handle); }
    ~Library() {
        for (auto& [destroy, descriptor] : open_) {
            destroy(descriptor);
        }
        cudnnDestroy(handle);
    }

    void* tensor(cudnnTensorFormat_t format, cudnnDataType_t type, int32_t n, int32_t c, int32_t h, int32_t w) {
        void* descriptor = keep(cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor);
        cudnnSetTensor4dDescriptor(descriptor, format, type, n, c, h, w);
        return descriptor;
    }

    void* filter(cudnnTensorFormat_t format, cudnnDataType_t type, int32_t k, int32_t c, int32_t r, int32_t s) {
        void* descriptor = keep(cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor);
        cudnnSetFilter4dDescriptor(descriptor, type, format, k, c, r, s);
        return descriptor;
    }

    void* convolution(const Window& rows, const Window& columns, int32_t groups, cudnnMathType_t math) {
        void* descriptor = keep(cudnnCreateConvolutionDescriptor, cudnnDestroyConvolutionDescriptor);
        cudnnSetConvolution2dDescriptor(descriptor, rows.pad, columns.pad, rows.stride, columns.stride, rows.dilation,
                                        columns.dilation, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT);
        cudnnSetConvolutionMathType(descriptor, math);
        cudnnSetConvolutionGroupCount(descriptor, groups);
        return descriptor;
    }

    void* convolution(int32_t pad, int32_t stride, int32_t dilation, cudnnMathType_t math) {
        const Window both{0, pad, stride, dilation};
        return convolution(both, both, 1, math);
    }

    void* activation(cudnnActivationMode_t mode) {
        void* descriptor = keep(cudnnCreateActivationDescriptor, cudnnDestroyActivationDescriptor);
        cudnnSetActivationDescriptor(descriptor, mode, 0, 0.0);
        return descriptor;
    }

    void* pooling(cudnnPoolingMode_t mode, int32_t window, int32_t pad, int32_t stride) {
        void* descriptor = keep(cudnnCreatePoolingDescriptor, cudnnDestroyPoolingDescriptor);
        cudnnSetPooling2dDescriptor(descriptor, mode, 0, window, window, pad, pad, stride, stride);
        return descriptor;
    }

    cudnnHandle_t handle = nullptr;

private:
    using Destroy = cudnnStatus_t (*)(void*);

    void* keep(cudnnStatus_t (*create)(void**), Destroy destroy) {
        void* descriptor = nullptr;
        create(&descriptor);
        open_.emplace_back(destroy, descriptor);
        return descriptor;
    }

    std::vector<std::pair<Destroy, void*>> open_;
};

/* Where element (n, c, h, w) of a packed tensor lies. */
struct Layout {
    cudnnTensorFormat_t format;
    int32_t n, c, h, w;

    size_t at(int32_t in, int32_t ic, int32_t ih, int32_t iw) const {
        return format == CUDNN_TENSOR_NCHW ? ((size_t{1} * in * c + ic) * h + ih) * w + iw
                                           : ((size_t{1} * in * h + ih) * w + iw) * c + ic;
    }
    size_t size() const { return size_t{1} * n * c * h * w; }
};

/* Device memory of either type, filled from floats and read as floats. */
struct Values {
    Values(cudnnDataType_t type, const std::vector<float>& values)
        : type(type), floats(values), sixteen(bfloat16(values)) {}

    void* get() const { return type == CUDNN_DATA_FLOAT ? static_cast<void*>(floats.get()) : sixteen.get(); }
    std::vector<float> read() const { return type == CUDNN_DATA_FLOAT ? floats.values() : widened(sixteen.values()); }

    cudnnDataType_t type;
    OnDevice<float> floats;
    OnDevice<uint16_t> sixteen;
};

std::vector<float> as_stored(cudnnDataType_t type, const std::vector<float>& values) {
    return type == CUDNN_DATA_FLOAT ? values : widened(bfloat16(values));
}

struct Case {
    cudnnTensorFormat_t format;
    cudnnDataType_t type;
    cudnnMathType_t math;
    int32_t n, c, h, w, k, groups;
    Window rows, columns;

    std::string name() const {
        return std::string(format == CUDNN_TENSOR_NCHW ? "NCHW" : "NHWC") +
               (type == CUDNN_DATA_FLOAT ? " float" : " bfloat16") + (math == CUDNN_FMA_MATH ? " fma " : " tensor ") +
               rows.name() + " by " + columns.name() + ", groups " + std::to_string(groups);
    }
    double absolute() const {
        return type == CUDNN_DATA_FLOAT && math != CUDNN_FMA_MATH ? kTf32Tolerance : kFloatTolerance;
    }
    double relative() const { return type == CUDNN_DATA_FLOAT ? kFloatTolerance : kBfloat16Tolerance; }
};

/* visit(index of y, of x, of w) for all products of a convolution. */
template <class Visit>
void each_product(const Case& c, const Layout& x, const Layout& w, const Layout& y, const Visit& visit) {
    for (int32_t n = 0; n < y.n; ++n)
        for (int32_t k = 0; k < y.c; ++k)
            for (int32_t p = 0; p < y.h; ++p)
                for (int32_t q = 0; q < y.w; ++q)
                    for (int32_t d = 0; d < w.c; ++d)
                        for (int32_t r = 0; r < w.h; ++r)
                            for (int32_t s = 0; s < w.w; ++s) {
                                const int32_t ch = k / (w.n / c.groups) * w.c + d;
                                const int32_t h = c.rows.in(p, r);
                                const int32_t v = c.columns.in(q, s);
                                if (h >= 0 && h < x.h && v >= 0 && v < x.w) {
                                    visit(y.at(n, k, p, q), x.at(n, ch, h, v), w.at(k, d, r, s));
                                }
                            }
}

void convolution(Check& check, const Case& c) {
    Library library;
    Numbers numbers(7);
    const Layout x{c.format, c.n, c.c, c.h, c.w};
    const Layout w{c.format, c.k, c.c / c.groups, c.rows.size, c.columns.size};
    const Layout y{c.format, c.n, c.k, c.rows.out(c.h), c.columns.out(c.w)};
    const std::vector<float> xs = as_stored(c.type, numbers.floats(x.size()));
    const std::vector<float> ws = as_stored(c.type, numbers.floats(w.size()));
    const std::vector<float> dys = as_stored(c.type, numbers.floats(y.size()));
    const std::vector<float> biases = as_stored(c.type, numbers.floats(static_cast<size_t>(c.k)));
    void* x_tensor = library.tensor(c.format, c.type, x.n, x.c, x.h, x.w);
    void* y_tensor = library.tensor(c.format, c.type, y.n, y.c, y.h, y.w);
    void* bias_tensor = library.tensor(c.format, c.type, 1, c.k, 1, 1);
    void* w_filter = library.filter(c.format, c.type, w.n, w.c, w.h, w.w);
    void* how = library.convolution(c.rows, c.columns, c.groups, c.math);
    int32_t shape[4] = {}, groups = 0;
    cudnnGetConvolution2dForwardOutputDim(how, x_tensor, w_filter, &shape[0], &shape[1], &shape[2], &shape[3]);
    cudnnGetConvolutionGroupCount(how, &groups);
    check.that(shape[0] == y.n && shape[1] == y.c && shape[2] == y.h && shape[3] == y.w && groups == c.groups,
               c.name() + ": shape of the output");
    std::vector<double> expected_y(y.size()), expected_dx(x.size()), expected_dw(w.size());
    each_product(c, x, w, y, [&](size_t at_y, size_t at_x, size_t at_w) {
        expected_y[at_y] += static_cast<double>(xs[at_x]) * ws[at_w];
        expected_dx[at_x] += static_cast<double>(dys[at_y]) * ws[at_w];
        expected_dw[at_w] += static_cast<double>(dys[at_y]) * xs[at_x];
    });
    if (check.planted()) {
        expected_y[0] += 0.1;
    }
    Values x_memory(c.type, xs), w_memory(c.type, ws), dy_memory(c.type, dys), bias_memory(c.type, biases);
    Values y_memory(c.type, std::vector<float>(y.size(), 1.0f));
    Values dx_memory(c.type, std::vector<float>(x.size(), 1.0f));
    Values dw_memory(c.type, std::vector<float>(w.size(), 1.0f));
    Values db_memory(c.type, biases);
    OnDevice<char> workspace(1 << 16);
    const float one = 1.0f;
    const float zero = 0.0f;
    const float half = 0.5f;
    int32_t status = 0;
    const auto run = [&](cudnnStatus_t of) { status |= of; };

    size_t needed = 0;
    run(cudnnGetConvolutionForwardWorkspaceSize(library.handle, x_tensor, w_filter, how, y_tensor, 1, &needed));
    run(cudnnConvolutionForward(library.handle, &one, x_tensor, x_memory.get(), w_filter, w_memory.get(), how, 1,
                                workspace.get(), needed, &zero, y_tensor, y_memory.get()));
    check.close(y_memory.read(), expected_y, c.absolute(), c.relative(), c.name() + ", forward");

    run(cudnnConvolutionForward(library.handle, &half, x_tensor, x_memory.get(), w_filter, w_memory.get(), how, 0,
                                nullptr, 0, &one, y_tensor, y_memory.get()));
    std::vector<double> blended = expected_y;
    for (double& value : blended) {
        value *= 1.5;
    }
    check.close(y_memory.read(), blended, 2 * c.absolute(), 3 * c.relative(), c.name() + ", forward, blended");

    void* relu = library.activation(CUDNN_ACTIVATION_RELU);
    run(cudnnConvolutionBiasActivationForward(library.handle, &one, x_tensor, x_memory.get(), w_filter, w_memory.get(),
                                              how, 1, workspace.get(), needed, &zero, y_tensor, y_memory.get(),
                                              bias_tensor, bias_memory.get(), relu, y_tensor, y_memory.get()));
    std::vector<double> rectified = expected_y;
    for (int32_t n = 0; n < y.n; ++n)
        for (int32_t k = 0; k < y.c; ++k)
            for (int32_t p = 0; p < y.h; ++p)
                for (int32_t q = 0; q < y.w; ++q) {
                    double& value = rectified[y.at(n, k, p, q)];
                    value = std::max(0.0, value + biases[k]);
                }
    check.close(y_memory.read(), rectified, c.absolute(), c.relative(), c.name() + ", forward with bias and ReLU");

    run(cudnnGetConvolutionBackwardDataWorkspaceSize(library.handle, w_filter, y_tensor, how, x_tensor, 1, &needed));
    run(cudnnConvolutionBackwardData(library.handle, &one, w_filter, w_memory.get(), y_tensor, dy_memory.get(), how, 1,
                                     workspace.get(), needed, &zero, x_tensor, dx_memory.get()));
    check.close(dx_memory.read(), expected_dx, c.absolute(), c.relative(), c.name() + ", backward data");

    run(cudnnGetConvolutionBackwardFilterWorkspaceSize(library.handle, x_tensor, y_tensor, how, w_filter, 1, &needed));
    run(cudnnConvolutionBackwardFilter(library.handle, &one, x_tensor, x_memory.get(), y_tensor, dy_memory.get(), how,
                                       1, workspace.get(), needed, &zero, w_filter, dw_memory.get()));
    check.close(dw_memory.read(), expected_dw, 4 * c.absolute(), c.relative(), c.name() + ", backward filter");

    std::vector<double> expected_db(static_cast<size_t>(c.k));
    for (int32_t n = 0; n < y.n; ++n)
        for (int32_t k = 0; k < y.c; ++k)
            for (int32_t p = 0; p < y.h; ++p)
                for (int32_t q = 0; q < y.w; ++q)
                    expected_db[k] += dys[y.at(n, k, p, q)];
    run(cudnnConvolutionBackwardBias(library.handle, &one, y_tensor, dy_memory.get(), &zero, bias_tensor,
                                     db_memory.get()));
    check.close(db_memory.read(), expected_db, kFloatTolerance, c.relative(), c.name() + ", backward bias");
    check.that(status == CUDNN_STATUS_SUCCESS, c.name() + ": every call succeeds");
}

void convolutions(Check& check) {
    for (const auto format : {CUDNN_TENSOR_NCHW, CUDNN_TENSOR_NHWC}) {
        for (const auto type : {CUDNN_DATA_FLOAT, CUDNN_DATA_BFLOAT16}) {
            const auto run = [&](int32_t n, int32_t c, int32_t h, int32_t w, int32_t k, int32_t groups,
                                 const Window& rows, const Window& columns) {
                convolution(check, {format, type, CUDNN_FMA_MATH, n, c, h, w, k, groups, rows, columns});
            };
            const auto square = [&](int32_t n, int32_t c, int32_t h, int32_t w, int32_t k, const Window& both) {
                run(n, c, h, w, k, 1, both, both);
            };
            square(3, 4, 9, 7, 5, {3, 0, 1, 1});
            square(2, 3, 8, 11, 4, {3, 1, 1, 1});
            square(2, 1, 10, 9, 6, {5, 2, 2, 1});
            square(2, 2, 9, 9, 3, {3, 1, 1, 2});
            run(2, 3, 9, 12, 4, 1, {1, 0, 1, 1}, {5, 2, 1, 1});  /* a row of five */
            run(2, 3, 11, 8, 4, 1, {4, 1, 3, 1}, {2, 0, 1, 1});  /* other sizes, paddings and strides either way */
            run(1, 2, 13, 12, 3, 1, {3, 2, 1, 2}, {3, 3, 2, 3}); /* other dilations either way */
            run(2, 6, 9, 7, 4, 2, {3, 1, 1, 1}, {3, 1, 1, 1});   /* two groups */
            run(2, 6, 10, 9, 9, 3, {3, 0, 2, 1}, {2, 1, 1, 2});
            run(3, 5, 8, 9, 5, 5, {3, 1, 1, 1}, {3, 1, 2, 1});  /* a filter for each channel */
            run(2, 4, 7, 9, 12, 4, {3, 2, 1, 2}, {1, 0, 1, 1}); /* three for each */
        }
        const Window both{3, 1, 1, 1};
        convolution(check, {format, CUDNN_DATA_FLOAT, CUDNN_DEFAULT_MATH, 2, 3, 8, 8, 4, 1, both, both});
    }
}

void tensor_cores_lose_bits(Check& check) {
    Library library;
    void* tensor = library.tensor(CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 1, 1, 1, 1);
    void* filter = library.filter(CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 1, 1, 1, 1);
    const float fine = 1.0f + 0x1p-20f;
    OnDevice<float> x(std::vector<float>{fine}), w(std::vector<float>{1.0f}), y(1);
    const float one = 1.0f;
    const float zero = 0.0f;
    const auto result = [&](cudnnMathType_t math) {
        cudnnConvolutionForward(library.handle, &one, tensor, x.get(), filter, w.get(),
                                library.convolution(0, 1, 1, math), 0, nullptr, 0, &zero, tensor, y.get());
        return y.values()[0];
    };
    check.that(result(CUDNN_FMA_MATH) == fine, "FMA keeps float's bits");
    check.that(result(CUDNN_DEFAULT_MATH) == 1.0f, "TF32 is the default of float");
    sim_set("CONVOKE_SIM_CAPABILITY", "7.5");
    check.that(result(CUDNN_DEFAULT_MATH) == fine, "before 8.0 there is no TF32");
    sim_set("CONVOKE_SIM_CAPABILITY", nullptr);
}

void algorithms(Check& check) {
    Library library;
    void* x = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 32, 8, 9, 9);
    void* y = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 32, 4, 7, 7);
    void* w = library.filter(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 4, 8, 3, 3);
    void* how = library.convolution(0, 1, 1, CUDNN_FMA_MATH);
    cudnnConvolutionAlgoPerf_t results[8];
    int32_t count = 0;
    cudnnGetConvolutionForwardAlgorithm_v7(library.handle, x, w, how, y, 8, &count, results);
    check.that(count == 2 && results[0].time == -1.0f, "NHWC is served by two algorithms, not measured yet");
    Numbers numbers(3);
    const std::vector<float> xs = numbers.floats(size_t{32} * 8 * 81);
    OnDevice<float> x_memory(xs), y_memory(numbers.floats(size_t{32} * 4 * 49)), w_memory(size_t{4} * 8 * 9);
    OnDevice<char> workspace(1 << 14);
    const auto measured = [&](size_t bytes) {
        return cudnnFindConvolutionBackwardFilterAlgorithmEx(library.handle, x, x_memory.get(), y, y_memory.get(), how,
                                                             w, w_memory.get(), 8, &count, results, workspace.get(),
                                                             bytes);
    };
    check.that(measured(1 << 14) == 0 && count == 2 && results[0].time > 0.0f && results[0].time <= results[1].time,
               "measured, the fastest first");
    check.that(std::isnan(w_memory.values()[0]), "measuring leaves no result");
    check.that(results[0].determinism == CUDNN_NON_DETERMINISTIC && results[1].determinism == CUDNN_DETERMINISTIC,
               "which are reproducible is told");
    check.that(measured(16) == 0 && count == 1 && results[0].memory <= 16, "not more workspace than there is");
    const float one = 1.0f;
    const float zero = 0.0f;
    const auto twice = [&](int32_t algorithm) {
        std::vector<float> runs[2];
        for (std::vector<float>& run : runs) {
            cudnnConvolutionBackwardFilter(library.handle, &one, x, x_memory.get(), y, y_memory.get(), how, algorithm,
                                           workspace.get(), 1 << 14, &zero, w, w_memory.get());
            run = w_memory.values();
        }
        return std::memcmp(runs[0].data(), runs[1].data(), runs[0].size() * sizeof(float)) == 0;
    };
    check.that(twice(CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1), "reproducible: the same bits");
    check.that(!twice(CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0), "not reproducible: other bits");
    size_t bytes = 0;
    check.that(
        cudnnGetConvolutionForwardWorkspaceSize(library.handle, x, w, how, y, CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD,
                                                &bytes) == CUDNN_STATUS_NOT_SUPPORTED,
        "what does not serve a layout is not offered");
}

void pooling(Check& check, cudnnTensorFormat_t format, cudnnPoolingMode_t mode, int32_t window, int32_t pad,
             int32_t stride) {
    const std::string what = "pooling mode " + std::to_string(mode) + " window " + std::to_string(window);
    Library library;
    Numbers numbers(11);
    const Layout x{format, 2, 3, 7, 8};
    void* how = library.pooling(mode, window, pad, stride);
    void* x_tensor = library.tensor(format, CUDNN_DATA_FLOAT, x.n, x.c, x.h, x.w);
    int32_t n = 0, c = 0, h = 0, w = 0;
    cudnnGetPooling2dForwardOutputDim(how, x_tensor, &n, &c, &h, &w);
    const Layout y{format, n, c, h, w};
    void* y_tensor = library.tensor(format, CUDNN_DATA_FLOAT, n, c, h, w);
    const std::vector<float> xs = numbers.floats(x.size());
    const std::vector<float> dys = numbers.floats(y.size());
    std::vector<double> expected_y(y.size()), expected_dx(x.size());
    const bool maximum = mode == CUDNN_POOLING_MAX || mode == CUDNN_POOLING_MAX_DETERMINISTIC;
    for (int32_t in = 0; in < n; ++in)
        for (int32_t ic = 0; ic < c; ++ic)
            for (int32_t p = 0; p < h; ++p)
                for (int32_t q = 0; q < w; ++q) {
                    std::vector<size_t> inside;
                    for (int32_t r = 0; r < window; ++r)
                        for (int32_t s = 0; s < window; ++s) {
                            const int32_t ih = p * stride + r - pad;
                            const int32_t iw = q * stride + s - pad;
                            if (ih >= 0 && ih < x.h && iw >= 0 && iw < x.w)
                                inside.push_back(x.at(in, ic, ih, iw));
                        }
                    const size_t at = y.at(in, ic, p, q);
                    if (maximum) {
                        size_t best = inside[0];
                        for (size_t i : inside)
                            best = xs[i] > xs[best] ? i : best;
                        expected_y[at] = xs[best];
                        expected_dx[best] += dys[at];
                    } else {
                        const bool padded = mode == CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING;
                        const double share = padded ? window * window : static_cast<double>(inside.size());
                        for (size_t i : inside) {
                            expected_y[at] += xs[i] / share;
                            expected_dx[i] += dys[at] / share;
                        }
                    }
                }
    OnDevice<float> x_memory(xs), y_memory(y.size()), dy_memory(dys), dx_memory(x.size());
    const float one = 1.0f;
    const float zero = 0.0f;
    cudnnPoolingForward(library.handle, how, &one, x_tensor, x_memory.get(), &zero, y_tensor, y_memory.get());
    check.close(y_memory.values(), expected_y, kFloatTolerance, 0.0, what + ", forward");
    cudnnPoolingBackward(library.handle, how, &one, y_tensor, y_memory.get(), y_tensor, dy_memory.get(), x_tensor,
                         x_memory.get(), &zero, x_tensor, dx_memory.get());
    check.close(dx_memory.values(), expected_dx, kFloatTolerance, 0.0, what + ", backward");
}

void poolings(Check& check) {
    for (const auto format : {CUDNN_TENSOR_NCHW, CUDNN_TENSOR_NHWC}) {
        pooling(check, format, CUDNN_POOLING_MAX, 2, 0, 2);
        pooling(check, format, CUDNN_POOLING_MAX_DETERMINISTIC, 3, 1, 2);
        pooling(check, format, CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING, 3, 1, 1);
        pooling(check, format, CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING, 3, 1, 2);
    }
}

/* Batch norm's reference: statistics, outputs and gradients of one tensor in double. */
struct BatchNorm {
    std::vector<double> mean, variance, y, dx, dscale, dbias;
};

BatchNorm batch_norm(const Layout& x, const std::vector<float>& xs, const std::vector<float>& dys,
                     const std::vector<float>& scale, const std::vector<float>& bias, double epsilon, bool rectified) {
    BatchNorm of;
    of.mean.resize(x.c);
    of.variance = of.dscale = of.dbias = of.mean;
    of.y.resize(x.size());
    of.dx.resize(x.size());
    const double count = static_cast<double>(x.n) * x.h * x.w;
    for (int32_t c = 0; c < x.c; ++c) {
        const auto each = [&](const auto& visit) {
            for (int32_t n = 0; n < x.n; ++n)
                for (int32_t h = 0; h < x.h; ++h)
                    for (int32_t w = 0; w < x.w; ++w)
                        visit(x.at(n, c, h, w));
        };
        each([&](size_t i) { of.mean[c] += xs[i] / count; });
        each([&](size_t i) { of.variance[c] += (xs[i] - of.mean[c]) * (xs[i] - of.mean[c]) / count; });
        const double inverse = 1.0 / std::sqrt(of.variance[c] + epsilon);
        const auto normal = [&](size_t i) { return (xs[i] - of.mean[c]) * inverse; };
        const auto gradient = [&](size_t i) { return rectified && of.y[i] <= 0.0 ? 0.0 : dys[i]; };
        each([&](size_t i) { of.y[i] = scale[c] * normal(i) + bias[c]; });
        each([&](size_t i) {
            of.dbias[c] += gradient(i);
            of.dscale[c] += gradient(i) * normal(i);
        });
        each([&](size_t i) {
            of.dx[i] = scale[c] * inverse * (gradient(i) - of.dbias[c] / count - normal(i) * of.dscale[c] / count);
        });
        each([&](size_t i) { of.y[i] = rectified ? std::max(0.0, of.y[i]) : of.y[i]; });
    }
    return of;
}

void batch_normalization(Check& check, cudnnTensorFormat_t format, cudnnDataType_t type, cudnnBatchNormOps_t ops) {
    const std::string what = std::string("batch norm ") + (format == CUDNN_TENSOR_NCHW ? "NCHW" : "NHWC") +
                             (type == CUDNN_DATA_FLOAT ? " float" : " bfloat16") + (ops == 0 ? "" : " with ReLU");
    const double epsilon = 1e-3;
    const double factor = 0.1;
    const auto mode = ops == CUDNN_BATCHNORM_OPS_BN ? CUDNN_BATCHNORM_SPATIAL : CUDNN_BATCHNORM_SPATIAL_PERSISTENT;
    Library library;
    Numbers numbers(5);
    const Layout x{format, 3, 4, 5, 6};
    const std::vector<float> xs = as_stored(type, numbers.floats(x.size(), -1.0f, 3.0f));
    const std::vector<float> dys = as_stored(type, numbers.floats(x.size()));
    const std::vector<float> scale = numbers.floats(4, 0.5f, 1.5f);
    const std::vector<float> bias = numbers.floats(4);
    const std::vector<float> old = numbers.floats(4, 0.5f, 1.0f);
    const BatchNorm expected = batch_norm(x, xs, dys, scale, bias, epsilon, ops != CUDNN_BATCHNORM_OPS_BN);
    void* tensor = library.tensor(format, type, x.n, x.c, x.h, x.w);
    void* parameters = library.tensor(CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 1, 1, 1, 1);
    cudnnDeriveBNTensorDescriptor(parameters, tensor, mode);
    void* relu = library.activation(CUDNN_ACTIVATION_RELU);
    Values x_memory(type, xs), dy_memory(type, dys), y_memory(type, xs), dx_memory(type, xs);
    OnDevice<float> scales(scale), biases(bias), means(old), variances(old), saved(4), inverse(4), dscale(4), dbias(4);
    OnDevice<char> workspace(1 << 12), reserve(1 << 12);
    const float one = 1.0f;
    const float zero = 0.0f;
    size_t bytes = 0;
    size_t reserved = 0;
    int32_t status =
        cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(library.handle, mode, ops, tensor, nullptr, tensor,
                                                                 parameters, relu, &bytes) |
        cudnnGetBatchNormalizationTrainingExReserveSpaceSize(library.handle, mode, ops, relu, tensor, &reserved);
    status |= cudnnBatchNormalizationForwardTrainingEx(
        library.handle, mode, ops, &one, &zero, tensor, x_memory.get(), nullptr, nullptr, tensor, y_memory.get(),
        parameters, scales.get(), biases.get(), factor, means.get(), variances.get(), epsilon, saved.get(),
        inverse.get(), relu, workspace.get(), bytes, reserve.get(), reserved);
    const double relative = type == CUDNN_DATA_FLOAT ? kFloatTolerance : kBfloat16Tolerance;
    check.close(y_memory.read(), expected.y, kFloatTolerance, relative, what + ", forward");
    check.close(saved.values(), expected.mean, kFloatTolerance, 0.0, what + ", saved mean");
    std::vector<double> running_mean, running_variance;
    const double count = 90.0;
    for (int32_t c = 0; c < 4; ++c) {
        running_mean.push_back(0.9 * old[c] + 0.1 * expected.mean[c]);
        running_variance.push_back(0.9 * old[c] + 0.1 * expected.variance[c] * count / (count - 1.0));
    }
    check.close(means.values(), running_mean, kFloatTolerance, 0.0, what + ", running mean");
    check.close(variances.values(), running_variance, kFloatTolerance, 0.0, what + ", unbiased running variance");
    status |= cudnnGetBatchNormalizationBackwardExWorkspaceSize(library.handle, mode, ops, tensor, tensor, tensor,
                                                                nullptr, tensor, parameters, relu, &bytes);
    status |= cudnnBatchNormalizationBackwardEx(library.handle, mode, ops, &one, &zero, &one, &zero, tensor,
                                                x_memory.get(), tensor, y_memory.get(), tensor, dy_memory.get(),
                                                nullptr, nullptr, tensor, dx_memory.get(), parameters, scales.get(),
                                                biases.get(), dscale.get(), dbias.get(), epsilon, saved.get(),
                                                inverse.get(), relu, workspace.get(), bytes, reserve.get(), reserved);
    check.close(dx_memory.read(), expected.dx, kFloatTolerance, relative, what + ", gradient");
    check.close(dscale.values(), expected.dscale, 10 * kFloatTolerance, kFloatTolerance, what + ", scale's gradient");
    check.close(dbias.values(), expected.dbias, 10 * kFloatTolerance, kFloatTolerance, what + ", bias's gradient");
    if (ops == CUDNN_BATCHNORM_OPS_BN) {
        status |= cudnnBatchNormalizationForwardTraining(library.handle, mode, &one, &zero, tensor, x_memory.get(),
                                                         tensor, y_memory.get(), parameters, scales.get(), biases.get(),
                                                         factor, nullptr, nullptr, epsilon, nullptr, nullptr);
        check.close(y_memory.read(), expected.y, kFloatTolerance, relative, what + ", forward, no statistics kept");
        status |= cudnnBatchNormalizationBackward(
            library.handle, mode, &one, &zero, &one, &zero, tensor, x_memory.get(), tensor, dy_memory.get(), tensor,
            dx_memory.get(), parameters, scales.get(), dscale.get(), dbias.get(), epsilon, nullptr, nullptr);
        check.close(dx_memory.read(), expected.dx, kFloatTolerance, relative, what + ", gradient, statistics anew");
        OnDevice<float> variance(std::vector<float>(expected.variance.begin(), expected.variance.end()));
        status |= cudnnBatchNormalizationForwardInference(library.handle, mode, &one, &zero, tensor, x_memory.get(),
                                                          tensor, y_memory.get(), parameters, scales.get(),
                                                          biases.get(), saved.get(), variance.get(), epsilon);
        check.close(y_memory.read(), expected.y, kFloatTolerance, relative, what + ", inference");
    }
    check.that(status == CUDNN_STATUS_SUCCESS, what + ": every call succeeds");
}

void batch_normalizations(Check& check) {
    for (const auto format : {CUDNN_TENSOR_NCHW, CUDNN_TENSOR_NHWC}) {
        for (const auto type : {CUDNN_DATA_FLOAT, CUDNN_DATA_BFLOAT16}) {
            batch_normalization(check, format, type, CUDNN_BATCHNORM_OPS_BN);
        }
    }
    batch_normalization(check, CUDNN_TENSOR_NHWC, CUDNN_DATA_BFLOAT16, CUDNN_BATCHNORM_OPS_BN_ACTIVATION);
    Library library;
    size_t bytes = 0;
    void* tensor = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 4, 2, 2);
    check.that(cudnnGetBatchNormalizationTrainingExReserveSpaceSize(library.handle, CUDNN_BATCHNORM_SPATIAL_PERSISTENT,
                                                                    CUDNN_BATCHNORM_OPS_BN_ACTIVATION, nullptr, tensor,
                                                                    &bytes) == CUDNN_STATUS_NOT_SUPPORTED,
               "batch norm of floats with its activation is not offered");
}

void elementwise(Check& check) {
    Library library;
    void* tensor = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 2, 1, 2);
    void* channels = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 2, 1, 1);
    OnDevice<float> x(std::vector<float>{-1.0f, 2.0f, 0.5f, -3.0f}), y(4), dx(4);
    OnDevice<float> bias(std::vector<float>{10.0f, 20.0f});
    const float one = 1.0f;
    const float zero = 0.0f;
    for (const auto mode : {CUDNN_ACTIVATION_RELU, CUDNN_ACTIVATION_SIGMOID, CUDNN_ACTIVATION_TANH}) {
        void* f = library.activation(mode);
        std::vector<double> values, slopes;
        for (float v : x.values()) {
            const double s = 1.0 / (1.0 + std::exp(-static_cast<double>(v)));
            const double t = std::tanh(static_cast<double>(v));
            values.push_back(mode == CUDNN_ACTIVATION_RELU ? std::max(0.0f, v) : mode == CUDNN_ACTIVATION_TANH ? t : s);
            slopes.push_back(mode == CUDNN_ACTIVATION_RELU   ? v > 0.0f
                             : mode == CUDNN_ACTIVATION_TANH ? 1.0 - t * t
                                                             : s * (1.0 - s));
        }
        cudnnActivationForward(library.handle, f, &one, tensor, x.get(), &zero, tensor, y.get());
        check.close(y.values(), values, kFloatTolerance, 0.0, "activation " + std::to_string(mode));
        OnDevice<float> dy(std::vector<float>(4, 1.0f));
        cudnnActivationBackward(library.handle, f, &one, tensor, y.get(), tensor, dy.get(), tensor, x.get(), &zero,
                                tensor, dx.get());
        check.close(dx.values(), slopes, kFloatTolerance, 0.0, "slope of activation " + std::to_string(mode));
    }
    cudnnAddTensor(library.handle, &one, channels, bias.get(), &one, tensor, x.get());
    check.close(x.values(), std::vector<double>{9.0, 22.0, 10.5, 17.0}, 0.0, 0.0, "a bias is added to each channel");
}

/* --- rules ------------------------------------------------------------------------------------------------------- */

void rules(Check& check) {
    Library library;
    void* x = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 2, 4, 4);
    void* y = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 3, 2, 2);
    void* w = library.filter(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 3, 2, 3, 3);
    void* sixteen = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_BFLOAT16, 1, 3, 2, 2);
    void* wrong_channels = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 5, 4, 4);
    void* wrong_height = library.tensor(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 3, 3, 2);
    void* how = library.convolution(0, 1, 1, CUDNN_FMA_MATH);
    OnDevice<float> xs(32), ys(12), ws(54), short_ys(11);
    OnDevice<char> workspace(1 << 10);
    std::vector<float> host(54, 0.0f);
    const float one = 1.0f;
    const float zero = 0.0f;
    const auto forward = [&](cudnnHandle_t handle, void* x_tensor, void* w_filter, const void* w_at, void* convolution,
                             size_t workspace_bytes, void* y_tensor, void* y_at) {
        return [=, &xs, &workspace] {
            return cudnnConvolutionForward(handle, &one, x_tensor, xs.get(), w_filter, w_at, convolution, 1,
                                           workspace.get(), workspace_bytes, &zero, y_tensor, y_at);
        };
    };
    const cudnnHandle_t handle = library.handle;
    check.that(forward(handle, x, w, ws.get(), how, 1024, y, ys.get())() == CUDNN_STATUS_SUCCESS, "right as it stands");
    refused(check, "a tensor longer than its memory", "y needs 48 bytes from byte 0 on, the allocation has 44",
            forward(handle, x, w, ws.get(), how, 1024, y, short_ys.get()));
    refused(check, "a host pointer", "w is no device memory",
            forward(handle, x, w, host.data(), how, 1024, y, ys.get()));
    refused(check, "channels that do not fit", "do not go together",
            forward(handle, wrong_channels, w, ws.get(), how, 1024, y, ys.get()));
    refused(check, "an output that does not fit", "the output has the shape [1, 3, 3, 2]",
            forward(handle, x, w, ws.get(), how, 1024, wrong_height, ys.get()));
    void* grouped = library.convolution({3, 0, 1, 1}, {3, 0, 1, 1}, 2, CUDNN_FMA_MATH);
    void* half = library.filter(CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 3, 1, 3, 3);
    refused(check, "a filter over all channels in groups", "do not go together in 2 groups",
            forward(handle, x, w, ws.get(), grouped, 1024, y, ys.get()));
    refused(check, "filters that make no equal groups", "3 filters do not make 2 equal groups",
            forward(handle, x, half, ws.get(), grouped, 1024, y, ys.get()));
    refused(check, "no group", "not at least one group", [&] { return cudnnSetConvolutionGroupCount(how, 0); });
    refused(check, "a stride of 0", "a padding, stride or dilation that cannot be", [&] {
        return cudnnSetConvolution2dDescriptor(grouped, 0, 0, 1, 0, 1, 1, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT);
    });
    refused(check, "a filter that is too large", "larger than the padded input",
            forward(handle, x, w, ws.get(), library.convolution(0, 1, 2, CUDNN_FMA_MATH), 1024, y, ys.get()));
    refused(check, "types that do not fit", "tensors of different types",
            forward(handle, x, w, ws.get(), how, 1024, sixteen, ys.get()));
    refused(check, "a small workspace", "the workspace has 8 bytes, the algorithm needs 216",
            forward(handle, x, w, ws.get(), how, 8, y, ys.get()));
    refused(check, "a tensor where a filter belongs", "stands where a cudnnFilterDescriptor_t belongs",
            forward(handle, x, x, ws.get(), how, 1024, y, ys.get()));
    refused(check, "no handle", "null stands where a cudnnHandle_t belongs",
            forward(nullptr, x, w, ws.get(), how, 1024, y, ys.get()));
    void* unset = nullptr;
    cudnnCreateTensorDescriptor(&unset);
    refused(check, "a descriptor that was not set", "is used before it is set",
            forward(handle, unset, w, ws.get(), how, 1024, y, ys.get()));
    cudnnDestroyTensorDescriptor(unset);
    refused(check, "a descriptor after its end", "is used after its end",
            forward(handle, unset, w, ws.get(), how, 1024, y, ys.get()));
    refused(check, "a descriptor ended twice", "is used after its end",
            [&] { return cudnnDestroyTensorDescriptor(unset); });
    refused(check, "a dimension of 0", "a dimension is not positive",
            [&] { return cudnnSetTensor4dDescriptor(x, CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 0, 4, 4); });
    cudaStream_t stream = nullptr;
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    cudnnSetStream(handle, stream);
    cudaStreamDestroy(stream);
    refused(check, "a stream after its end", "is used after its end",
            forward(handle, x, w, ws.get(), how, 1024, y, ys.get()));
    refused(check, "setting a stream after its end", "is used after its end",
            [&] { return cudnnSetStream(handle, stream); });
    cudnnSetStream(handle, nullptr);
    sim_forbid_allocation(SIM_ALLOCATION_FORBIDDEN_HERE);
    refused(check, "a descriptor made in a step", "inside a step", [&] { return cudnnCreateTensorDescriptor(&unset); });
    cudnnConvolutionAlgoPerf_t result;
    int32_t count = 0;
    refused(check, "measuring in a step", "inside a step", [&] {
        return cudnnFindConvolutionForwardAlgorithmEx(handle, x, xs.get(), w, ws.get(), how, y, ys.get(), 1, &count,
                                                      &result, workspace.get(), 1024);
    });
    sim_forbid_allocation(SIM_ALLOCATION_ALLOWED);
    sim_fail("cudnnConvolutionForward", 1, CUDNN_STATUS_EXECUTION_FAILED);
    check.that(forward(handle, x, w, ws.get(), how, 1024, y, ys.get())() == CUDNN_STATUS_EXECUTION_FAILED,
               "a planned failure");
    check.that(cudnnSetTensor4dDescriptor(nullptr, CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, 1, 1, 1, 1) == kBadParameter,
               "errors are cuDNN's");
    sim_clear_violations();
    sim_set("CONVOKE_SIM_CUDNN", "8907");
    int32_t major = 0;
    cudnnGetProperty(0, &major);
    check.that(cudnnGetVersion() == 8907 && major == 8, "another version can be had");
    sim_set("CONVOKE_SIM_CUDNN", nullptr);
}

}  // namespace

int main(int argc, char** argv) {
    Check check("cudnn_test", argc, argv);
    for (const auto test :
         {convolutions, tensor_cores_lose_bits, algorithms, poolings, batch_normalizations, elementwise, rules}) {
        test(check);
        clean(check, "the test");
    }
    return check.finish();
}
