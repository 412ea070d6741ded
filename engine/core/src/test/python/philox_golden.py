#!/usr/bin/env python3
"""Philox4x32-10 and what Convoke counts with it, written a second time: the golden values of several tests.

Needs Python alone. Run from the repository root:

    python3 engine/core/src/test/python/philox_golden.py
"""

import math
import struct

MASK = 0xFFFFFFFF
SHUFFLE, DROPOUT, AUGMENT, WEIGHTS, HOLDOUT, ERASE, ELASTIC = range(1, 8)


def block(counter, key):
    x0, x1, x2, x3 = counter
    k0, k1 = key
    for _ in range(10):
        p0 = 0xD2511F53 * x0
        p1 = 0xCD9E8D57 * x2
        x0, x1, x2, x3 = (p1 >> 32) ^ x1 ^ k0, p1 & MASK, (p0 >> 32) ^ x3 ^ k1, p0 & MASK
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return x0, x1, x2, x3


def word(seed, purpose, ordinal, epoch, position, index):
    counter = (index // 4, position, epoch, purpose | ordinal << 8)
    return block(counter, (seed & MASK, seed >> 32))[index % 4]


def uniform(*place):
    return (word(*place) >> 8) * 2.0**-24


def order(seed, purpose, epoch, size):
    """Fisher and Yates from the end; two words an element, high word first."""
    places = list(range(size))
    for i in range(size - 1, 0, -1):
        bits = word(seed, purpose, 0, epoch, 0, 2 * i) << 32 | word(seed, purpose, 0, epoch, 0, 2 * i + 1)
        j = bits * (i + 1) >> 64
        places[i], places[j] = places[j], places[i]
    return places


def dropped(seed, epoch, ordinal, position, rate, features):
    threshold = round(rate * 2**24)
    return [f for f in range(features) if word(seed, DROPOUT, ordinal, epoch, position, f) >> 8 < threshold]


def glorot(seed, segment, fan_in, fan_out, count):
    bound = math.sqrt(6 / (fan_in + fan_out))
    values = [-bound + 2 * bound * uniform(seed, WEIGHTS, segment, 0, 0, i) for i in range(count)]
    return [struct.unpack("f", struct.pack("f", value))[0] for value in values]


if __name__ == "__main__":
    print("words of seed 7, DROPOUT, ordinal 1, epoch 2, position 3:")
    print([hex(word(7, DROPOUT, 1, 2, 3, i)) for i in range(6)])
    print("order of 10, seed 1, epoch 0:", order(1, SHUFFLE, 0, 10))
    print("order of 10, seed 1, epoch 1:", order(1, SHUFFLE, 1, 10))
    print("first of 60000, seed 2^40 + 5, epoch 3:", order(2**40 + 5, SHUFFLE, 3, 60000)[:6])
    print("held out 4 of 20, seed 9:", sorted(order(9, HOLDOUT, 0, 20)[:4]))
    print("dropped of 16, seed 3, epoch 1, ordinal 0, position 5, rate 0.5:", dropped(3, 1, 0, 5, 0.5, 16))
    print("kernel [4, 2, 3, 3], segment 2, seed 11:", glorot(11, 2, 18, 36, 4))
