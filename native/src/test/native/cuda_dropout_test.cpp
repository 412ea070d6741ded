/* Dropout against a loop over features and the words of their stream; fused with bias and ReLU; the way back. */
#include <algorithm>

#include "cuda_test.h"
#include "functors/philox.h"

namespace convoke::test {
namespace {

/* One addition and one product. */
constexpr double kRounding = 2e-7;

constexpr uint64_t kSeed = 0x123456789abcdefULL;
constexpr uint32_t kOrdinal = 3;
constexpr int32_t kEpoch = 5;
constexpr int32_t kFirstPosition = 96;
constexpr uint32_t kThreshold = 5033165; /* rate 0.3 */
constexpr float kScale = 1.0f / 0.7f;

bool is_kept(int32_t image, int64_t feature) {
    using namespace convoke::portable;
    const PhiloxStream words =
        philox_stream(kSeed, static_cast<uint32_t>(kFirstPosition + image), kEpoch, Purpose::kDropout, kOrdinal);
    const PhiloxBlock block = philox_block(words, static_cast<uint32_t>(feature / 4));
    const uint32_t of_block[] = {block.x0, block.x1, block.x2, block.x3};
    return of_block[feature % 4] >> 8 >= kThreshold;
}

Memory<convoke_step_state> make_state() {
    return Memory<convoke_step_state>(std::vector<convoke_step_state>{state_at(kEpoch, kFirstPosition)});
}

void dropout(Check& check, int32_t type, int32_t count, int32_t channels, int32_t spatial) {
    const std::string what = "dropout " + std::to_string(count) + "x" + std::to_string(spatial) + "x" +
                             std::to_string(channels) + " " + name_of(type);
    const size_t size = static_cast<size_t>(count) * channels * spatial;
    const std::vector<float> x = rounded(Numbers(41).floats(size), type);
    std::vector<double> expected(size);
    for (size_t i = 0; i < size; ++i) {
        const int64_t channel = static_cast<int64_t>(i) % channels;
        const int64_t pixel = static_cast<int64_t>(i) / channels % spatial;
        const int32_t image = static_cast<int32_t>(static_cast<int64_t>(i) / channels / spatial);
        expected[i] = is_kept(image, channel * spatial + pixel) ? static_cast<double>(x[i]) * kScale : 0.0;
    }
    Tensor values(type, size);
    const auto state = make_state();
    const uint32_t threshold = check.planted() ? kThreshold + (1u << 22) : kThreshold;
    const std::vector<float> y = repeatedly(check, what, [&] {
        values.write(x);
        queued(check,
               convoke_cuda_dropout(type, values.get(), values.get(), count, channels, spatial, kSeed, state.get(),
                                    kOrdinal, threshold, kScale, stream()),
               what);
        return values.read();
    });
    check.close(y, expected, 0.0, kRounding + rounding_of(type), what);
}

void bias_relu_dropout(Check& check, int32_t type, int32_t count, int32_t units, bool with_bias, uint32_t threshold) {
    const std::string what = "bias, ReLU, dropout " + std::to_string(count) + "x" + std::to_string(units) + " " +
                             name_of(type) + (with_bias ? "" : " without bias") + (threshold == 0 ? ", all kept" : "");
    const size_t size = static_cast<size_t>(count) * units;
    Numbers numbers(43);
    const std::vector<float> x = rounded(numbers.floats(size), type);
    const std::vector<float> bias = numbers.floats(static_cast<size_t>(units));
    const std::vector<float> dy = rounded(numbers.floats(size), type);
    const float scale = threshold == 0 ? 1.0f : kScale;
    std::vector<double> expected(size);
    std::vector<double> gradient(size);
    for (size_t i = 0; i < size; ++i) {
        const size_t unit = i % static_cast<size_t>(units);
        const double sum = static_cast<double>(x[i]) + (with_bias ? bias[unit] : 0.0f);
        const bool kept = threshold == 0 || is_kept(static_cast<int32_t>(i / units), static_cast<int64_t>(unit));
        expected[i] = kept ? std::max(sum, 0.0) * scale : 0.0;
        gradient[i] = expected[i] > 0.0 ? static_cast<double>(dy[i]) * scale : 0.0;
    }
    std::vector<float> used = bias;
    used[0] += check.planted() ? 2.0f : 0.0f;
    const Tensor in(type, x);
    const Memory<float> added(used);
    const Tensor out(type, size);
    const auto state = make_state();
    const std::vector<float> y = repeatedly(check, what, [&] {
        queued(
            check,
            convoke_cuda_bias_relu_dropout_forward(type, in.get(), with_bias ? added.get() : nullptr, out.get(), count,
                                                   units, kSeed, state.get(), kOrdinal, threshold, scale, stream()),
            what);
        return out.read();
    });
    check.close(y, expected, kRounding, kRounding + rounding_of(type), what);
    Tensor gradients(type, size);
    const std::vector<float> dx = repeatedly(check, what + ", backward", [&] {
        gradients.write(dy);
        queued(check,
               convoke_cuda_relu_dropout_backward(type, out.get(), gradients.get(), gradients.get(),
                                                  static_cast<int64_t>(size), scale, stream()),
               what + ", backward");
        return gradients.read();
    });
    check.close(dx, gradient, 0.0, kRounding + rounding_of(type), what + ", backward");
}

}  // namespace

void test_dropout(Check& check) {
    for (int32_t type : kTypes) {
        dropout(check, type, 33, 128, 1);
        dropout(check, type, 5, 37, 1);
        dropout(check, type, 3, 1, 50);
        dropout(check, type, 4, 32, 9 * 9);
        dropout(check, type, 3, 16, 4 * 6);
        dropout(check, type, 2, 5, 7 * 3);
        bias_relu_dropout(check, type, 32, 128, true, kThreshold);
        bias_relu_dropout(check, type, 7, 61, true, kThreshold);
        bias_relu_dropout(check, type, 9, 24, false, kThreshold);
        bias_relu_dropout(check, type, 9, 24, true, 0);
    }
}

}  // namespace convoke::test
