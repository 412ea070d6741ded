/* Sums, copied channels, transposition and pooling over whole pictures, at odd sizes, against plain loops. */
#include "cuda_test.h"

namespace convoke::test {
namespace {

/* A mean of numbers up to 1: lanes of a few in float, then double; or one division. */
constexpr double kMeanTolerance = 1e-6;

/* What no call may write keeps this; exact in both types. */
constexpr float kUntouched = 7.0f;

void add(Check& check, int32_t type, int64_t count, bool rectified) {
    const std::string what = "sum of " + std::to_string(count) + (rectified ? " with ReLU " : " ") + name_of(type);
    Numbers numbers(71);
    std::vector<float> a = rounded(numbers.floats(static_cast<size_t>(count)), type);
    const std::vector<float> b = rounded(numbers.floats(a.size()), type);
    std::vector<float> expected;
    for (size_t i = 0; i < a.size(); ++i) {
        const float sum = a[i] + b[i];
        expected.push_back(rectified && sum < 0.0f ? 0.0f : sum);
    }
    expected = rounded(expected, type);
    a.back() += check.planted() ? 4.0f : 0.0f;
    Tensor left(type, a.size()), right(type, a.size());
    const Tensor out(type, a.size());
    const auto run = [&](const Tensor& to) {
        return repeatedly(check, what, [&] {
            left.write(a);
            right.write(b);
            queued(check, convoke_cuda_add(type, left.get(), right.get(), to.get(), count, rectified ? 1 : 0, stream()),
                   what);
            return to.read();
        });
    };
    check.same_bits(run(out), expected, what);
    check.same_bits(run(left), expected, what + ", in place of a");
    check.same_bits(run(right), expected, what + ", in place of b");
}

/* Concatenates tensors of different widths and takes them apart again. */
void concatenate(Check& check, int32_t type, int64_t rows, const std::vector<int32_t>& channels) {
    const std::string what = "concatenation of " + std::to_string(rows) + " rows " + name_of(type);
    Numbers numbers(73);
    int32_t all = 0;
    std::vector<std::vector<float>> parts;
    for (int32_t wide : channels) {
        parts.push_back(rounded(numbers.floats(static_cast<size_t>(rows) * wide), type));
        all += wide;
    }
    std::vector<float> expected;
    for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
        for (size_t part = 0; part < parts.size(); ++part) {
            const size_t wide = static_cast<size_t>(channels[part]);
            expected.insert(expected.end(), parts[part].begin() + static_cast<std::ptrdiff_t>(row * wide),
                            parts[part].begin() + static_cast<std::ptrdiff_t>((row + 1) * wide));
        }
    }
    Tensor joined(type, expected.size());
    const std::vector<float> actual = repeatedly(check, what, [&] {
        joined.write(std::vector<float>(expected.size(), kUntouched));
        int32_t first = 0;
        for (size_t part = 0; part < parts.size(); ++part) {
            const Tensor from(type, parts[part]);
            const int32_t wide = channels[part] - (check.planted() && part == 0 ? 1 : 0);
            queued(check,
                   convoke_cuda_copy_channels(type, from.get(), channels[part], 0, joined.get(), all, first, rows, wide,
                                              stream()),
                   what);
            first += channels[part];
            wait();
        }
        return joined.read();
    });
    check.same_bits(actual, expected, what);
    int32_t first = 0;
    joined.write(expected);
    for (size_t part = 0; part < parts.size(); ++part) {
        const Tensor back(type, parts[part].size());
        queued(check,
               convoke_cuda_copy_channels(type, joined.get(), all, first, back.get(), channels[part], 0, rows,
                                          channels[part], stream()),
               what + ", taken out");
        check.same_bits(back.read(), parts[part], what + ", part " + std::to_string(part) + " taken out");
        first += channels[part];
    }
}

void transpose(Check& check, int32_t type, int32_t n, int32_t rows, int32_t columns) {
    const std::string what = "transposition of " + std::to_string(n) + "x" + std::to_string(rows) + "x" +
                             std::to_string(columns) + " " + name_of(type);
    const std::vector<float> in = rounded(Numbers(79).floats(static_cast<size_t>(n) * rows * columns), type);
    std::vector<float> expected(in.size());
    for (size_t i = 0; i < in.size(); ++i) {
        const size_t column = i % columns, row = i / columns % rows, matrix = i / columns / rows;
        expected[(matrix * columns + column) * rows + row] = in[i];
    }
    const Tensor from(type, in);
    const Tensor to(type, in.size());
    const std::vector<float> actual = repeatedly(check, what, [&] {
        queued(check,
               convoke_cuda_transpose_batch(type, from.get(), n, check.planted() ? columns : rows,
                                            check.planted() ? rows : columns, to.get(), stream()),
               what);
        return to.read();
    });
    check.same_bits(actual, expected, what);
}

void global_pooling(Check& check, int32_t type, int32_t n, int32_t pixels, int32_t channels) {
    const std::string what = "global pooling " + std::to_string(n) + "x" + std::to_string(pixels) + "x" +
                             std::to_string(channels) + " " + name_of(type);
    Numbers numbers(83);
    const std::vector<float> continuous = rounded(numbers.floats(static_cast<size_t>(n) * pixels * channels), type);
    std::vector<float> x = continuous;
    for (float& value : x) {
        value = std::floor(value * 4.0f); /* few values, many ties */
    }
    const size_t outputs = static_cast<size_t>(n) * channels;
    const std::vector<float> dy = rounded(numbers.floats(outputs), type);
    std::vector<double> means(outputs), shares(x.size());
    std::vector<float> maxima(outputs), routed(x.size());
    std::vector<int32_t> codes(outputs);
    for (size_t output = 0; output < outputs; ++output) {
        const size_t image = output / channels, channel = output % channels;
        const auto at = [&](int32_t pixel) {
            return (image * pixels + static_cast<size_t>(pixel)) * channels + channel;
        };
        for (int32_t pixel = 0; pixel < pixels; ++pixel) {
            codes[output] = x[at(pixel)] > x[at(codes[output])] ? pixel : codes[output];
            means[output] += static_cast<double>(continuous[at(pixel)]) / pixels;
            shares[at(pixel)] = static_cast<double>(dy[output]) / pixels;
        }
        maxima[output] = x[at(codes[output])];
        routed[at(codes[output])] = dy[output];
    }
    if (check.planted()) {
        x[0] += 9.0f;
    }
    const Tensor smooth(type, continuous), stepped(type, x), gradient(type, dy);
    const Tensor y(type, outputs), dx(type, x.size());
    const Memory<int32_t> found(outputs);
    const auto call = [&](const std::string& which, const Tensor& result, const auto& queue) {
        return repeatedly(check, what + which, [&] {
            queued(check, queue(), what + which);
            return result.read();
        });
    };
    check.close(call(", mean", y,
                     [&] {
                         return convoke_cuda_global_average_pool_forward(type, smooth.get(), n, pixels, channels,
                                                                         y.get(), stream());
                     }),
                means, kMeanTolerance, 1e-6 + rounding_of(type), what + ", mean");
    check.close(call(", gradient of the mean", dx,
                     [&] {
                         return convoke_cuda_global_average_pool_backward(type, gradient.get(), n, pixels, channels,
                                                                          dx.get(), stream());
                     }),
                shares, 0.0, 1e-6 + rounding_of(type), what + ", gradient of the mean");
    check.same_bits(call(", maximum", y,
                         [&] {
                             return convoke_cuda_global_max_pool_forward(type, stepped.get(), n, pixels, channels,
                                                                         y.get(), found.get(), stream());
                         }),
                    maxima, what + ", maximum");
    check.same_bits(found.read(), codes, what + ", codes");
    queued(check,
           convoke_cuda_global_max_pool_forward(type, stepped.get(), n, pixels, channels, y.get(), nullptr, stream()),
           what + ", maximum without codes");
    check.same_bits(call(", gradient of the maximum", dx,
                         [&] {
                             return convoke_cuda_global_max_pool_backward(type, gradient.get(), found.get(), n, pixels,
                                                                          channels, dx.get(), stream());
                         }),
                    routed, what + ", gradient of the maximum");
}

/* As on the CPU: a NaN is the maximum, of several the last one, whichever threads look at them. */
void not_a_number(Check& check) {
    std::vector<float> x(301, 2.0f);
    x[3] = x[170] = x[250] = NAN;
    const Tensor in(CONVOKE_FLOAT32, x);
    const Tensor out(CONVOKE_FLOAT32, 1);
    const Memory<int32_t> codes(1);
    queued(check,
           convoke_cuda_global_max_pool_forward(CONVOKE_FLOAT32, in.get(), 1, 301, 1, out.get(), codes.get(), stream()),
           "NaN");
    check.that(std::isnan(out.read()[0]) && codes.read()[0] == 250, "the last NaN is the maximum of its picture");
}

}  // namespace

void test_graph(Check& check) {
    for (int32_t type : kTypes) {
        for (const bool rectified : {false, true}) {
            add(check, type, 1, rectified);
            add(check, type, 8, rectified);
            add(check, type, 5003, rectified);
        }
        concatenate(check, type, 501, {3, 16, 8});
        concatenate(check, type, 1, {1, 2});
        concatenate(check, type, 77, {32, 64, 16});
        transpose(check, type, 1, 1, 2);
        transpose(check, type, 3, 49, 33);
        transpose(check, type, 2, 16, 160);
        transpose(check, type, 70, 7, 2);
        transpose(check, type, 2, 1, 301);
        global_pooling(check, type, 3, 49, 136);
        global_pooling(check, type, 1, 1, 1);
        global_pooling(check, type, 7, 1000, 3);
        global_pooling(check, type, 2, 35, 64);
        global_pooling(check, type, 1, 300, 200);
    }
    not_a_number(check);
}

}  // namespace convoke::test
