/* Padding there and back, casts, and the rounding of bfloat16 for every pattern of the half that stays. */
#include <limits>

#include "cuda_test.h"

namespace convoke::test {
namespace {

void pad_and_crop(Check& check, int32_t type, int32_t c) {
    const std::string what = "padding of " + std::to_string(c) + " channels, " + name_of(type);
    const int32_t n = 3, h = 5, w = 4, top = 1, left = 0, bottom = 2, right = 3;
    const int32_t height = top + h + bottom;
    const int32_t width = left + w + right;
    const std::vector<float> x = rounded(Numbers(61).floats(static_cast<size_t>(n) * h * w * c), type);
    std::vector<float> expected(static_cast<size_t>(n) * height * width * c);
    for (size_t i = 0; i < x.size(); ++i) {
        const size_t channel = i % c, column = i / c % w, row = i / c / w % h, image = i / c / w / h;
        expected[((image * height + row + top) * width + column + left) * c + channel] = x[i];
    }
    const Tensor in(type, x);
    const Tensor framed(type, expected.size());
    const Tensor back(type, x.size());
    const int32_t used_top = check.planted() ? top + 1 : top;
    const int32_t used_bottom = check.planted() ? bottom - 1 : bottom;
    check.same_bits(repeatedly(check, what,
                               [&] {
                                   queued(check,
                                          convoke_cuda_pad(type, in.get(), n, h, w, c, used_top, left, used_bottom,
                                                           right, framed.get(), stream()),
                                          what);
                                   return framed.read();
                               }),
                    expected, what);
    queued(check,
           convoke_cuda_crop(type, framed.get(), n, h, w, c, used_top, left, used_bottom, right, back.get(), stream()),
           what + ", cropped");
    check.same_bits(back.read(), x, what + ", cropped");
}

/* The nearest bfloat16 in double: the two neighbours' distances are compared, a tie goes to the even one. */
uint16_t nearest(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const uint16_t below = static_cast<uint16_t>(bits >> 16);
    if (std::isnan(value)) {
        return 0x7fff;
    }
    const uint32_t rest = bits & 0xffffu;
    const bool up = rest > 0x8000u || (rest == 0x8000u && (below & 1) != 0);
    return static_cast<uint16_t>(up && !std::isinf(value) ? below + 1 : below);
}

void casts(Check& check) {
    std::vector<float> values;
    std::vector<Bfloat16> expected;
    for (uint32_t upper = 0; upper < 65536; upper += 5) {
        for (uint32_t lower : {0u, 1u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu}) {
            const uint32_t bits = upper << 16 | lower;
            float value;
            std::memcpy(&value, &bits, sizeof value);
            values.push_back(value);
            expected.push_back(Bfloat16{nearest(value)});
        }
    }
    values.push_back(std::numeric_limits<float>::infinity());
    expected.push_back(Bfloat16{0x7f80});
    const int64_t count = static_cast<int64_t>(values.size());
    const Memory<float> from(values);
    const Memory<Bfloat16> halves(values.size());
    const Memory<float> back(values.size());
    queued(check, convoke_cuda_cast(CONVOKE_FLOAT32, from.get(), CONVOKE_BFLOAT16, halves.get(), count, stream()),
           "cast to bfloat16");
    if (check.planted()) {
        expected[9].bits ^= 1;
    }
    check.same_bits(halves.read(), expected, "cast to bfloat16, nearest even");
    queued(check, convoke_cuda_cast(CONVOKE_BFLOAT16, halves.get(), CONVOKE_FLOAT32, back.get(), count, stream()),
           "cast to float32");
    const std::vector<float> exact = back.read();
    bool same = true;
    for (size_t i = 0; i < exact.size(); ++i) {
        uint32_t bits;
        std::memcpy(&bits, &exact[i], sizeof bits);
        same = same && bits == static_cast<uint32_t>(expected[i].bits) << 16;
    }
    check.that(same || check.planted(), "cast to float32 is exact");
    for (int32_t type : kTypes) {
        const Tensor x(type, rounded(Numbers(63).floats(1003), type));
        const Tensor y(type, 1003);
        queued(check, convoke_cuda_cast(type, x.get(), type, y.get(), 1003, stream()), "cast to the same type");
        check.same_bits(y.read(), x.read(), std::string("cast to the same type, ") + name_of(type));
    }
}

}  // namespace

void test_layout(Check& check) {
    for (int32_t type : kTypes) {
        pad_and_crop(check, type, 1);
        pad_and_crop(check, type, 8);
        pad_and_crop(check, type, 6);
    }
    casts(check);
}

}  // namespace convoke::test
