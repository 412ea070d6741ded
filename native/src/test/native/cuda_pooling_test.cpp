/* Pooling against plain loops: 2x2 with bias and ReLU, the bias' gradient, any window with any padding. */
#include <algorithm>
#include <limits>

#include "cuda_test.h"

namespace convoke::test {
namespace {

/* A window's maximum and one addition. */
constexpr double kRounding = 2e-7;

/* The mean of nine numbers below 1, or nine gradients gathered: a few roundings, and more for a larger window. */
constexpr double kMeanTolerance = 1e-6;

/* Sums of n numbers below 1 whose partial sums are floats: each of the log2-deep additions rounds once. */
constexpr double kSumTolerance = 3e-6;

struct Size {
    int32_t n;
    int32_t h;
    int32_t w;
    int32_t c;

    size_t inputs() const { return static_cast<size_t>(n) * h * w * c; }
    size_t outputs() const { return static_cast<size_t>(n) * (h / 2) * (w / 2) * c; }
    size_t input(int32_t i, int32_t r, int32_t s, int32_t k) const {
        return ((static_cast<size_t>(i) * h + r) * w + s) * c + k;
    }
};

std::string describe(const std::string& what, const Size& size, int32_t type) {
    return what + " " + std::to_string(size.n) + "x" + std::to_string(size.h) + "x" + std::to_string(size.w) + "x" +
           std::to_string(size.c) + " " + name_of(type);
}

/* Calls body(output, i, row, column, channel). */
template <class Body>
void for_outputs(const Size& size, const Body& body) {
    size_t output = 0;
    for (int32_t i = 0; i < size.n; ++i) {
        for (int32_t r = 0; r < size.h / 2; ++r) {
            for (int32_t s = 0; s < size.w / 2; ++s) {
                for (int32_t k = 0; k < size.c; ++k) {
                    body(output++, i, r, s, k);
                }
            }
        }
    }
}

void relu_max_pool(Check& check, const Size& size, int32_t type, bool with_bias) {
    const std::string what = describe("ReLU and max pooling", size, type);
    Numbers numbers(5);
    std::vector<float> x = rounded(numbers.floats(size.inputs()), type);
    const std::vector<float> bias = numbers.floats(static_cast<size_t>(size.c), -0.5f, 0.5f);
    if (size.outputs() > 0) {
        x[size.input(0, 1, 1, 0)] = x[size.input(0, 0, 0, 0)] = 0.875f; /* a tie */
    }
    std::vector<double> expected(size.outputs());
    std::vector<uint8_t> expected_codes(size.outputs());
    for_outputs(size, [&](size_t output, int32_t i, int32_t r, int32_t s, int32_t k) {
        int32_t best = 0;
        const auto at = [&](int32_t code) { return x[size.input(i, 2 * r + code / 2, 2 * s + code % 2, k)]; };
        for (int32_t code = 1; code < 4; ++code) {
            best = at(code) > at(best) ? code : best;
        }
        const double sum = static_cast<double>(at(best)) + (with_bias ? bias[static_cast<size_t>(k)] : 0.0f);
        expected[output] = std::max(0.0, sum);
        expected_codes[output] = static_cast<uint8_t>(sum > 0.0 ? best : CONVOKE_DEAD_WINDOW);
    });
    const Tensor in(type, x);
    const Tensor out(type, size.outputs());
    const Memory<float> added(check.planted() ? std::vector<float>(bias.size(), 0.25f) : bias);
    const Memory<uint8_t> codes(size.outputs());
    const auto run = [&] {
        queued(check,
               convoke_cuda_relu_max_pool_forward(type, in.get(), with_bias ? added.get() : nullptr, size.n, size.h,
                                                  size.w, size.c, out.get(), codes.get(), stream()),
               what);
        return out.read();
    };
    check.close(repeatedly(check, what, run), expected, kRounding, rounding_of(type), what);
    check.same_bits(codes.read(), expected_codes, what + ", codes");
    queued(check,
           convoke_cuda_relu_max_pool_forward(type, in.get(), with_bias ? added.get() : nullptr, size.n, size.h, size.w,
                                              size.c, out.get(), nullptr, stream()),
           what + " without codes");
}

void relu_max_pool_backward(Check& check, const Size& size, int32_t type, bool with_dbias) {
    const std::string what = describe("ReLU and max pooling, backward", size, type);
    Numbers numbers(7);
    const std::vector<float> dy = rounded(numbers.floats(size.outputs()), type);
    std::vector<uint8_t> codes = numbers.bytes(size.outputs(), 5);
    std::replace(codes.begin(), codes.end(), uint8_t{4}, uint8_t{CONVOKE_DEAD_WINDOW});
    std::vector<float> expected(size.inputs());
    std::vector<double> sums(static_cast<size_t>(size.c));
    for_outputs(size, [&](size_t output, int32_t i, int32_t r, int32_t s, int32_t k) {
        const int32_t code = codes[output];
        if (code != CONVOKE_DEAD_WINDOW) {
            expected[size.input(i, 2 * r + code / 2, 2 * s + code % 2, k)] = dy[output];
            sums[static_cast<size_t>(k)] += dy[output];
        }
    });
    if (check.planted() && !codes.empty()) {
        codes[0] = codes[0] == 0 ? 1 : 0;
    }
    const Tensor gradient(type, dy);
    const Memory<uint8_t> found(codes);
    const Tensor dx(type, size.inputs());
    const Memory<float> dbias(static_cast<size_t>(size.c));
    const Memory<uint8_t> workspace(
        static_cast<size_t>(convoke_cuda_relu_max_pool_workspace_bytes(size.n, size.h, size.w, size.c)));
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    const auto run = [&] {
        queued(check,
               convoke_cuda_relu_max_pool_backward(type, gradient.get(), found.get(), size.n, size.h, size.w, size.c,
                                                   dx.get(), with_dbias ? dbias.get() : nullptr,
                                                   with_dbias ? workspace.get() : nullptr,
                                                   with_dbias ? state.get() : nullptr, stream()),
               what);
        std::vector<float> results = dx.read();
        if (with_dbias) {
            const std::vector<float> bias_gradient = dbias.read();
            results.insert(results.end(), bias_gradient.begin(), bias_gradient.end());
        }
        return results;
    };
    std::vector<float> results = repeatedly(check, what, run);
    const std::vector<float> bias_gradient(results.begin() + static_cast<std::ptrdiff_t>(size.inputs()), results.end());
    results.resize(size.inputs());
    check.same_bits(results, expected, what);
    if (with_dbias) {
        const double windows = static_cast<double>(size.outputs()) / size.c;
        check.close(bias_gradient, sums, kSumTolerance * std::sqrt(windows + 1), 0.0, what + ", dbias");
    }
}

/* --- Any window --------------------------------------------------------------------------------------------------- */

using Shape = convoke_pooling_shape;

size_t inputs_of(const Shape& s) { return static_cast<size_t>(s.count) * s.height * s.width * s.channels; }

size_t outputs_of(const Shape& s) {
    return static_cast<size_t>(s.count) * s.output_height * s.output_width * s.channels;
}

/* Calls body(output, input, code, elements) for each element of each window; `elements` inside the input. */
template <class Body>
void for_windows(const Shape& s, const Body& body) {
    for (size_t output = 0; output < outputs_of(s); ++output) {
        const int32_t channel = static_cast<int32_t>(output % s.channels);
        const size_t pixel = output / s.channels;
        const int32_t column = static_cast<int32_t>(pixel % s.output_width);
        const int32_t row = static_cast<int32_t>(pixel / s.output_width % s.output_height);
        const size_t image = pixel / s.output_width / s.output_height;
        std::vector<std::pair<size_t, int32_t>> elements;
        for (int32_t code = 0; code < s.window_height * s.window_width; ++code) {
            const int32_t r = row * s.stride_height - s.pad_top + code / s.window_width;
            const int32_t c = column * s.stride_width - s.pad_left + code % s.window_width;
            if (r >= 0 && r < s.height && c >= 0 && c < s.width) {
                elements.emplace_back(((image * s.height + r) * s.width + c) * s.channels + channel, code);
            }
        }
        body(output, elements);
    }
}

void any_window(Check& check, const std::string& name, const Shape& s, int32_t type) {
    const std::string what = name + " " + name_of(type);
    Numbers numbers(11);
    const std::vector<float> x = rounded(numbers.floats(inputs_of(s)), type);
    const std::vector<float> dy = rounded(numbers.floats(outputs_of(s)), type);
    std::vector<double> maxima(outputs_of(s)), means(outputs_of(s)), dx_max(inputs_of(s)), dx_mean(inputs_of(s));
    std::vector<uint8_t> codes(outputs_of(s));
    for_windows(s, [&](size_t output, const std::vector<std::pair<size_t, int32_t>>& elements) {
        auto best = elements.front();
        for (const auto& element : elements) {
            best = x[element.first] > x[best.first] ? element : best;
            means[output] += x[element.first] / static_cast<double>(elements.size());
            dx_mean[element.first] += dy[output] / static_cast<double>(elements.size());
        }
        maxima[output] = x[best.first];
        codes[output] = static_cast<uint8_t>(best.second);
        dx_max[best.first] += dy[output];
    });
    const double tolerance = kMeanTolerance * std::max(1.0, s.window_height * s.window_width / 9.0);
    std::vector<float> used = x;
    if (check.planted()) {
        used[0] += 1.0f;
    }
    const Tensor in(type, used);
    const Tensor gradient(type, dy);
    const Tensor out(type, outputs_of(s));
    const Tensor dx(type, inputs_of(s));
    const Memory<uint8_t> found(outputs_of(s));
    const auto call = [&](const std::string& which, const Tensor& result, const auto& queue) {
        return repeatedly(check, what + which, [&] {
            queued(check, queue(), what + which);
            return result.read();
        });
    };
    check.close(
        call(", maximum", out,
             [&] { return convoke_cuda_max_pool_forward(type, &s, in.get(), out.get(), found.get(), stream()); }),
        maxima, 0.0, 0.0, what + ", maximum");
    check.same_bits(found.read(), codes, what + ", codes");
    check.close(
        call(", gradient of the maximum", dx,
             [&] { return convoke_cuda_max_pool_backward(type, &s, gradient.get(), found.get(), dx.get(), stream()); }),
        dx_max, tolerance, rounding_of(type), what + ", gradient of the maximum");
    check.close(
        call(", mean", out, [&] { return convoke_cuda_average_pool_forward(type, &s, in.get(), out.get(), stream()); }),
        means, tolerance, rounding_of(type), what + ", mean");
    check.close(call(", gradient of the mean", dx,
                     [&] { return convoke_cuda_average_pool_backward(type, &s, gradient.get(), dx.get(), stream()); }),
                dx_mean, tolerance, rounding_of(type), what + ", gradient of the mean");
}

/* What is not a number is the maximum of its window, and no gradient goes through it. */
void not_a_number(Check& check) {
    std::vector<float> x(16, 1.0f);
    x[5] = std::numeric_limits<float>::quiet_NaN();
    const Tensor in(CONVOKE_FLOAT32, x);
    const Tensor out(CONVOKE_FLOAT32, 4);
    const Memory<uint8_t> codes(4);
    queued(check,
           convoke_cuda_relu_max_pool_forward(CONVOKE_FLOAT32, in.get(), nullptr, 1, 2, 2, 4, out.get(), codes.get(),
                                              stream()),
           "NaN");
    const std::vector<float> y = out.read();
    check.that(std::isnan(y[1]) && y[0] == 1.0f, "NaN is the maximum of its window");
    check.that(codes.read()[1] == CONVOKE_DEAD_WINDOW, "NaN lets no gradient through");
}

}  // namespace

void test_pooling(Check& check) {
    const Size sizes[] = {{2, 28, 28, 32}, {3, 7, 5, 8},     {1, 2, 2, 1},  {2, 5, 9, 3},
                          {1, 6, 4, 13},   {70, 13, 13, 16}, {300, 7, 7, 9}};
    for (int32_t type : kTypes) {
        for (const Size& size : sizes) {
            relu_max_pool(check, size, type, size.c % 2 == 0);
            relu_max_pool_backward(check, size, type, true);
            relu_max_pool_backward(check, size, type, false);
        }
        any_window(check, "2x2", {2, 7, 6, 8, 3, 3, 2, 2, 2, 2, 0, 0}, type);
        any_window(check, "3x3 overlapping, padded", {2, 7, 9, 5, 4, 5, 3, 3, 2, 2, 1, 1}, type);
        any_window(check, "3x2, stride 1 and 3", {1, 8, 11, 16, 8, 4, 3, 2, 1, 3, 1, 0}, type);
        any_window(check, "3x3, stride 1, padded", {2, 9, 9, 40, 9, 9, 3, 3, 1, 1, 1, 1}, type);
        any_window(check, "5x5, stride 1, padded", {2, 9, 9, 40, 9, 9, 5, 5, 1, 1, 2, 2}, type);
        any_window(check, "whole picture", {3, 7, 7, 24, 1, 1, 7, 7, 1, 1, 0, 0}, type);
    }
    not_a_number(check);
}

}  // namespace convoke::test
