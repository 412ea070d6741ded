/* Activations and their derivatives against libm in double; biases and column sums against loops. */
#include <functional>

#include "cuda_test.h"

namespace convoke::test {
namespace {

/* Our own exp and erf are within three units of the last place; a handful of operations follow, on numbers up to 8. */
constexpr double kActivationTolerance = 3e-6;

/* One addition of numbers below 1. */
constexpr double kRounding = 2e-7;

/* Sums of n numbers below 1: partial sums of about sqrt n in float, each rounded once. */
constexpr double kSumTolerance = 1e-6;

constexpr float kSlope = 0.1f;

struct Function {
    const char* name;
    int32_t kind;
    std::function<double(double x)> value;
    std::function<double(double x)> derivative;
};

double normal(double x) { return 0.5 * (1 + std::erf(x / std::sqrt(2.0))); }

const Function kFunctions[] = {
    {"ReLU", CONVOKE_RELU, [](double x) { return x > 0 ? x : 0; }, [](double x) { return x > 0 ? 1 : 0; }},
    {"leaky ReLU", CONVOKE_LEAKY_RELU, [](double x) { return x > 0 ? x : kSlope * x; },
     [](double x) { return x > 0 ? 1 : kSlope; }},
    {"GELU", CONVOKE_GELU, [](double x) { return x * normal(x); },
     [](double x) { return normal(x) + x * std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0)); }},
    {"tanh", CONVOKE_TANH, [](double x) { return std::tanh(x); },
     [](double x) { return 1 - std::tanh(x) * std::tanh(x); }},
    {"sigmoid", CONVOKE_SIGMOID, [](double x) { return 1 / (1 + std::exp(-x)); },
     [](double x) { return std::exp(-x) / ((1 + std::exp(-x)) * (1 + std::exp(-x))); }}};

void activation(Check& check, const Function& function, int32_t type, size_t size) {
    const std::string what = std::string(function.name) + " of " + std::to_string(size) + " " + name_of(type);
    Numbers numbers(47);
    const std::vector<float> x = rounded(numbers.floats(size, -4.0f, 4.0f), type);
    const std::vector<float> dy = rounded(numbers.floats(size), type);
    std::vector<double> expected, gradient;
    for (size_t i = 0; i < size; ++i) {
        expected.push_back(function.value(x[i]));
        gradient.push_back(dy[i] * function.derivative(x[i]));
    }
    const int32_t kind = check.planted() ? (function.kind + 1) % 5 : function.kind;
    const int64_t count = static_cast<int64_t>(size);
    const Tensor in(type, x);
    const Tensor out(type, size);
    Tensor gradients(type, size);
    const std::vector<float> y = repeatedly(check, what, [&] {
        queued(check, convoke_cuda_activation_forward(type, kind, in.get(), out.get(), count, kSlope, stream()), what);
        return out.read();
    });
    check.close(y, expected, kActivationTolerance, kRounding + rounding_of(type), what);
    const std::vector<float> dx = repeatedly(check, what + ", backward", [&] {
        gradients.write(dy);
        queued(check,
               convoke_cuda_activation_backward(type, kind, in.get(), out.get(), gradients.get(), gradients.get(),
                                                count, kSlope, stream()),
               what + ", backward");
        return gradients.read();
    });
    /* tanh and sigmoid have their derivative from the rounded output: it is off by that rounding, times up to 2. */
    check.close(dx, gradient, kActivationTolerance + 2 * rounding_of(type), kRounding + rounding_of(type),
                what + ", backward");
}

void add_bias(Check& check, int32_t type, int64_t rows, int32_t channels) {
    const std::string what = "bias " + std::to_string(rows) + "x" + std::to_string(channels) + " " + name_of(type);
    Numbers numbers(53);
    const size_t size = static_cast<size_t>(rows) * channels;
    const std::vector<float> x = rounded(numbers.floats(size), type);
    std::vector<float> bias = numbers.floats(static_cast<size_t>(channels));
    std::vector<double> expected;
    for (size_t i = 0; i < size; ++i) {
        expected.push_back(static_cast<double>(x[i]) + bias[i % channels]);
    }
    bias[0] += check.planted() ? 0.1f : 0.0f;
    Tensor values(type, size);
    const Memory<float> added(bias);
    const std::vector<float> y = repeatedly(check, what, [&] {
        values.write(x);
        queued(check, convoke_cuda_add_bias(type, values.get(), added.get(), rows, channels, values.get(), stream()),
               what);
        return values.read();
    });
    check.close(y, expected, kRounding, rounding_of(type), what);
}

void column_sums(Check& check, int32_t type, int64_t rows, int32_t channels) {
    const std::string what =
        "column sums " + std::to_string(rows) + "x" + std::to_string(channels) + " " + name_of(type);
    const size_t size = static_cast<size_t>(rows) * channels;
    std::vector<float> x = rounded(Numbers(59).floats(size), type);
    std::vector<double> expected(static_cast<size_t>(channels));
    for (size_t i = 0; i < size; ++i) {
        expected[i % channels] += x[i];
    }
    x.back() += check.planted() ? 1.0f : 0.0f;
    const Tensor in(type, x);
    const Memory<float> sums(static_cast<size_t>(channels));
    const Memory<uint8_t> workspace(static_cast<size_t>(convoke_cuda_column_sums_workspace_bytes(rows, channels)));
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    const std::vector<float> actual = repeatedly(check, what, [&] {
        queued(check,
               convoke_cuda_column_sums(type, in.get(), rows, channels, sums.get(), workspace.get(), state.get(),
                                        stream()),
               what);
        return sums.read();
    });
    check.close(actual, expected, kSumTolerance * std::sqrt(static_cast<double>(rows)), 0.0, what);
    check.that(state.read()[0].blocks_done == 0, what + ", the count of blocks is left at 0");
}

}  // namespace

void test_activation(Check& check) {
    for (int32_t type : kTypes) {
        for (const Function& function : kFunctions) {
            activation(check, function, type, 5003);
            activation(check, function, type, 8);
            activation(check, function, type, 3);
        }
        add_bias(check, type, 33, 128);
        add_bias(check, type, 7, 11);
        column_sums(check, type, 32, 10);
        column_sums(check, type, 5000, 32);
        column_sums(check, type, 1, 7);
        column_sums(check, type, 999, 129);
        column_sums(check, type, 301, 1040);
    }
}

}  // namespace convoke::test
