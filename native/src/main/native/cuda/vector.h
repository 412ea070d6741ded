/* Neighbouring elements that a thread moves at once: 16 bytes, 4 floats or 8 bfloat16, where the shape allows. */
#ifndef CONVOKE_CUDA_VECTOR_H
#define CONVOKE_CUDA_VECTOR_H

#include "launch.h"

namespace convoke::CONVOKE_ISA {

/* Elements of T in 16 bytes. */
template <class T>
constexpr int kVector = 16 / (int)sizeof(T);

/* W elements of T as they lie in memory, aligned so that they move in as few accesses as can be. */
template <class T, int W>
struct alignas(W * sizeof(T) < 16 ? W * sizeof(T) : 16) Vector {
    T lane[W];
};

/* to = the W elements from `from` on, whose address is a multiple of their size or of 16. */
template <int W, class T>
__device__ __forceinline__ void load(const T* from, float (&to)[W]) {
    const Vector<T, W> vector = *reinterpret_cast<const Vector<T, W>*>(from);
    for (int i = 0; i < W; ++i) {
        to[i] = to_float(vector.lane[i]);
    }
}

template <int W, class T>
__device__ __forceinline__ void store(const float (&from)[W], T* to) {
    Vector<T, W> vector;
    for (int i = 0; i < W; ++i) {
        vector.lane[i] = from_float<T>(from[i]);
    }
    *reinterpret_cast<Vector<T, W>*>(to) = vector;
}

template <int W>
__device__ __forceinline__ void load(const Code* from, int32_t (&to)[W]) {
    const Vector<Code, W> vector = *reinterpret_cast<const Vector<Code, W>*>(from);
    for (int i = 0; i < W; ++i) {
        to[i] = vector.lane[i].byte;
    }
}

template <int W>
__device__ __forceinline__ void store(const int32_t (&from)[W], Code* to) {
    Vector<Code, W> vector;
    for (int i = 0; i < W; ++i) {
        vector.lane[i].byte = (uint8_t)from[i];
    }
    *reinterpret_cast<Vector<Code, W>*>(to) = vector;
}

template <int W>
__device__ __forceinline__ void load(const Place* from, int32_t (&to)[W]) {
    const Vector<Place, W> vector = *reinterpret_cast<const Vector<Place, W>*>(from);
    for (int i = 0; i < W; ++i) {
        to[i] = vector.lane[i].pixel;
    }
}

template <int W>
__device__ __forceinline__ void store(const int32_t (&from)[W], Place* to) {
    Vector<Place, W> vector;
    for (int i = 0; i < W; ++i) {
        vector.lane[i].pixel = from[i];
    }
    *reinterpret_cast<Vector<Place, W>*>(to) = vector;
}

template <int W>
struct Width {
    static constexpr int value = W;
};

/* Calls body(Width<W>{}), W elements being what a thread moves at once: a vector where rows are made of it, else 1. */
template <class T, class Body>
void with_width(int64_t row, const Body& body) {
    if (row % kVector<T> == 0) {
        body(Width<kVector<T>>{});
    } else {
        body(Width<1>{});
    }
}

/*
 * One row of `channels` after the other, cut into vectors: where vector `index` lies. In 32 bits, which divide several
 * times faster; Launch refuses a grid of more threads.
 */
template <int W>
struct RowPlace {
    int64_t row;
    int32_t channel;

    __device__ RowPlace(int64_t index, int32_t channels) {
        const uint32_t vectors = (uint32_t)channels / W;
        row = (uint32_t)index / vectors;
        channel = (int32_t)((uint32_t)index % vectors) * W;
    }
    __device__ int64_t offset(int32_t channels) const { return row * channels + channel; }
};

}  // namespace convoke::CONVOKE_ISA

#endif
