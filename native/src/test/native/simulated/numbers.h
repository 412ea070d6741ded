/* Number formats of tensors, and what a tensor core does to its operands. */
#ifndef CONVOKE_SIMULATED_NUMBERS_H
#define CONVOKE_SIMULATED_NUMBERS_H

#include <cmath>
#include <cstdint>
#include <cstring>

namespace convoke::simulated {

inline uint32_t bits_of(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

inline float float_of(uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

/* The float nearest to value, ties to even, of which the last `dropped` mantissa bits are zero. */
inline float rounded(float value, int dropped) {
    const uint32_t bits = bits_of(value);
    if (std::isnan(value)) {
        return value;
    }
    const uint32_t half = (uint32_t{1} << (dropped - 1)) - 1;
    const uint32_t odd = (bits >> dropped) & 1;
    return float_of((bits + half + odd) >> dropped << dropped);
}

/* TF32 has 8 exponent and 10 mantissa bits. */
inline float to_tf32(float value) { return rounded(value, 13); }

/* bfloat16 has 8 exponent and 7 mantissa bits: the upper half of a float. */
inline float from_bfloat16(uint16_t value) { return float_of(static_cast<uint32_t>(value) << 16); }

inline uint16_t to_bfloat16(float value) {
    return std::isnan(value) ? uint16_t{0x7FFF} : static_cast<uint16_t>(bits_of(rounded(value, 16)) >> 16);
}

}  // namespace convoke::simulated

#endif
