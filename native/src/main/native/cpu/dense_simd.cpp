/*
 * Dense layers. All three passes are one product, out[row] = sum over j of left[row][j] * right[j], rows of `right` scaled
 * and added up, and what stands on the left is mostly zeros: activations behind ReLU and pooling in the forward pass, and
 * gradients behind ReLU and dropout, of which a quarter is left at rate 0.5. So for each row the bits of the values that
 * are not zero are walked over, with the sums of a tile of columns in registers. A block of `right` that fits the
 * first-level cache serves all rows before the next one comes.
 */
#include "fused_convolution_internal.h"
#include "fused_convolution_vector.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Terms of a block: their sum is formed from zero and then added, which also keeps rounding errors short. */
constexpr int kTerms = 32;

/* Vectors of columns of a tile: as many sums as hide the latency of an addition. */
constexpr int kTileVectors = 8;

/* Units are padded to a whole number of the widest vectors, whatever this one's width. */
constexpr int kUnitStep = 16;

/* A matrix, `stride` floats from row to row. */
struct Rows {
    const float* values;
    int64_t stride;
};

/* Bits of the values that are not zero, `count` <= kTerms. */
CONVOKE_INLINE uint32_t nonzeroBits(const float* values, int count) {
#if defined(__AVX512F__)
    const __mmask16 first = count >= 16 ? 0xFFFF : (__mmask16)((1u << count) - 1);
    const __mmask16 second = count >= 32 ? 0xFFFF : count <= 16 ? 0 : (__mmask16)((1u << (count - 16)) - 1);
    const __m512 zero = _mm512_setzero_ps();
    const uint32_t low = _mm512_mask_cmp_ps_mask(first, _mm512_maskz_loadu_ps(first, values), zero, _CMP_NEQ_UQ);
    const uint32_t high =
        _mm512_mask_cmp_ps_mask(second, _mm512_maskz_loadu_ps(second, values + 16), zero, _CMP_NEQ_UQ);
    return low | high << 16;
#else
    uint32_t bits = 0;
    int i = 0;
#if defined(__x86_64__)
    for (; i + 4 <= count; i += 4) {
        const __m128 differs = _mm_cmpneq_ps(_mm_loadu_ps(values + i), _mm_setzero_ps());
        bits |= (uint32_t)_mm_movemask_ps(differs) << i;
    }
#endif
    for (; i < count; ++i) {
        bits |= (uint32_t)(values[i] != 0.0f) << i;
    }
    return bits;
#endif
}

/* out[Vectors] = or += the sum over the set bits of left * right. */
template <int Vectors>
CONVOKE_INLINE void addTerms(const float* left, uint32_t live, Rows right, bool first, float* out) {
    Vec sums[Vectors] = {};
    while (live != 0) {
        const int term = __builtin_ctz(live);
        live &= live - 1;
        const Vec factor = broadcast(left[term]);
        const float* row = right.values + term * right.stride;
#pragma GCC unroll 8
        for (int v = 0; v < Vectors; ++v) {
            sums[v] = multiplyAdd(factor, load(row + v * kWidth), sums[v]);
        }
    }
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
        store(out + v * kWidth, first ? sums[v] : load(out + v * kWidth) + sums[v]);
    }
}

/* The columns that fill no vector. */
void addTermsOfTail(const float* left, uint32_t live, Rows right, bool first, int columns, float* out) {
    for (int column = 0; column < columns; ++column) {
        float sum = 0.0f;
        for (uint32_t rest = live; rest != 0; rest &= rest - 1) {
            const int term = __builtin_ctz(rest);
            sum += left[term] * right.values[term * right.stride + column];
        }
        out[column] = first ? sum : out[column] + sum;
    }
}

/* One block of terms: a tile of columns after the other, each over all rows. */
template <int Vectors>
int addTiles(Rows left, int rows, const uint32_t* live, Rows right, int column, int columns, bool first, float* out,
             int64_t outStride) {
    for (; column + Vectors * kWidth <= columns; column += Vectors * kWidth) {
        for (int row = 0; row < rows; ++row) {
            addTerms<Vectors>(left.values + row * left.stride, live[row],
                              Rows{right.values + column, right.stride}, first, out + row * outStride + column);
        }
    }
    return column;
}

/* Rows whose bits are kept at once. */
constexpr int kRowBlock = 64;

void multiplyBlock(Rows left, int rows, int terms, Rows right, int columns, bool first, float* out,
                   int64_t outStride) {
    uint32_t live[kRowBlock];
    for (int row = 0; row < rows; ++row) {
        live[row] = nonzeroBits(left.values + row * left.stride, terms);
    }
    int column = addTiles<kTileVectors>(left, rows, live, right, 0, columns, first, out, outStride);
    column = addTiles<kTileVectors / 2>(left, rows, live, right, column, columns, first, out, outStride);
    column = addTiles<1>(left, rows, live, right, column, columns, first, out, outStride);
    if (column < columns) {
        for (int row = 0; row < rows; ++row) {
            addTermsOfTail(left.values + row * left.stride, live[row], Rows{right.values + column, right.stride},
                           first, columns - column, out + row * outStride + column);
        }
    }
}

/* out [rows, columns] = left [rows, terms] x right [terms, columns], zeros of `left` skipped. */
void multiplySparse(Rows left, int rows, int terms, Rows right, int columns, float* out, int64_t outStride) {
    for (int row = 0; row < rows; row += kRowBlock) {
        const int block = smaller(kRowBlock, rows - row);
        for (int term = 0; term < terms; term += kTerms) {
            multiplyBlock(Rows{left.values + row * left.stride + term, left.stride}, block,
                          smaller(kTerms, terms - term), Rows{right.values + term * right.stride, right.stride},
                          columns, term == 0, out + row * outStride, outStride);
        }
    }
}

int paddedUnits(int units) { return ceilDiv(units, kUnitStep) * kUnitStep; }

/* kWidth x kWidth values of weights [units, inputs] to transposed [inputs, padded]. */
void transposeTile(const float* weights, int64_t inputs, float* transposed, int64_t padded) {
    Vec tile[kWidth];
    for (int i = 0; i < kWidth; ++i) {
        tile[i] = load(weights + i * inputs);
    }
    transpose(tile);
    for (int i = 0; i < kWidth; ++i) {
        store(transposed + i * padded, tile[i]);
    }
}

/* y = sums + bias, rectified or not. */
void finishRow(const float* sums, const float* bias, int units, int32_t rectified, float* y) {
    for (int unit = 0; unit < units; ++unit) {
        const float sum = sums[unit] + bias[unit];
        y[unit] = rectified != 0 && sum < 0.0f ? 0.0f : sum;
    }
}

}  // namespace

void dense_prepare(const float* weights, int32_t inputs, int32_t units, int32_t from, int32_t to, float* transposed) {
    const int64_t padded = paddedUnits(units);
    int unit = from;
    for (; unit + kWidth <= to; unit += kWidth) {
        const float* rows = weights + (int64_t)unit * inputs;
        int input = 0;
        for (; input + kWidth <= inputs; input += kWidth) {
            transposeTile(rows + input, inputs, transposed + input * padded + unit, padded);
        }
        for (; input < inputs; ++input) {
            for (int i = 0; i < kWidth; ++i) {
                transposed[input * padded + unit + i] = rows[(int64_t)i * inputs + input];
            }
        }
    }
    for (; unit < to; ++unit) {
        for (int input = 0; input < inputs; ++input) {
            transposed[input * padded + unit] = weights[(int64_t)unit * inputs + input];
        }
    }
}

void dense_forward(const float* x, const float* transposed, const float* bias, int32_t n, int32_t inputs,
                   int32_t units, int32_t rectified, float* y, void* workspace) {
    const int64_t padded = paddedUnits(units);
    float* sums = (float*)workspace;
    multiplySparse(Rows{x, inputs}, n, inputs, Rows{transposed, padded}, (int)padded, sums, padded);
    for (int image = 0; image < n; ++image) {
        finishRow(sums + image * padded, bias, units, rectified, y + (int64_t)image * units);
    }
}

void dense_backward_data(const float* dy, const float* weights, int32_t n, int32_t inputs, int32_t units, float* dx) {
    multiplySparse(Rows{dy, units}, n, units, Rows{weights, inputs}, inputs, dx, inputs);
}

void dense_backward_units(const float* x, const float* dy, int32_t n, int32_t inputs, int32_t units, int32_t from,
                          int32_t to, float* dweights, float* dbias, void* workspace) {
    float* transposed = (float*)workspace;
    for (int unit = from; unit < to; ++unit) {
        float* row = transposed + (int64_t)(unit - from) * n;
        float sum = 0.0f;
        for (int image = 0; image < n; ++image) {
            row[image] = dy[(int64_t)image * units + unit];
            sum += row[image];
        }
        dbias[unit] = sum;
    }
    multiplySparse(Rows{transposed, n}, to - from, n, Rows{x, inputs}, inputs, dweights + (int64_t)from * inputs,
                   inputs);
}

}  // namespace convoke::CONVOKE_ISA
