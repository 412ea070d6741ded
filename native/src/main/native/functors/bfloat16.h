/* bfloat16: the upper half of a float32, rounded to nearest, ties to even. */
#ifndef CONVOKE_FUNCTORS_BFLOAT16_H
#define CONVOKE_FUNCTORS_BFLOAT16_H

#include "host_device.h"

namespace convoke::CONVOKE_ISA {

struct Bfloat16 {
    uint16_t bits;
};

/* Exact. */
CONVOKE_HD float to_float(Bfloat16 value) { return float_from_bits((uint32_t)value.bits << 16); }
CONVOKE_HD float to_float(float value) { return value; }

/*
 * Adding 0x7fff, and one more where the half that stays is odd, carries into it exactly where nearest-even rounds up.
 * Whatever is not a number becomes 0x7fff, as on NVIDIA's hardware.
 */
CONVOKE_HD Bfloat16 to_bfloat16(float value) {
    const uint32_t bits = bits_from_float(value);
    const uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    return Bfloat16{(uint16_t)(value == value ? rounded : 0x7fffu)};
}

/* A float in the number format T. */
template <class T>
CONVOKE_HD T from_float(float value);

template <>
CONVOKE_HD float from_float<float>(float value) {
    return value;
}

template <>
CONVOKE_HD Bfloat16 from_float<Bfloat16>(float value) {
    return to_bfloat16(value);
}

}  // namespace convoke::CONVOKE_ISA

#endif
