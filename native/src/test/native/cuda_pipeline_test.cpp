/* Batches from the data set on the device against plain loops in double; elastic fields against their double sum. */
#include <algorithm>

#include "cuda_test.h"
#include "functors/philox.h"

namespace convoke::test {
namespace {

/*
 * A sampled value's error: the coordinate is off by a few roundings of a number up to 64, 4e-6 each, and a pixel
 * changes by up to 1 per unit of coordinate in either direction.
 */
constexpr double kSampleTolerance = 3e-5;

/* Blurring adds up to 25 x 25 products below 8 in float. */
constexpr double kBlurTolerance = 1e-5;

constexpr int32_t kTotal = 20;
constexpr float kErased = 0.25f;

struct Picture {
    int32_t h;
    int32_t w;
    int32_t c;

    size_t size() const { return static_cast<size_t>(h) * w * c; }
};

/* An epoch of `positions` images with rotations, zooms and shifts, some of which look far outside the picture. */
struct Epoch {
    std::vector<uint8_t> images;
    std::vector<uint8_t> labels;
    std::vector<int32_t> order;
    std::vector<float> affine;
    std::vector<uint8_t> flips;
    std::vector<int32_t> erase;
    std::vector<float> displacement; /* of the batch */

    Epoch(const Picture& shape, int32_t positions, int32_t count) {
        Numbers numbers(17);
        const size_t of_epoch = static_cast<size_t>(positions);
        images = numbers.bytes(kTotal * shape.size());
        labels = numbers.bytes(kTotal, 10);
        order = numbers.indices(of_epoch, kTotal);
        flips = numbers.bytes(of_epoch, 4);
        displacement = numbers.floats(2 * static_cast<size_t>(shape.h) * shape.w * count, -3.0f, 3.0f);
        const std::vector<float> angles = numbers.floats(of_epoch, -0.6f, 0.6f);
        const std::vector<float> shifts = numbers.floats(2 * of_epoch, -4.0f, 4.0f);
        for (int32_t i = 0; i < positions; ++i) {
            const float cosine = std::cos(angles[i]) * (1.0f + 0.3f * angles[i]);
            const float sine = std::sin(angles[i]);
            affine.insert(affine.end(), {cosine, -sine, shifts[2 * i], sine, cosine, shifts[2 * i + 1]});
            erase.insert(erase.end(), {i % 5 - 2, i % 7 - 1, i % 4, i % 6});
        }
    }
};

/* What a batch asks for besides the gather. */
struct Options {
    bool warped;
    bool flipped;
    bool displaced;
    bool erased;
};

double clamped(double value, int32_t size) { return std::min(std::max(value, 0.0), size - 1.0); }

double sample(const Epoch& epoch, const Picture& shape, int32_t image, double row, double column, int32_t channel) {
    const double inside_row = clamped(row, shape.h);
    const double inside_column = clamped(column, shape.w);
    const int32_t top = static_cast<int32_t>(inside_row);
    const int32_t left = static_cast<int32_t>(inside_column);
    const auto pixel = [&](int32_t r, int32_t c) {
        const size_t at = (static_cast<size_t>(image) * shape.h + std::min(r, shape.h - 1)) * shape.w;
        return static_cast<double>(epoch.images[(at + std::min(c, shape.w - 1)) * shape.c + channel]);
    };
    const double down = inside_row - top;
    const double across = inside_column - left;
    return ((1 - down) * ((1 - across) * pixel(top, left) + across * pixel(top, left + 1)) +
            down * ((1 - across) * pixel(top + 1, left) + across * pixel(top + 1, left + 1))) /
           255.0;
}

bool is_erased(const int32_t* rectangle, int32_t r, int32_t c) {
    return r >= rectangle[0] && r < rectangle[0] + rectangle[2] && c >= rectangle[1] && c < rectangle[1] + rectangle[3];
}

/* Value of one element of image i of the batch, which is at position p. */
double expected_value(const Epoch& epoch, const Picture& shape, const Options& options, size_t i, int32_t p, int32_t r,
                      int32_t c, int32_t channel) {
    if (!options.warped) {
        return sample(epoch, shape, epoch.order[p], r, c, channel);
    }
    if (options.erased && is_erased(&epoch.erase[4 * static_cast<size_t>(p)], r, c)) {
        return kErased;
    }
    const int32_t flip = options.flipped ? epoch.flips[p] : 0;
    const int32_t from_row = (flip & CONVOKE_FLIP_VERTICAL) != 0 ? shape.h - 1 - r : r;
    const int32_t from_column = (flip & CONVOKE_FLIP_HORIZONTAL) != 0 ? shape.w - 1 - c : c;
    const float* a = &epoch.affine[6 * static_cast<size_t>(p)];
    const size_t pixels = static_cast<size_t>(shape.h) * shape.w;
    const size_t from = static_cast<size_t>(from_row) * shape.w + from_column;
    const float* field = &epoch.displacement[2 * pixels * i];
    const double row = static_cast<double>(a[0]) * from_row + static_cast<double>(a[1]) * from_column + a[2] +
                       (options.displaced ? field[from] : 0.0f);
    const double column = static_cast<double>(a[3]) * from_row + static_cast<double>(a[4]) * from_column + a[5] +
                          (options.displaced ? field[pixels + from] : 0.0f);
    return sample(epoch, shape, epoch.order[p], row, column, channel);
}

/* A batch of `count` from `first` on in an epoch of `positions`; beyond its end the last position is repeated. */
void load_batch(Check& check, int32_t type, const Picture& shape, int32_t positions, int32_t first, int32_t count,
                const Options& options, int32_t target_words = 3) {
    const std::string what = "batch " + std::to_string(shape.h) + "x" + std::to_string(shape.w) + "x" +
                             std::to_string(shape.c) + " " + name_of(type) + (options.warped ? " warped" : "") +
                             (options.displaced ? " displaced" : "") + (options.erased ? " erased" : "");
    Epoch epoch(shape, positions, count);
    std::vector<double> expected;
    for (int32_t i = 0; i < count; ++i) {
        const int32_t p = std::min(first + i, positions - 1);
        for (int32_t element = 0; element < static_cast<int32_t>(shape.size()); ++element) {
            const int32_t pixel = element / shape.c;
            expected.push_back(expected_value(epoch, shape, options, static_cast<size_t>(i), p, pixel / shape.w,
                                              pixel % shape.w, element % shape.c));
        }
    }
    if (check.planted()) {
        epoch.affine[6 * static_cast<size_t>(first) + 2] += 0.05f;
        std::rotate(epoch.order.begin(), epoch.order.begin() + 1, epoch.order.end());
    }
    const Memory<uint8_t> images(epoch.images), flips(epoch.flips);
    const Memory<int32_t> order(epoch.order), erase(epoch.erase);
    const Memory<float> affine(epoch.affine), displacement(epoch.displacement);
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(1, first)});
    const Tensor out(type, expected.size());
    const std::vector<int32_t> all_targets = Numbers(19).indices(kTotal * static_cast<size_t>(target_words), 1u << 30);
    std::vector<uint32_t> words(all_targets.begin(), all_targets.end()), expected_words;
    for (int32_t i = 0; i < count; ++i) {
        const int32_t index = epoch.order[static_cast<size_t>(std::min(first + i, positions - 1))];
        const auto row = words.begin() + static_cast<std::ptrdiff_t>(index) * target_words;
        expected_words.insert(expected_words.end(), row, row + target_words);
    }
    words[0] += check.planted() ? 1 : 0;
    const Memory<uint32_t> targets(words);
    const Memory<uint32_t> out_targets(expected_words.size());
    const std::vector<float> actual = repeatedly(check, what, [&] {
        queued(check,
               convoke_cuda_load_examples(
                   images.get(), targets.get(), target_words, kTotal, order.get(), positions, shape.h, shape.w, shape.c,
                   options.warped ? affine.get() : nullptr, options.flipped ? flips.get() : nullptr,
                   options.displaced ? displacement.get() : nullptr, options.erased ? erase.get() : nullptr, kErased,
                   state.get(), count, type, out.get(), out_targets.get(), stream()),
               what);
        return out.read();
    });
    check.close(actual, expected, options.warped ? kSampleTolerance : 1e-7, rounding_of(type), what);
    check.same_bits(out_targets.read(), expected_words, what + ", targets");
}

double noise(uint32_t position, int64_t word) {
    using namespace convoke::portable;
    const PhiloxBlock block =
        philox_block(philox_stream(99, position, 4, Purpose::kElastic, 0), static_cast<uint32_t>(word / 4));
    const uint32_t words[] = {block.x0, block.x1, block.x2, block.x3};
    return 2.0 * (words[word % 4] >> 8) * 0x1p-24 - 1.0;
}

void elastic(Check& check, int32_t h, int32_t w, int32_t radius) {
    const std::string what = "elastic field " + std::to_string(h) + "x" + std::to_string(w);
    const int32_t count = 5;
    std::vector<float> taps;
    for (int32_t k = -radius; k <= radius; ++k) {
        taps.push_back(static_cast<float>(std::exp(-0.1 * k * k) / 4));
    }
    std::vector<double> expected;
    for (int32_t i = 0; i < count; ++i) {
        for (int64_t axis = 0; axis < 2; ++axis) {
            const auto at = [&](int32_t r, int32_t c) {
                return noise(70 + static_cast<uint32_t>(i),
                             (axis * h + std::clamp(r, 0, h - 1)) * w + std::clamp(c, 0, w - 1));
            };
            for (int32_t r = 0; r < h; ++r) {
                for (int32_t c = 0; c < w; ++c) {
                    double sum = 0.0;
                    for (int32_t k = -radius; k <= radius; ++k) {
                        for (int32_t l = -radius; l <= radius; ++l) {
                            sum += static_cast<double>(taps[k + radius]) * taps[l + radius] * at(r + k, c + l);
                        }
                    }
                    expected.push_back(8.0 * sum);
                }
            }
        }
    }
    const Memory<float> weights(taps), workspace(expected.size()), out(expected.size());
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(4, check.planted() ? 71 : 70)});
    const std::vector<float> actual = repeatedly(check, what, [&] {
        queued(check,
               convoke_cuda_elastic_field(99, state.get(), count, h, w, 8.0f, weights.get(), radius, workspace.get(),
                                          out.get(), stream()),
               what);
        return out.read();
    });
    check.close(actual, expected, kBlurTolerance, 0.0, what);
}

}  // namespace

void test_pipeline(Check& check) {
    const Options gathered{false, false, false, false};
    const Options warped{true, true, false, false};
    const Options everything{true, true, true, true};
    for (int32_t type : kTypes) {
        load_batch(check, type, {28, 28, 1}, 67, 0, 33, gathered);
        load_batch(check, type, {5, 7, 3}, 67, 60, 11, gathered, 1); /* 4 images too many */
        load_batch(check, type, {28, 28, 1}, 67, 32, 32, warped);
        load_batch(check, type, {28, 28, 1}, 67, 64, 6, everything);
        load_batch(check, type, {9, 5, 3}, 40, 3, 29, everything);
        load_batch(check, type, {1, 6, 1}, 7, 1, 5, {true, false, false, true});
        load_batch(check, type, {7, 1, 2}, 9, 2, 5, warped);
        load_batch(check, type, {1, 1, 1}, 4, 0, 3, {true, false, false, false}, 301);
        load_batch(check, type, {70, 66, 3}, 9, 2, 3, everything); /* larger than what is copied */
    }
    elastic(check, 28, 28, 4);
    elastic(check, 5, 3, 6);
    elastic(check, 1, 17, 2);
}

}  // namespace convoke::test
