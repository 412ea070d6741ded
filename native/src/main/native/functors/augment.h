/* Sampling a warped picture: where an output pixel looks, and what it finds there. */
#ifndef CONVOKE_FUNCTORS_AUGMENT_H
#define CONVOKE_FUNCTORS_AUGMENT_H

#include "host_device.h"

namespace convoke::CONVOKE_ISA {

/* A byte as the networks see it. */
CONVOKE_HD float pixel_value(float byte) { return byte / 255.0f; }

/* One row of an affine map: coordinate = by_row * row + by_column * column + offset, in this order of operations. */
CONVOKE_HD float affine_coordinate(float by_row, float by_column, float offset, float row, float column) {
    return (by_row * row + offset) + by_column * column;
}

/* To [0, last]; what is not a number becomes 0. */
CONVOKE_HD float clamp_coordinate(float coordinate, float last) {
    const float lower = coordinate > 0.0f ? coordinate : 0.0f;
    return lower < last ? lower : last;
}

/*
 * The four bytes that a bilinear sample mixes, in one word: the pixel, its right neighbour, the one below, the one
 * below right, from the low byte up. At the last row and column the neighbour is the pixel itself. So a sample is one
 * load.
 */
CONVOKE_HD uint32_t pack_corners(uint8_t here, uint8_t right, uint8_t below, uint8_t below_right) {
    return (uint32_t)here | (uint32_t)right << 8 | (uint32_t)below << 16 | (uint32_t)below_right << 24;
}

/* Bilinear mixture of packed corners, in [0, 1]; `down` and `across` are the fractions of the coordinates. */
CONVOKE_HD float bilinear(uint32_t corners, float down, float across) {
    const float here = (float)(int32_t)(corners & 255u);
    const float right = (float)(int32_t)(corners >> 8 & 255u);
    const float below = (float)(int32_t)(corners >> 16 & 255u);
    const float below_right = (float)(int32_t)(corners >> 24);
    const float upper = here + (right - here) * across;
    const float lower = below + (below_right - below) * across;
    return pixel_value(upper + (lower - upper) * down);
}

/* Whether `at` lies in [start, start + length); in 64 bits, so that no sum overflows. */
CONVOKE_HD bool covers(int32_t start, int32_t length, int32_t at) {
    return at >= start && (int64_t)at < (int64_t)start + length;
}

/* 2 * uniform - 1, exact: the noise of an elastic field. */
CONVOKE_HD float symmetric_noise(float uniform_value) { return 2.0f * uniform_value - 1.0f; }

}  // namespace convoke::CONVOKE_ISA

#endif
