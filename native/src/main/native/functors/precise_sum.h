/* Sums of many floats, kept in two: twice the digits without float64, of which many GPUs do a sixty-fourth as many. */
#ifndef CONVOKE_FUNCTORS_PRECISE_SUM_H
#define CONVOKE_FUNCTORS_PRECISE_SUM_H

#include "host_device.h"

namespace convoke::CONVOKE_ISA {

/* high + low, of which high is the rounded sum and low what the roundings left over. Without infinities. */
struct PreciseSum {
    float high;
    float low;

    /* Knuth's sum of two numbers: the rounding of high + x is known exactly, whichever of the two is larger. */
    CONVOKE_HD void add(float x) {
        const float sum = high + x;
        const float of_x = sum - high;
        low += (high - (sum - of_x)) + (x - of_x);
        high = sum;
    }

    CONVOKE_HD void add(const PreciseSum& other) {
        add(other.high);
        low += other.low;
    }

    CONVOKE_HD float value() const {
        const float sum = high + low;
        /* Infinite and not a number stay what they are: their rounding is no number. */
        return low == low ? sum : high;
    }
};

}  // namespace convoke::CONVOKE_ISA

#endif
