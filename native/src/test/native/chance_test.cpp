/* Philox against published vectors; dropout and its backward pass behind ReLU against the definition, word by word. */
#include "check.h"

using namespace convoke::test;

namespace {

/* kat_vectors of Random123 (Salmon et al.), philox4x32 10: counter, key, output. */
struct KnownAnswer {
    uint32_t counter[4];
    uint32_t key[2];
    uint32_t words[4];
};

const KnownAnswer kKnownAnswers[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

void known_answers(Check& check) {
    for (const KnownAnswer& known : kKnownAnswers) {
        uint32_t words[4];
        convoke_philox(known.key[0] | static_cast<uint64_t>(known.key[1]) << 32, known.counter[0], known.counter[1],
                       known.counter[2], known.counter[3], words);
        check.that(std::memcmp(words, known.words, sizeof words) == 0, "Philox known answer");
    }
}

struct Mask {
    uint64_t seed = 0x123456789abcdef0u;
    uint32_t epoch = 5;
    uint32_t position = 1000;
    uint32_t ordinal = 1;
    uint32_t threshold = 5033165; /* round(0.3 * 2^24) */
    float scale = static_cast<float>(1.0 / 0.7);

    bool kept(int32_t image, int64_t feature) const {
        uint32_t words[4];
        convoke_philox(seed, static_cast<uint32_t>(feature / 4), position + static_cast<uint32_t>(image), epoch,
                       2u | ordinal << 8, words);
        return (words[feature % 4] >> 8) >= threshold;
    }
};

void dropout(Check& check, int32_t count, int32_t channels, int32_t spatial) {
    const std::string what =
        "dropout " + std::to_string(count) + "x" + std::to_string(spatial) + "x" + std::to_string(channels);
    const Mask mask;
    const std::vector<float> x = Numbers(7).floats(static_cast<size_t>(count) * channels * spatial);
    std::vector<float> expected(x.size());
    size_t kept = 0;
    for (int32_t n = 0; n < count; ++n) {
        for (int32_t p = 0; p < spatial; ++p) {
            for (int32_t c = 0; c < channels; ++c) {
                const size_t at = (static_cast<size_t>(n) * spatial + p) * channels + c;
                const bool keep = mask.kept(n, static_cast<int64_t>(c) * spatial + p);
                expected[at] = keep ? x[at] * mask.scale : 0.0f;
                kept += keep;
            }
        }
    }
    const uint32_t ordinal = check.planted() ? mask.ordinal + 1 : mask.ordinal;
    const auto run = [&](int32_t threads) {
        std::vector<float> y(x);
        convoke_dropout(y.data(), y.data(), count, channels, spatial, mask.seed, mask.epoch, mask.position, ordinal,
                        mask.threshold, mask.scale, threads);
        return y;
    };
    check.same_bits(check.everywhere(what, run), expected, what);
    if (x.size() > 10000) {
        /* Five standard deviations of a binomial share at 0.7. */
        const double spread = 5.0 * std::sqrt(0.21 / static_cast<double>(x.size()));
        check.that(std::fabs(static_cast<double>(kept) / static_cast<double>(x.size()) - 0.7) < spread,
                   what + ": share kept");
    }
}

/* The backward pass behind ReLU and dropout takes its mask from what they gave. */
void relu_dropout(Check& check, int32_t count, int32_t units) {
    const std::string what = "ReLU, dropout of " + std::to_string(units);
    const Mask mask;
    Numbers numbers(11);
    std::vector<float> x = numbers.floats(static_cast<size_t>(count) * units);
    const std::vector<float> dy = numbers.floats(x.size());
    std::vector<float> expected(x.size());
    for (int32_t n = 0; n < count; ++n) {
        for (int32_t u = 0; u < units; ++u) {
            const size_t at = static_cast<size_t>(n) * units + u;
            x[at] = x[at] > 0.0f ? x[at] : 0.0f;
            expected[at] = x[at] > 0.0f && mask.kept(n, u) ? dy[at] * mask.scale : 0.0f;
        }
    }
    std::vector<float> y(x);
    convoke_dropout(y.data(), y.data(), count, units, 1, mask.seed, mask.epoch, mask.position, mask.ordinal,
                    mask.threshold, mask.scale, 1);
    const auto backward = [&](int32_t threads) {
        std::vector<float> dx(dy);
        convoke_relu_dropout_backward(y.data(), dx.data(), dx.data(), static_cast<int64_t>(dx.size()),
                                      check.planted() ? 1.0f : mask.scale, threads);
        return dx;
    };
    check.same_bits(check.everywhere(what, backward), expected, what);
}

}  // namespace

int main(int argc, char** argv) {
    Check check("chance", argc, argv);
    known_answers(check);
    dropout(check, 1, 1, 1);
    dropout(check, 3, 7, 1);
    dropout(check, 32, 128, 1);
    dropout(check, 2, 2501, 1);
    dropout(check, 5, 3, 25);
    dropout(check, 9, 33, 169);
    dropout(check, 3, 1, 677);
    relu_dropout(check, 7, 13);
    relu_dropout(check, 32, 1300);
    return check.finish();
}
