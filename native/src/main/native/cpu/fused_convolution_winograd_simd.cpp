/*
 * Winograd's minimal filtering F(m x m, 3 x 3), m = 2 or 4 (Lavin and Gray 2016): an output tile of m x m takes
 * (m + 2)^2 products for each pair of channel and filter in place of 9 m^2. With d an input tile and g a filter,
 *
 *   tile = A^T [ sum over channels of (G g G^T) . (B^T d B) ] A        ( . element by element)
 *
 * so the sum over channels is (m + 2)^2 products of matrices [tiles, C] x [C, F]. Tiles of a few images at a time go
 * through all three steps so that what lies between the steps stays in the second-level cache; the last step ends with
 * bias, ReLU and pooling, and convolution outputs never reach memory.
 *
 * Tiles cover the outputs that reach a pooling window; parts of a tile beyond them are computed and dropped.
 *
 * An output all of whose pixels are zero, as in the background of a picture, is exactly zero, but shares its tile with
 * pixels that are not, and their rounding errors: half of such outputs would come out positive and, where the bias is
 * zero, pass a gradient that does not exist. So they are put right before they are pooled.
 */
#include "fused_convolution_internal.h"
#include "fused_convolution_vector.h"

namespace convoke {
namespace CONVOKE_ISA {
namespace {

/* Register tile of the matrix product: rows are tiles, columns vectors of filters. */
constexpr int kRows = 6;
constexpr int kColumns = kWidth == 16 ? 4 : 2;

/* Filters of one pass over the transformed tiles. */
constexpr int kFilterBlock = 64;

/* Tiles of one pass, as far as whole images allow. */
constexpr int kTileBlock = 18;

/* Floats added to the distance between matrices, lest all of them fall into the same sets of the cache. */
constexpr int kSkew = 16;

template <int M>
struct Transforms;

/* Points 0, 1, -1, infinity. */
template <>
struct Transforms<2> {
    static CONVOKE_INLINE void input(const Vec* d, Vec* t) {
        t[0] = d[0] - d[2];
        t[1] = d[1] + d[2];
        t[2] = d[2] - d[1];
        t[3] = d[1] - d[3];
    }

    static CONVOKE_INLINE void filter(const Vec* g, Vec* t) {
        const Vec half = broadcast(0.5f);
        const Vec ends = g[0] + g[2];
        t[0] = g[0];
        t[1] = half * (ends + g[1]);
        t[2] = half * (ends - g[1]);
        t[3] = g[2];
    }

    static CONVOKE_INLINE void output(const Vec* t, Vec* z) {
        z[0] = t[0] + t[1] + t[2];
        z[1] = t[1] - t[2] - t[3];
    }
};

/* Points 0, 1, -1, 2, -2, infinity. */
template <>
struct Transforms<4> {
    static CONVOKE_INLINE void input(const Vec* d, Vec* t) {
        const Vec two = broadcast(2);
        const Vec four = broadcast(4);
        const Vec five = broadcast(5);
        const Vec even1 = multiplySubtract(four, d[2], d[4]);
        const Vec odd1 = multiplySubtract(four, d[1], d[3]);
        const Vec even2 = d[4] - d[2];
        const Vec odd2 = d[3] - d[1];
        t[0] = multiplyAdd(four, d[0], multiplySubtract(five, d[2], d[4]));
        t[1] = even1 + odd1;
        t[2] = even1 - odd1;
        t[3] = multiplyAdd(two, odd2, even2);
        t[4] = multiplySubtract(two, odd2, even2);
        t[5] = multiplyAdd(four, d[1], multiplySubtract(five, d[3], d[5]));
    }

    static CONVOKE_INLINE void filter(const Vec* g, Vec* t) {
        const Vec sixth = broadcast(1.0f / 6);
        const Vec ends = (g[0] + g[2]) * sixth;
        const Vec middle = g[1] * sixth;
        const Vec even = multiplyAdd(broadcast(1.0f / 24), g[0], g[2] * sixth);
        const Vec odd = g[1] * broadcast(1.0f / 12);
        t[0] = g[0] * broadcast(0.25f);
        t[1] = Vec{} - ends - middle;
        t[2] = middle - ends;
        t[3] = even + odd;
        t[4] = even - odd;
        t[5] = g[2];
    }

    static CONVOKE_INLINE void output(const Vec* t, Vec* z) {
        const Vec sum1 = t[1] + t[2];
        const Vec difference1 = t[1] - t[2];
        const Vec sum2 = t[3] + t[4];
        const Vec difference2 = t[3] - t[4];
        z[0] = t[0] + sum1 + sum2;
        z[1] = multiplyAdd(broadcast(2), difference2, difference1);
        z[2] = multiplyAdd(broadcast(4), sum2, sum1);
        z[3] = multiplyAdd(broadcast(8), difference2, difference1) + t[5];
    }
};

/* Sizes of the buffers of one call. */
struct Blocking {
    int side;           /* of a transformed tile: m + 2 */
    int tileRows;       /* tiles of an image */
    int tileColumns;
    int images;         /* of one pass */
    int64_t vMatrix;    /* floats between the matrices [tiles, C] */
    int64_t mMatrix;    /* floats between the matrices [tiles, filter block] */
    int64_t uMatrix;    /* floats between the matrices [C, filter block] */
    int64_t uBlock;     /* floats between filter blocks */
    int64_t vFloats;
    int64_t mFloats;
    int64_t uFloats;
    int64_t zeroFloats; /* a pixel of zeros, what lies outside the image */
    int64_t mapBytes;   /* which pixels of an image, border included, are not zero */
    int64_t reachBytes; /* which outputs of an image meet one, tiles in whole */
    int reachStride;
    int64_t mapFloats;

    int64_t floats() const { return zeroFloats + vFloats + mFloats + mapFloats; }
};

Blocking blockingOf(const FusedShape& s, int m) {
    Blocking b;
    b.side = m + 2;
    b.tileRows = ceilDiv(2 * pooledHeight(s), m);
    b.tileColumns = ceilDiv(2 * pooledWidth(s), m);
    const int tiles = b.tileRows * b.tileColumns;
    b.images = larger(1, smaller(kTileBlock / tiles, s.n));
    b.vMatrix = (int64_t)b.images * tiles * s.c + kSkew;
    b.mMatrix = (int64_t)b.images * tiles * smaller(s.f, kFilterBlock) + kSkew;
    b.uMatrix = (int64_t)s.c * smaller(s.f, kFilterBlock) + kSkew;
    b.uBlock = b.side * b.side * b.uMatrix;
    b.vFloats = b.side * b.side * b.vMatrix;
    b.mFloats = b.side * b.side * b.mMatrix;
    b.uFloats = ceilDiv(s.f, kFilterBlock) * b.uBlock;
    b.zeroFloats = s.c;
    b.mapBytes = (int64_t)paddedHeight(s) * paddedWidth(s);
    b.reachStride = b.tileColumns * m;
    b.reachBytes = (int64_t)b.tileRows * m * b.reachStride;
    b.mapFloats = (b.mapBytes + b.images * b.reachBytes + 63) / 64 * 16;
    return b;
}

int filtersOfBlock(const FusedShape& s, int block) { return smaller(kFilterBlock, s.f - block * kFilterBlock); }

/* Transforms kWidth channels from `c` of kWidth filters from `f`: u [side * side][C, filter block]. */
template <int M>
void transformFilters(const FusedShape& s, const Blocking& b, const float* weights, int f, int c, float* u) {
    constexpr int side = M + 2;
    Vec g[9][kWidth]; // [tap][channel], a lane for each filter
    for (int tap = 0; tap < 9; ++tap) {
        for (int i = 0; i < kWidth; ++i) {
            g[tap][i] = load(weights + ((int64_t)(f + i) * 9 + tap) * s.c + c);
        }
        transpose(g[tap]);
    }
    const int block = f / kFilterBlock;
    const int filters = filtersOfBlock(s, block);
    const int64_t matrix = b.uMatrix;
    u += block * b.uBlock + (int64_t)c * filters + f % kFilterBlock;
    for (int i = 0; i < kWidth; ++i) {
        Vec columns[3][side]; // [kx][row]
        for (int kx = 0; kx < 3; ++kx) {
            const Vec column[3] = {g[kx][i], g[3 + kx][i], g[6 + kx][i]};
            Transforms<M>::filter(column, columns[kx]);
        }
        float* to = u + (int64_t)i * filters;
#pragma GCC unroll 6
        for (int row = 0; row < side; ++row) {
            const Vec taps[3] = {columns[0][row], columns[1][row], columns[2][row]};
            Vec out[side];
            Transforms<M>::filter(taps, out);
#pragma GCC unroll 6
            for (int column = 0; column < side; ++column, to += matrix) {
                store(to, out[column]);
            }
        }
    }
}

/* Transforms one input tile, all channels: pixels[side * side] point at C floats each, v at the tile's row. */
template <int M>
void transformTile(const FusedShape& s, const Blocking& b, const float* const* pixels, float* v) {
    constexpr int side = M + 2;
    for (int c = 0; c < s.c; c += kWidth) {
        Vec columns[side][side]; // [column][row]
#pragma GCC unroll 6
        for (int column = 0; column < side; ++column) {
            Vec d[side];
#pragma GCC unroll 6
            for (int row = 0; row < side; ++row) {
                d[row] = load(pixels[row * side + column] + c);
            }
            Transforms<M>::input(d, columns[column]);
        }
#pragma GCC unroll 6
        for (int row = 0; row < side; ++row) {
            Vec d[side];
            Vec out[side];
#pragma GCC unroll 6
            for (int column = 0; column < side; ++column) {
                d[column] = columns[column][row];
            }
            Transforms<M>::input(d, out);
#pragma GCC unroll 6
            for (int column = 0; column < side; ++column) {
                store(v + (row * side + column) * b.vMatrix + c, out[column]);
            }
        }
    }
}

template <int M>
void transformImage(const FusedShape& s, const Blocking& b, const float* x, const float* zeros, float* v) {
    constexpr int side = M + 2;
    for (int tileRow = 0; tileRow < b.tileRows; ++tileRow) {
        for (int tileColumn = 0; tileColumn < b.tileColumns; ++tileColumn, v += s.c) {
            const float* pixels[side * side];
            for (int i = 0; i < side * side; ++i) {
                const int row = tileRow * M - s.pad + i / side;
                const int column = tileColumn * M - s.pad + i % side;
                const bool inside = row >= 0 && row < s.h && column >= 0 && column < s.w;
                pixels[i] = inside ? x + ((int64_t)row * s.w + column) * s.c : zeros;
            }
            transformTile<M>(s, b, pixels, v);
        }
    }
}

/* Whether any of C floats is not zero. */
CONVOKE_INLINE bool anyNonzero(const float* x, int c) {
    IntVec bits = {};
    for (int i = 0; i < c; i += kWidth) {
        bits |= (IntVec)load(x + i);
    }
    return anyBit(bits & 0x7FFFFFFF);
}

/*
 * reach[i][j]: 1 where output (i, j) meets a pixel that is not zero, 0 elsewhere and beyond the last output. `map` holds
 * the same of the pixels themselves, border included, then of rows of three.
 */
void mapOutputs(const FusedShape& s, const Blocking& b, const float* x, uint8_t* map, uint8_t* reach) {
    const int stride = paddedWidth(s);
    __builtin_memset(map, 0, b.mapBytes);
    for (int row = 0; row < s.h; ++row) {
        uint8_t* to = map + (int64_t)(row + s.pad) * stride + s.pad;
        for (int column = 0; column < s.w; ++column, x += s.c) {
            to[column] = anyNonzero(x, s.c);
        }
    }
    for (int64_t i = 0; i + 2 < b.mapBytes; ++i) {
        map[i] = map[i] | map[i + 1] | map[i + 2];
    }
    __builtin_memset(reach, 0, b.reachBytes);
    for (int row = 0; row < 2 * pooledHeight(s); ++row) {
        const uint8_t* from = map + (int64_t)row * stride;
        for (int column = 0; column < 2 * pooledWidth(s); ++column) {
            reach[(int64_t)row * b.reachStride + column] =
                from[column] | from[column + stride] | from[column + 2 * stride];
        }
    }
}

/* m[row][column] = sum over c of v[row][c] * u[c][column] for Rows rows and Columns vectors. */
template <int Rows, int Columns>
void multiplyTile(const float* v, int c, const float* u, int filters, float* m) {
    Vec sums[Rows][Columns] = {};
    for (int k = 0; k < c; ++k, u += filters) {
        Vec right[Columns];
#pragma GCC unroll 4
        for (int column = 0; column < Columns; ++column) {
            right[column] = load(u + column * kWidth);
        }
#pragma GCC unroll 6
        for (int row = 0; row < Rows; ++row) {
            const Vec left = broadcast(v[(int64_t)row * c + k]);
#pragma GCC unroll 4
            for (int column = 0; column < Columns; ++column) {
                sums[row][column] = multiplyAdd(left, right[column], sums[row][column]);
            }
        }
    }
#pragma GCC unroll 6
    for (int row = 0; row < Rows; ++row) {
#pragma GCC unroll 4
        for (int column = 0; column < Columns; ++column) {
            store(m + (int64_t)row * filters + column * kWidth, sums[row][column]);
        }
    }
}

template <int Columns>
void multiplyRows(const float* v, int rows, int c, const float* u, int filters, float* m) {
    for (; rows >= kRows; rows -= kRows, v += (int64_t)kRows * c, m += (int64_t)kRows * filters) {
        multiplyTile<kRows, Columns>(v, c, u, filters, m);
    }
    switch (rows) {
    case 5: multiplyTile<5, Columns>(v, c, u, filters, m); break;
    case 4: multiplyTile<4, Columns>(v, c, u, filters, m); break;
    case 3: multiplyTile<3, Columns>(v, c, u, filters, m); break;
    case 2: multiplyTile<2, Columns>(v, c, u, filters, m); break;
    case 1: multiplyTile<1, Columns>(v, c, u, filters, m); break;
    default: break;
    }
}

/* m [rows, filters] = v [rows, C] x u [C, filters] */
void multiply(const float* v, int rows, int c, const float* u, int filters, float* m) {
    int f = 0;
    for (; f + kColumns * kWidth <= filters; f += kColumns * kWidth) {
        multiplyRows<kColumns>(v, rows, c, u + f, filters, m + f);
    }
    for (; f < filters; f += kWidth) {
        multiplyRows<1>(v, rows, c, u + f, filters, m + f);
    }
}

/* Where the results of one tile go: the top-left window's first filter of the block, and how many windows exist. */
struct TileWindows {
    float* y;
    uint8_t* codes;
    int64_t rowStride; /* elements between rows of windows */
    int64_t columnStride;
    int rows;
    int columns;
};

/* Whether any output of the tile sees zeros alone. */
template <int M>
CONVOKE_INLINE bool meetsZeros(const Blocking& b, const uint8_t* reach) {
    uint8_t all = 1;
    for (int row = 0; row < M; ++row) {
        for (int column = 0; column < M; ++column) {
            all &= reach[row * b.reachStride + column];
        }
    }
    return all == 0;
}

/* Two rows of outputs: zero where they see zeros alone, NaN where the weights are. */
template <int M>
CONVOKE_INLINE void clearOutputs(const uint8_t* reach, int reachStride, Vec (*z)[M]) {
#pragma GCC unroll 2
    for (int row = 0; row < 2; ++row) {
#pragma GCC unroll 4
        for (int column = 0; column < M; ++column) {
            if (reach[row * reachStride + column] == 0) {
                z[row][column] -= z[row][column];
            }
        }
    }
}

/* One tile: m [side * side][.., filters] to windows of [M / 2][M / 2] pooled outputs. */
template <int M>
void poolTile(const Blocking& b, const float* m, const uint8_t* reach, const float* bias, int filters,
              const TileWindows& to) {
    constexpr int side = M + 2;
    const bool background = meetsZeros<M>(b, reach);
    for (int f = 0; f < filters; f += kWidth) {
        Vec columns[side][M]; // [column][output row]
#pragma GCC unroll 6
        for (int column = 0; column < side; ++column) {
            Vec t[side];
#pragma GCC unroll 6
            for (int row = 0; row < side; ++row) {
                t[row] = load(m + (row * side + column) * b.mMatrix + f);
            }
            Transforms<M>::output(t, columns[column]);
        }
        const Vec biases = load(bias + f);
#pragma GCC unroll 2
        for (int windowRow = 0; windowRow < M / 2; ++windowRow) {
            Vec z[2][M];
#pragma GCC unroll 2
            for (int r = 0; r < 2; ++r) {
                Vec t[side];
#pragma GCC unroll 6
                for (int column = 0; column < side; ++column) {
                    t[column] = columns[column][2 * windowRow + r];
                }
                Transforms<M>::output(t, z[r]);
            }
            if (background) {
                clearOutputs<M>(reach + 2 * windowRow * b.reachStride, b.reachStride, z);
            }
#pragma GCC unroll 2
            for (int windowColumn = 0; windowColumn < M / 2; ++windowColumn) {
                if (windowRow < to.rows && windowColumn < to.columns) {
                    const int64_t at = windowRow * to.rowStride + windowColumn * to.columnStride + f;
                    poolWindow(z[0][2 * windowColumn], z[0][2 * windowColumn + 1], z[1][2 * windowColumn],
                               z[1][2 * windowColumn + 1], biases, to.y + at,
                               to.codes == nullptr ? nullptr : to.codes + at);
                }
            }
        }
    }
}

/* One image, one block of filters from `f`. */
template <int M>
void poolImage(const FusedShape& s, const Blocking& b, const float* m, const uint8_t* reach, const ForwardArguments& a,
               int image, int f, int filters) {
    const int rows = pooledHeight(s);
    const int columns = pooledWidth(s);
    for (int tileRow = 0; tileRow < b.tileRows; ++tileRow) {
        for (int tileColumn = 0; tileColumn < b.tileColumns; ++tileColumn, m += filters) {
            const int row = tileRow * (M / 2);
            const int column = tileColumn * (M / 2);
            const int64_t at = (((int64_t)image * rows + row) * columns + column) * s.f + f;
            const TileWindows to = {a.y + at, a.codes == nullptr ? nullptr : a.codes + at, (int64_t)columns * s.f, s.f,
                                    rows - row, columns - column};
            poolTile<M>(b, m, reach + tileRow * M * b.reachStride + tileColumn * M, a.bias + f, filters, to);
        }
    }
}

template <int M>
void forwardImages(const FusedShape& s, const Blocking& b, const ForwardArguments& a, const float* zeros, int from,
                   int to, float* v) {
    float* m = v + b.vFloats;
    uint8_t* map = reinterpret_cast<uint8_t*>(m + b.mFloats);
    uint8_t* reach = map + b.mapBytes;
    const int tiles = b.tileRows * b.tileColumns;
    const int rows = (to - from) * tiles;
    for (int image = from; image < to; ++image) {
        mapOutputs(s, b, a.x + image * imageFloats(s), map, reach + (image - from) * b.reachBytes);
        transformImage<M>(s, b, a.x + image * imageFloats(s), zeros, v + (int64_t)(image - from) * tiles * s.c);
    }
    for (int block = 0; block < ceilDiv(s.f, kFilterBlock); ++block) {
        const int filters = filtersOfBlock(s, block);
        for (int i = 0; i < b.side * b.side; ++i) {
            multiply(v + i * b.vMatrix, rows, s.c, a.weights + block * b.uBlock + i * b.uMatrix, filters,
                     m + i * b.mMatrix);
        }
        for (int image = from; image < to; ++image) {
            poolImage<M>(s, b, m + (int64_t)(image - from) * tiles * filters, reach + (image - from) * b.reachBytes, a,
                         image, block * kFilterBlock, filters);
        }
    }
}

/* Filters [from, to), multiples of kWidth. Neighbours in f one after the other: they write neighbouring lines. */
template <int M>
void transformFilterRange(const FusedShape& s, const float* weights, int from, int to, float* u) {
    const Blocking b = blockingOf(s, M);
    for (int c = 0; c < s.c; c += kWidth) {
        for (int f = from; f < to; f += kWidth) {
            transformFilters<M>(s, b, weights, f, c, u);
        }
    }
}

template <int M>
void forward(const FusedShape& s, const ForwardArguments& a, float* workspace) {
    const Blocking b = blockingOf(s, M);
    float* zeros = workspace;
    __builtin_memset(zeros, 0, sizeof(float) * b.zeroFloats);
    for (int image = 0; image < s.n; image += b.images) {
        forwardImages<M>(s, b, a, zeros, image, smaller(s.n, image + b.images), zeros + b.zeroFloats);
    }
}

} // namespace

int64_t winogradFilterFloats(const FusedShape& s, int outputTile) { return blockingOf(s, outputTile).uFloats; }

void winogradTransformFilters(const FusedShape& s, int outputTile, const float* weights, int from, int to, float* u) {
    if (outputTile == 2) {
        transformFilterRange<2>(s, weights, from, to, u);
    } else {
        transformFilterRange<4>(s, weights, from, to, u);
    }
}

int64_t winogradFloats(const FusedShape& s, int outputTile) { return blockingOf(s, outputTile).floats(); }

void winogradForward(const FusedShape& s, int outputTile, const ForwardArguments& a, float* workspace) {
    if (outputTile == 2) {
        forward<2>(s, a, workspace);
    } else {
        forward<4>(s, a, workspace);
    }
}

} // namespace CONVOKE_ISA
} // namespace convoke
