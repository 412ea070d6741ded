/* Gathering, warping, erasing, elastic noise: against plain loops in double. */
#include <algorithm>

#include "check.h"

using namespace convoke::test;

namespace {

/*
 * A sampled value's error: the coordinate is off by a few roundings of a number up to 64, 4e-6 each, and a pixel
 * changes by up to 1 per unit of coordinate in either direction.
 */
constexpr double kSampleTolerance = 3e-5;

/* Blurring adds up to 25 x 25 products below 8 in float. */
constexpr double kBlurTolerance = 1e-5;

struct Picture {
    int32_t h;
    int32_t w;
    int32_t c;
};

void gather(Check& check, int32_t size) {
    Numbers numbers(3);
    const std::vector<uint8_t> images = numbers.bytes(40 * static_cast<size_t>(size));
    const std::vector<int32_t> order = numbers.indices(500, 40);
    std::vector<float> expected;
    for (int32_t index : order) {
        for (int32_t i = 0; i < size; ++i) {
            expected.push_back(static_cast<float>(images[static_cast<size_t>(index * size + i)]) / 255.0f);
        }
    }
    const auto run = [&](int32_t threads) {
        std::vector<float> out(expected.size());
        convoke_gather(images.data(), order.data(), 500, size, out.data(), threads);
        return out;
    };
    check.same_bits(check.everywhere("gather", run), expected, "gather");
}

void gather_rows(Check& check, size_t words) {
    Numbers numbers(5);
    const std::vector<float> rows = numbers.floats(40 * words);
    const std::vector<int32_t> order = numbers.indices(131, 40);
    std::vector<float> expected;
    for (int32_t index : order) {
        const auto row = rows.begin() + static_cast<std::ptrdiff_t>(static_cast<size_t>(index) * words);
        expected.insert(expected.end(), row, row + static_cast<std::ptrdiff_t>(words));
    }
    if (check.planted()) {
        expected[0] += 1.0f;
    }
    std::vector<float> out(expected.size());
    convoke_gather_rows(rows.data(), static_cast<int64_t>(words * sizeof(float)), order.data(), 131, out.data());
    check.same_bits(out, expected, "rows of " + std::to_string(words) + " words");
}

struct Batch {
    std::vector<uint8_t> images;
    std::vector<int32_t> order;
    std::vector<float> affine;
    std::vector<uint8_t> flips;
    std::vector<float> displacement;
    std::vector<int32_t> erase;
};

/* Rotations with zoom and shift, among them coordinates far outside the picture. */
Batch make_batch(const Picture& shape, int32_t count) {
    Numbers numbers(17);
    Batch batch;
    const size_t pixels = static_cast<size_t>(shape.h) * shape.w;
    batch.images = numbers.bytes(20 * pixels * shape.c);
    batch.order = numbers.indices(static_cast<size_t>(count), 20);
    batch.flips = numbers.bytes(static_cast<size_t>(count), 4);
    batch.displacement = numbers.floats(2 * pixels * count, -3.0f, 3.0f);
    const std::vector<float> angles = numbers.floats(static_cast<size_t>(count), -0.6f, 0.6f);
    const std::vector<float> shifts = numbers.floats(2 * static_cast<size_t>(count), -4.0f, 4.0f);
    for (int32_t i = 0; i < count; ++i) {
        const float zoom = 1.0f + 0.3f * angles[i];
        const float cosine = std::cos(angles[i]) * zoom;
        const float sine = std::sin(angles[i]);
        batch.affine.insert(batch.affine.end(), {cosine, -sine, shifts[2 * i], sine, cosine, shifts[2 * i + 1]});
        batch.erase.insert(batch.erase.end(), {i % 5 - 2, i % 7 - 1, i % 4, i % 6});
    }
    return batch;
}

double clamped(double value, int32_t size) { return std::min(std::max(value, 0.0), size - 1.0); }

double sample(const Batch& batch, const Picture& shape, int32_t image, double row, double column, int32_t channel) {
    const double inside_row = clamped(row, shape.h);
    const double inside_column = clamped(column, shape.w);
    const int32_t top = static_cast<int32_t>(inside_row);
    const int32_t left = static_cast<int32_t>(inside_column);
    const auto pixel = [&](int32_t r, int32_t c) {
        const size_t at = (static_cast<size_t>(image) * shape.h + std::min(r, shape.h - 1)) * shape.w;
        return static_cast<double>(batch.images[(at + std::min(c, shape.w - 1)) * shape.c + channel]);
    };
    const double down = inside_row - top;
    const double across = inside_column - left;
    return ((1 - down) * ((1 - across) * pixel(top, left) + across * pixel(top, left + 1)) +
            down * ((1 - across) * pixel(top + 1, left) + across * pixel(top + 1, left + 1))) /
           255.0;
}

bool erased(const int32_t* rectangle, int32_t r, int32_t c) {
    return r >= rectangle[0] && r < rectangle[0] + rectangle[2] && c >= rectangle[1] && c < rectangle[1] + rectangle[3];
}

std::vector<double> reference(const Batch& batch, const Picture& shape, bool displaced, bool with_erase) {
    std::vector<double> out;
    const int32_t pixels = shape.h * shape.w;
    for (size_t i = 0; i < batch.order.size(); ++i) {
        const float* a = &batch.affine[6 * i];
        const float* field = &batch.displacement[2 * pixels * i];
        for (int32_t r = 0; r < shape.h; ++r) {
            for (int32_t c = 0; c < shape.w; ++c) {
                const int32_t from_row = (batch.flips[i] & CONVOKE_FLIP_VERTICAL) != 0 ? shape.h - 1 - r : r;
                const int32_t from_column = (batch.flips[i] & CONVOKE_FLIP_HORIZONTAL) != 0 ? shape.w - 1 - c : c;
                const int32_t from = from_row * shape.w + from_column;
                const double row = static_cast<double>(a[0]) * from_row + static_cast<double>(a[1]) * from_column +
                                   a[2] + (displaced ? field[from] : 0.0f);
                const double column = static_cast<double>(a[3]) * from_row + static_cast<double>(a[4]) * from_column +
                                      a[5] + (displaced ? field[pixels + from] : 0.0f);
                for (int32_t channel = 0; channel < shape.c; ++channel) {
                    out.push_back(with_erase && erased(&batch.erase[4 * i], r, c)
                                      ? 0.25
                                      : sample(batch, shape, batch.order[i], row, column, channel));
                }
            }
        }
    }
    return out;
}

void augment(Check& check, const Picture& shape, int32_t count, bool displaced, bool with_erase) {
    const std::string what = "augment " + std::to_string(shape.h) + "x" + std::to_string(shape.w) + "x" +
                             std::to_string(shape.c) + (displaced ? " displaced" : "") + (with_erase ? " erased" : "");
    Batch batch = make_batch(shape, count);
    const std::vector<double> expected = reference(batch, shape, displaced, with_erase);
    if (check.planted()) {
        batch.affine[2] += 0.01f;
    }
    const auto run = [&](int32_t threads) {
        std::vector<float> out(expected.size());
        std::vector<float> workspace(
            static_cast<size_t>(convoke_augment_workspace_bytes(shape.h, shape.w, shape.c, threads) / 4));
        convoke_augment(batch.images.data(), shape.h, shape.w, shape.c, batch.order.data(), count, batch.affine.data(),
                        batch.flips.data(), displaced ? batch.displacement.data() : nullptr,
                        with_erase ? batch.erase.data() : nullptr, 0.25f, workspace.data(), out.data(), threads);
        return out;
    };
    check.close(check.everywhere(what, run), expected, kSampleTolerance, 0.0, what);
}

/* The identity map gives the bits of a plain gather, also where a coefficient overflows the other axis. */
void identity(Check& check) {
    const Picture shape{28, 28, 1};
    Batch batch = make_batch(shape, 9);
    const float same[] = {1, 0, 0, 0, 1, 0};
    for (size_t i = 0; i < batch.affine.size(); ++i) {
        batch.affine[i] = same[i % 6];
    }
    std::vector<float> gathered(9 * 784);
    std::vector<float> augmented(gathered.size());
    std::vector<float> workspace(static_cast<size_t>(convoke_augment_workspace_bytes(28, 28, 1, 1) / 4));
    convoke_gather(batch.images.data(), batch.order.data(), 9, 784, gathered.data(), 1);
    convoke_augment(batch.images.data(), 28, 28, 1, batch.order.data(), 9, batch.affine.data(), nullptr, nullptr,
                    nullptr, 0.0f, workspace.data(), augmented.data(), 1);
    check.same_bits(augmented, gathered, "identity map");
    batch.affine.assign(batch.affine.size(), 3e38f);
    convoke_augment(batch.images.data(), 28, 28, 1, batch.order.data(), 9, batch.affine.data(), nullptr, nullptr,
                    nullptr, 0.0f, workspace.data(), augmented.data(), 1);
    const uint8_t corner = batch.images[static_cast<size_t>(batch.order[0]) * 784 + 783];
    check.that(augmented[0] == static_cast<float>(corner) / 255.0f, "overflowing coordinates are clamped");
}

double noise(uint32_t position, int64_t word) {
    uint32_t words[4];
    convoke_philox(99, static_cast<uint32_t>(word / 4), position, 4, 7, words);
    return 2.0 * (words[word % 4] >> 8) * 0x1p-24 - 1.0;
}

void elastic(Check& check, int32_t h, int32_t w, int32_t radius) {
    const std::string what = "elastic field " + std::to_string(h) + "x" + std::to_string(w);
    const int32_t count = 11;
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
    const auto run = [&](int32_t threads) {
        std::vector<float> out(expected.size());
        std::vector<float> workspace(static_cast<size_t>(convoke_elastic_field_workspace_bytes(h, w, threads) / 4));
        convoke_elastic_field(99, 4, 70, count, h, w, 8.0f, taps.data(), radius, workspace.data(), out.data(), threads);
        return out;
    };
    check.close(check.everywhere(what, run), expected, kBlurTolerance, 0.0, what);
}

}  // namespace

int main(int argc, char** argv) {
    Check check("pipeline", argc, argv);
    gather(check, 5 * 7 * 3);
    gather(check, 37 * 53 * 4);
    gather(check, 1);
    gather_rows(check, 1);
    gather_rows(check, 37);
    augment(check, {28, 28, 1}, 67, false, false);
    augment(check, {28, 28, 1}, 67, true, true);
    augment(check, {9, 5, 3}, 401, true, true);
    augment(check, {1, 6, 1}, 5, false, true);
    augment(check, {7, 1, 2}, 5, false, false);
    augment(check, {1, 1, 1}, 3, false, false);
    identity(check);
    elastic(check, 28, 28, 4);
    elastic(check, 5, 3, 6);
    elastic(check, 1, 17, 2);
    return check.finish();
}
