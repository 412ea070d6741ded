/* Sums, copied channels, transposition and pooling over whole pictures, at odd sizes, against plain loops. */
#include "check.h"

using namespace convoke::test;

namespace {

/* A mean of numbers up to 1: blocks of 64 in float, then double. */
constexpr double kMeanTolerance = 1e-6;

/* What no call may write keeps this. */
constexpr float kUntouched = 7.0f;

void add(Check& check, int64_t count, bool rectified) {
    const std::string what = "sum of " + std::to_string(count) + (rectified ? " with ReLU" : "");
    Numbers numbers(71);
    std::vector<float> a = numbers.floats(static_cast<size_t>(count));
    const std::vector<float> b = numbers.floats(a.size());
    a[0] = NAN;
    std::vector<float> expected;
    for (size_t i = 0; i < a.size(); ++i) {
        const float sum = a[i] + b[i];
        expected.push_back(rectified && sum < 0.0f ? 0.0f : sum);
    }
    if (check.planted()) {
        a.back() += 1.0f;
    }
    const auto in_place_of = [&](const std::vector<float>& start, bool left) {
        return check.everywhere(what + (left ? ", in place of a" : ", in place of b"), [&](int32_t threads) {
            std::vector<float> y(start);
            convoke_add(left ? y.data() : a.data(), left ? b.data() : y.data(), y.data(), count, rectified ? 1 : 0,
                        threads);
            return y;
        });
    };
    check.same_bits(in_place_of(a, true), expected, what + ", in place of a");
    check.same_bits(in_place_of(b, false), expected, what + ", in place of b");
    std::vector<float> twice(b);
    convoke_add(twice.data(), twice.data(), twice.data(), count, 0, 1);
    check.that(twice.back() == b.back() + b.back(), what + ", in place of both");
}

/* Concatenates three tensors of different widths and takes them apart again. */
void concatenate(Check& check, int64_t rows, const std::vector<int32_t>& channels) {
    const std::string what = "concatenation of " + std::to_string(rows) + " rows";
    Numbers numbers(73);
    int32_t all = 0;
    std::vector<std::vector<float>> parts;
    for (int32_t wide : channels) {
        parts.push_back(numbers.floats(static_cast<size_t>(rows) * wide));
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
    const std::vector<float> joined = check.everywhere(what, [&](int32_t threads) {
        std::vector<float> to(expected.size(), kUntouched);
        int32_t first = check.planted() ? 1 : 0;
        for (size_t part = 0; part < parts.size(); ++part) {
            const int32_t wide = channels[part] - (check.planted() && part + 1 == parts.size() ? 1 : 0);
            convoke_copy_channels(parts[part].data(), channels[part], 0, to.data(), all, first, rows, wide, threads);
            first += channels[part];
        }
        return to;
    });
    check.same_bits(joined, expected, what);
    int32_t first = 0;
    for (size_t part = 0; part < parts.size(); ++part) {
        std::vector<float> back(parts[part].size(), kUntouched);
        convoke_copy_channels(expected.data(), all, first, back.data(), channels[part], 0, rows, channels[part], 2);
        check.same_bits(back, parts[part], what + ", part " + std::to_string(part) + " taken out");
        first += channels[part];
    }
    std::vector<float> inner(expected.size(), kUntouched);
    convoke_copy_channels(expected.data(), all, 1, inner.data(), all, 2, rows, 1, 1);
    bool right = true;
    for (size_t i = 0; i < inner.size(); ++i) {
        right = right && inner[i] == (i % static_cast<size_t>(all) == 2 ? expected[i - 1] : kUntouched);
    }
    check.that(right, what + ", other channels stay");
}

void transpose(Check& check, int32_t n, int32_t rows, int32_t columns) {
    const std::string what =
        "transposition of " + std::to_string(n) + "x" + std::to_string(rows) + "x" + std::to_string(columns);
    const std::vector<float> in = Numbers(79).floats(static_cast<size_t>(n) * rows * columns);
    std::vector<float> expected(in.size());
    for (size_t i = 0; i < in.size(); ++i) {
        const size_t column = i % columns, row = i / columns % rows, matrix = i / columns / rows;
        expected[(matrix * columns + column) * rows + row] = in[i];
    }
    if (check.planted()) {
        expected[0] += 1.0f;
    }
    check.same_bits(check.everywhere(what,
                                     [&](int32_t threads) {
                                         std::vector<float> out(in.size(), kUntouched);
                                         convoke_transpose_batch(in.data(), n, rows, columns, out.data(), threads);
                                         return out;
                                     }),
                    expected, what);
}

void global_pooling(Check& check, int32_t n, int32_t pixels, int32_t channels) {
    const std::string what =
        "global pooling " + std::to_string(n) + "x" + std::to_string(pixels) + "x" + std::to_string(channels);
    Numbers numbers(83);
    std::vector<float> x = numbers.floats(static_cast<size_t>(n) * pixels * channels);
    const std::vector<float> continuous = x;
    for (float& value : x) {
        value = std::floor(value * 4.0f); /* few values, many ties */
    }
    const size_t outputs = static_cast<size_t>(n) * channels;
    const std::vector<float> dy = numbers.floats(outputs);
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
    const int32_t planted = check.planted() ? 1 : 0;
    check.close(check.everywhere(what + ", mean",
                                 [&](int32_t threads) {
                                     std::vector<float> y(outputs, kUntouched);
                                     convoke_global_average_pool_forward(continuous.data(), n, pixels - planted,
                                                                         channels, y.data(), threads);
                                     return y;
                                 }),
                means, kMeanTolerance, 1e-6, what + ", mean");
    check.close(check.everywhere(what + ", gradient of the mean",
                                 [&](int32_t threads) {
                                     std::vector<float> dx(x.size(), kUntouched);
                                     convoke_global_average_pool_backward(dy.data(), n, pixels, channels, dx.data(),
                                                                          threads);
                                     return dx;
                                 }),
                shares, 0.0, 1e-6, what + ", gradient of the mean");
    std::vector<float> y(outputs);
    std::vector<int32_t> found(outputs);
    check.everywhere(what + ", maximum", [&](int32_t threads) {
        y.assign(outputs, kUntouched);
        found.assign(outputs, -1);
        convoke_global_max_pool_forward(x.data(), n, pixels, channels, y.data(), found.data(), threads);
        std::vector<uint8_t> bits;
        append(bits, y);
        append(bits, found);
        return bits;
    });
    check.same_bits(y, maxima, what + ", maximum");
    check.same_bits(found, codes, what + ", codes");
    std::vector<float> without_codes(outputs);
    convoke_global_max_pool_forward(x.data(), n, pixels, channels, without_codes.data(), nullptr, 2);
    check.same_bits(without_codes, maxima, what + ", maximum without codes");
    check.same_bits(check.everywhere(what + ", gradient of the maximum",
                                     [&](int32_t threads) {
                                         std::vector<float> dx(x.size(), kUntouched);
                                         convoke_global_max_pool_backward(dy.data(), codes.data(), n, pixels, channels,
                                                                          dx.data(), threads);
                                         return dx;
                                     }),
                    routed, what + ", gradient of the maximum");
}

void not_a_number(Check& check) {
    const std::vector<float> x{1.0f, NAN, 3.0f, NAN, 2.0f};
    float y = 0.0f;
    int32_t code = -1;
    convoke_global_max_pool_forward(x.data(), 1, 5, 1, &y, &code, 1);
    check.that(std::isnan(y) && code == 3, "the last NaN is the maximum of its picture");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("graph", argc, argv);
    for (const bool rectified : {false, true}) {
        add(check, 1, rectified);
        add(check, 70001, rectified);
    }
    concatenate(check, 5000, {3, 16, 8});
    concatenate(check, 1, {1, 2});
    concatenate(check, 77, {32, 64, 5, 1});
    transpose(check, 1, 1, 1);
    transpose(check, 3, 49, 33);
    transpose(check, 2, 16, 160);
    transpose(check, 70, 7, 1);
    transpose(check, 2, 1, 301);
    transpose(check, 1, 300, 257);
    global_pooling(check, 3, 49, 130);
    global_pooling(check, 1, 1, 1);
    global_pooling(check, 7, 1000, 3);
    global_pooling(check, 2, 35, 64);
    global_pooling(check, 1, 300, 200);
    not_a_number(check);
    return check.finish();
}
