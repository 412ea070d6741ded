/* The fused first layer against a dense convolution in double, forward and backward. */
#include <algorithm>

#include "cuda_test.h"

namespace convoke::test {
namespace {

/* Nine products of numbers below 1, added in float. */
constexpr double kConvolutionTolerance = 2e-6;

/* A gradient adds one product for each window that is alive; the sums are random walks of that length. */
constexpr double kGradientTolerance = 1e-6;

/* A window whose maximum is that near to 0, or to the next largest element, may be rounded to another code. */
constexpr double kTie = 1e-5;

struct Problem {
    int32_t n;
    int32_t h;
    int32_t w;
    int32_t filters;
    int32_t pad;

    int32_t ph() const { return (h + 2 * pad - 2) / 2; }
    int32_t pw() const { return (w + 2 * pad - 2) / 2; }
    size_t outputs() const { return static_cast<size_t>(n) * ph() * pw() * filters; }

    double pixel(const std::vector<float>& x, int32_t i, int32_t r, int32_t c) const {
        const bool inside = r >= 0 && r < h && c >= 0 && c < w;
        return inside ? x[(static_cast<size_t>(i) * h + r) * w + c] : 0.0;
    }
};

/* Where an output is: image, pooled row and column, filter. */
struct Place {
    int32_t image;
    int32_t row;
    int32_t column;
    int32_t filter;
};

Place place_of(const Problem& p, size_t output) {
    const int32_t filter = static_cast<int32_t>(output % p.filters);
    const size_t pixel = output / p.filters;
    return Place{static_cast<int32_t>(pixel / p.pw() / p.ph()), static_cast<int32_t>(pixel / p.pw() % p.ph()),
                 static_cast<int32_t>(pixel % p.pw()), filter};
}

struct Data {
    std::vector<float> x, kernel, bias, dy;

    Data(const Problem& p, int32_t type) {
        Numbers numbers(71);
        x = rounded(numbers.floats(static_cast<size_t>(p.n) * p.h * p.w, 0.0f, 1.0f), type);
        kernel = numbers.floats(static_cast<size_t>(p.filters) * 9, -0.3f, 0.3f);
        bias = numbers.floats(static_cast<size_t>(p.filters), -0.2f, 0.2f);
        dy = rounded(numbers.floats(p.outputs()), type);
    }
};

double convolve(const Problem& p, const Data& d, const Place& at, int32_t code) {
    double sum = 0.0;
    for (int32_t tap = 0; tap < 9; ++tap) {
        sum += p.pixel(d.x, at.image, 2 * at.row + code / 2 + tap / 3 - p.pad,
                       2 * at.column + code % 2 + tap % 3 - p.pad) *
               d.kernel[static_cast<size_t>(at.filter) * 9 + tap];
    }
    return sum;
}

void codes_are_right(Check& check, const Problem& p, const Data& d, const std::vector<uint8_t>& codes,
                     const std::string& what) {
    for (size_t output = 0; output < p.outputs(); ++output) {
        const Place at = place_of(p, output);
        double best = -1e9;
        for (int32_t code = 0; code < 4; ++code) {
            best = std::max(best, convolve(p, d, at, code));
        }
        const double sum = best + d.bias[at.filter];
        const bool right = codes[output] == CONVOKE_DEAD_WINDOW
                               ? sum < kTie
                               : sum > -kTie && codes[output] < 4 && convolve(p, d, at, codes[output]) > best - kTie;
        if (!right) {
            check.that(false, what + ", code of output " + std::to_string(output));
            return;
        }
    }
    check.that(true, what + ", codes");
}

void first_convolution(Check& check, int32_t type, const Problem& p) {
    const std::string what = "first convolution " + std::to_string(p.n) + "x" + std::to_string(p.h) + "x" +
                             std::to_string(p.w) + ", " + std::to_string(p.filters) + " filters, pad " +
                             std::to_string(p.pad) + " " + name_of(type);
    const Data data(p, type);
    std::vector<double> expected(p.outputs());
    for (size_t output = 0; output < p.outputs(); ++output) {
        const Place at = place_of(p, output);
        double best = convolve(p, data, at, 0);
        for (int32_t code = 1; code < 4; ++code) {
            best = std::max(best, convolve(p, data, at, code));
        }
        expected[output] = std::max(0.0, best + data.bias[at.filter]);
    }
    std::vector<float> used = data.kernel;
    used[4] += check.planted() ? 0.05f : 0.0f;
    const Tensor x(type, data.x), dy(type, data.dy), y(type, p.outputs());
    const Memory<float> kernel(used), bias(data.bias), dkernel(data.kernel.size()), dbias(data.bias.size());
    const Memory<uint8_t> codes(p.outputs());
    const Memory<uint8_t> workspace(
        static_cast<size_t>(convoke_cuda_first_convolution_workspace_bytes(p.n, p.h, p.w, p.filters, p.pad)));
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    const std::vector<float> actual = repeatedly(check, what, [&] {
        queued(check,
               convoke_cuda_first_convolution_forward(type, x.get(), kernel.get(), bias.get(), p.n, p.h, p.w, p.filters,
                                                      p.pad, y.get(), codes.get(), stream()),
               what);
        return y.read();
    });
    check.close(actual, expected, kConvolutionTolerance, rounding_of(type), what);
    const std::vector<uint8_t> found = codes.read();
    codes_are_right(check, p, data, found, what);

    std::vector<double> expected_kernel(data.kernel.size()), expected_bias(data.bias.size());
    for (size_t output = 0; output < p.outputs(); ++output) {
        const Place at = place_of(p, output);
        const int32_t code = found[output];
        for (int32_t tap = 0; code < 4 && tap < 9; ++tap) {
            expected_kernel[static_cast<size_t>(at.filter) * 9 + tap] +=
                data.dy[output] * p.pixel(data.x, at.image, 2 * at.row + code / 2 + tap / 3 - p.pad,
                                          2 * at.column + code % 2 + tap % 3 - p.pad);
        }
        expected_bias[at.filter] += code < 4 ? data.dy[output] : 0.0f;
    }
    const std::vector<float> gradients = repeatedly(check, what + ", backward", [&] {
        queued(check,
               convoke_cuda_first_convolution_backward(type, x.get(), dy.get(), codes.get(), p.n, p.h, p.w, p.filters,
                                                       p.pad, dkernel.get(), dbias.get(), workspace.get(), state.get(),
                                                       stream()),
               what + ", backward");
        std::vector<float> both = dkernel.read();
        const std::vector<float> of_bias = dbias.read();
        both.insert(both.end(), of_bias.begin(), of_bias.end());
        return both;
    });
    std::vector<double> both = expected_kernel;
    both.insert(both.end(), expected_bias.begin(), expected_bias.end());
    const double terms = static_cast<double>(p.outputs()) / p.filters;
    check.close(gradients, both, kGradientTolerance * std::sqrt(terms) + kConvolutionTolerance, 0.0,
                what + ", backward");
}

}  // namespace

void test_first_convolution(Check& check) {
    for (int32_t type : kTypes) {
        first_convolution(check, type, {5, 28, 28, 32, 1});
        first_convolution(check, type, {3, 28, 28, 32, 0});
        first_convolution(check, type, {2, 9, 7, 8, 1});
        first_convolution(check, type, {1, 4, 5, 128, 0});
        first_convolution(check, type, {130, 6, 6, 16, 1});
        first_convolution(check, type, {1, 33, 65, 64, 1});
    }
}

}  // namespace convoke::test
