/*
 * Backward passes over the live windows only. Of the four convolution outputs under a pooling window at most one has a
 * gradient, and none where the window is dead or the gradient above is zero (ReLU, dropout): a dense backward pass
 * would multiply zeros at least three times out of four. Here each window and filter with a gradient g costs one 3 x 3
 * patch: dweights[f] += g * patch of x, patch of dx += g * weights[f].
 *
 * Which windows are live is kept as bits, 64 to a word. Both passes then loop over the set bits of a word with the 9
 * vectors of sums in registers: the gradient of weights over the windows of one filter (bits along windows, so the
 * 64 x 64 bits are transposed first), the gradient of data over the filters of one window and code.
 */
#include "fused_convolution_internal.h"
#include "fused_convolution_vector.h"

namespace convoke {
namespace CONVOKE_ISA {
namespace {

constexpr int kWord = 64;

/* Filters that are handled together where bits are made: one vector of codes. */
constexpr int kFilterGroup = 16;

/* Bytes of input images (the channels of one pass) that should stay in the first-level cache. */
constexpr int kImageBytes = 28 * 1024;

/* Vector registers. */
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif

/* Vectors of channels of one pass of the weight gradient: with 9 taps each they fill the registers. */
constexpr int kChannelVectors = kWidth == 16 ? 2 : 1;

/* Bits of 16 filters of one window: for each code, the filters with that code and a gradient that is not zero. */
CONVOKE_INLINE void liveBits(const uint8_t* codes, const float* dy, uint32_t* bits) {
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
    const __m128i code = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
    const __mmask16 nonzero = _mm512_cmp_ps_mask(_mm512_loadu_ps(dy), _mm512_setzero_ps(), _CMP_NEQ_UQ);
    for (int k = 0; k < 4; ++k) {
        bits[k] = _mm_mask_cmpeq_epi8_mask(nonzero, code, _mm_set1_epi8((char)k));
    }
#elif defined(__x86_64__)
    const __m128i code = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
    const __m128 zero = _mm_setzero_ps();
    const __m128i low = _mm_packs_epi32(_mm_castps_si128(_mm_cmpneq_ps(_mm_loadu_ps(dy), zero)),
                                        _mm_castps_si128(_mm_cmpneq_ps(_mm_loadu_ps(dy + 4), zero)));
    const __m128i high = _mm_packs_epi32(_mm_castps_si128(_mm_cmpneq_ps(_mm_loadu_ps(dy + 8), zero)),
                                         _mm_castps_si128(_mm_cmpneq_ps(_mm_loadu_ps(dy + 12), zero)));
    const __m128i nonzero = _mm_packs_epi16(low, high);
    for (int k = 0; k < 4; ++k) {
        bits[k] = (uint32_t)_mm_movemask_epi8(_mm_and_si128(nonzero, _mm_cmpeq_epi8(code, _mm_set1_epi8((char)k))));
    }
#else
    bits[0] = bits[1] = bits[2] = bits[3] = 0;
    for (int f = 0; f < kFilterGroup; ++f) {
        for (int k = 0; k < 4; ++k) {
            bits[k] |= (uint32_t)(codes[f] == k && dy[f] != 0) << f;
        }
    }
#endif
}

/* Bits of the live filters among 16 of one window; their gradients are added to `sums`. */
CONVOKE_INLINE uint64_t addLive(const uint8_t* codes, const float* dy, Vec* sums) {
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
    const __m128i code = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
    const __m512 g = _mm512_loadu_ps(dy);
    const __mmask16 alive = _mm_cmplt_epu8_mask(code, _mm_set1_epi8(CONVOKE_FUSED_CONVOLUTION_DEAD));
    const __mmask16 live = _mm512_mask_cmp_ps_mask(alive, g, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    sums[0] = (Vec)_mm512_mask_add_ps((__m512)sums[0], live, (__m512)sums[0], g);
    return live;
#else
    uint32_t bits[4];
    liveBits(codes, dy, bits);
#pragma GCC unroll 4
    for (int v = 0; v < kFilterGroup / kWidth; ++v) {
        const IntVec code = loadCodes(codes + v * kWidth);
        sums[v] += code < CONVOKE_FUSED_CONVOLUTION_DEAD ? load(dy + v * kWidth) : Vec{};
    }
    return bits[0] | bits[1] | bits[2] | bits[3];
#endif
}

/* Transposes 64 x 64 bits in place (Warren, Hacker's Delight, 7-3). */
void transposeBits(uint64_t* rows) {
    uint64_t mask = 0x00000000FFFFFFFFull;
    for (int distance = 32; distance > 0; distance >>= 1, mask ^= mask << distance) {
        for (int i = 0; i < kWord; i = ((i | distance) + 1) & ~distance) {
            const uint64_t swapped = ((rows[i] >> distance) ^ rows[i | distance]) & mask;
            rows[i] ^= swapped << distance;
            rows[i | distance] ^= swapped;
        }
    }
}

/* Channels that lie together while weights' gradients are formed: all lines of a group then spread over all sets. */
int blockChannels(const FusedShape& s) { return s.c % 32 == 0 ? 32 : 16; }

/* Images whose windows fit one word and whose pixels fit the cache; at least one. */
int imagesOfGroup(const FusedShape& s, int channels) {
    const int64_t bytes = (int64_t)paddedHeight(s) * paddedWidth(s) * channels * (int64_t)sizeof(float);
    const int fitting = smaller(kWord / larger(1, windowsOf(s)), (int)(kImageBytes / bytes));
    return larger(1, smaller(s.n, fitting));
}

int groupImages(const FusedShape& s) { return imagesOfGroup(s, blockChannels(s)); }

/* Whether a group's images are copied before they are read: into a border, or block by block of their channels. */
bool copiesGroup(const FusedShape& s) { return s.pad > 0 || s.c > blockChannels(s); }

int64_t paddedGroupFloats(const FusedShape& s, int images) {
    return copiesGroup(s) ? images * paddedImageFloats(s) : 0;
}

/* x [images, H, W, C] -> blocks [C / block, images, H + 2 pad, W + 2 pad, block] */
void arrangeImages(const FusedShape& s, const float* x, int images, float* blocks) {
    const int block = blockChannels(s);
    const int64_t rowFloats = (int64_t)paddedWidth(s) * block;
    for (int c = 0; c < s.c; c += block) {
        for (int image = 0; image < images; ++image) {
            __builtin_memset(blocks, 0, sizeof(float) * s.pad * rowFloats);
            blocks += s.pad * rowFloats;
            for (int row = 0; row < s.h; ++row, blocks += rowFloats) {
                const float* from = x + ((int64_t)image * s.h + row) * s.w * s.c + c;
                float* to = blocks;
                for (int i = 0; i < s.pad * block; i += kWidth) {
                    store(to + i, Vec{});
                    store(to + rowFloats - s.pad * block + i, Vec{});
                }
                to += s.pad * block;
                for (int column = 0; column < s.w; ++column, from += s.c, to += block) {
                    for (int i = 0; i < block; i += kWidth) {
                        store(to + i, load(from + i));
                    }
                }
            }
            __builtin_memset(blocks, 0, sizeof(float) * s.pad * rowFloats);
            blocks += s.pad * rowFloats;
        }
    }
}

/* Offsets of up to 64 windows' patches from the group's first padded image of `channels`, one for each code. */
struct PatchOffsets {
    int32_t of[kWord][4];

    PatchOffsets(const FusedShape& s, int firstWindow, int count, int channels) {
        const int columns = pooledWidth(s);
        const int windows = windowsOf(s);
        const int rowStride = paddedWidth(s) * channels;
        int image = firstWindow / windows;
        int row = firstWindow % windows / columns;
        int column = firstWindow % columns;
        for (int i = 0; i < count; ++i) {
            const int32_t corner = (image * paddedHeight(s) + row * 2) * rowStride + column * 2 * channels;
            of[i][0] = corner;
            of[i][1] = corner + channels;
            of[i][2] = corner + rowStride;
            of[i][3] = corner + rowStride + channels;
            if (++column == columns) {
                column = 0;
                if (++row == pooledHeight(s)) {
                    row = 0;
                    ++image;
                }
            }
        }
    }
};

/* ---- gradient of weights ---- */

/*
 * A pointer that the compiler may not take apart: without it, it keeps one register for each of the 9 offsets and
 * spills them; with it, it uses the processor's base + scaled index addresses.
 */
CONVOKE_INLINE const char* opaque(const char* pointer) {
    __asm__("" : "+r"(pointer));
    return pointer;
}

/* Vector `v` of the pixel under tap column kx of a row. */
CONVOKE_INLINE Vec pixelOf(const char* row, int64_t pixelBytes, int kx, int v) {
    return load(reinterpret_cast<const float*>(row + kx * pixelBytes) + v * kWidth);
}

/* dweights[tap][Vectors] of one filter += sum over the set bits of g * patch. dy, codes at the word's first window. */
template <int Vectors>
CONVOKE_INLINE void addFilterGradient(const FusedShape& s, uint64_t live, const float* x, const PatchOffsets& offsets,
                                      const float* dy, const uint8_t* codes, float* dweights) {
    const int64_t pixelBytes = (int64_t)blockChannels(s) * (int64_t)sizeof(float);
    const int64_t rowBytes = paddedWidth(s) * pixelBytes;
    /* The next patch is looked up before the current one is used: its address is then ready when its turn comes. */
    const uint64_t last = 1ull << (63 - __builtin_clzll(live));
    Vec sums[9][Vectors] = {};
    int window = __builtin_ctzll(live);
    int64_t at = (int64_t)window * s.f;
    const char* next = opaque(reinterpret_cast<const char*>(x + offsets.of[window][codes[at]]));
    Vec nextG = broadcast(dy[at]);
    do {
        const char* row = next;
        const Vec g = nextG;
        live &= live - 1;
        window = __builtin_ctzll(live | last);
        at = (int64_t)window * s.f;
        next = opaque(reinterpret_cast<const char*>(x + offsets.of[window][codes[at]]));
        nextG = broadcast(dy[at]);
#pragma GCC unroll 3
        for (int ky = 0; ky < 3; ++ky) {
#pragma GCC unroll 3
            for (int kx = 0; kx < 3; ++kx) {
#pragma GCC unroll 2
                for (int v = 0; v < Vectors; ++v) {
                    Vec& sum = sums[ky * 3 + kx][v];
                    sum = multiplyAdd(g, pixelOf(row, pixelBytes, kx, v), sum);
                }
            }
            row = opaque(row + rowBytes);
        }
    } while (live != 0);
#pragma GCC unroll 9
    for (int tap = 0; tap < 9; ++tap) {
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v) {
            float* sum = dweights + (int64_t)tap * s.c + v * kWidth;
            store(sum, load(sum) + sums[tap][v]);
        }
    }
}

/*
 * Bits of `filters` <= 64 filters over `count` <= 64 windows, a word for each filter; dbias += their gradients.
 * dy and codes at the first window's first filter.
 */
void liveWindows(const FusedShape& s, const float* dy, const uint8_t* codes, int count, int filters, uint64_t* words,
                 float* dbias) {
    __builtin_memset(words, 0, sizeof(uint64_t) * kWord);
    for (int f = 0; f < filters; f += kFilterGroup) {
        Vec sums[kFilterGroup / kWidth] = {};
        for (int window = 0; window < count; ++window) {
            const int64_t at = (int64_t)window * s.f + f;
            words[window] |= addLive(codes + at, dy + at, sums) << f;
        }
        for (int v = 0; v < kFilterGroup / kWidth; ++v) {
            float* sum = dbias + f + v * kWidth;
            store(sum, load(sum) + sums[v]);
        }
    }
    transposeBits(words);
}

template <int Vectors>
void addFilters(const FusedShape& s, const uint64_t* words, int filters, int c, const float* x,
                const PatchOffsets& offsets, const float* dy, const uint8_t* codes, float* dweights) {
    for (int f = 0; f < filters; ++f) {
        if (words[f] != 0) {
            addFilterGradient<Vectors>(s, words[f], x, offsets, dy + f, codes + f,
                                       dweights + (int64_t)f * 9 * s.c + c);
        }
    }
}

/* Up to 64 windows from `firstWindow` of the group of `images` that x, block by block, starts; filters [from, to). */
void addWindows(const FusedShape& s, const BackwardWeightsArguments& a, const float* x, int images, int firstImage,
                int firstWindow, int count, int from, int to) {
    const int block = blockChannels(s);
    const int64_t blockFloats = (int64_t)images * paddedHeight(s) * paddedWidth(s) * block;
    const PatchOffsets offsets(s, firstWindow, count, block);
    for (int first = from; first < to; first += kWord) {
        const int filters = smaller(kWord, to - first);
        const int64_t at = ((int64_t)firstImage * windowsOf(s) + firstWindow) * s.f + first;
        uint64_t words[kWord];
        liveWindows(s, a.dy + at, a.codes + at, count, filters, words, a.dbias + first);
        float* dweights = a.dweights + (int64_t)first * 9 * s.c;
        int c = 0;
        for (; kChannelVectors * kWidth <= block && c < s.c; c += kChannelVectors * kWidth) {
            addFilters<kChannelVectors>(s, words, filters, c, x + c / block * blockFloats + c % block, offsets,
                                        a.dy + at, a.codes + at, dweights);
        }
        for (; c < s.c; c += kWidth) {
            addFilters<1>(s, words, filters, c, x + c / block * blockFloats + c % block, offsets, a.dy + at,
                          a.codes + at, dweights);
        }
    }
}

/* ---- gradient of data ---- */

/* weights [F, 9, C] -> [C / kWidth, F, 9, kWidth], for one filter */
void packFilter(const FusedShape& s, const float* weights, int f, float* packed) {
    for (int c = 0; c < s.c; c += kWidth) {
        for (int tap = 0; tap < 9; ++tap) {
            store(packed + ((int64_t)c * s.f + (int64_t)f * kWidth) * 9 + tap * kWidth,
                  load(weights + ((int64_t)f * 9 + tap) * s.c + c));
        }
    }
}

/* patch [3, 3, kWidth] of dx += sum over the set bits of g * weights. dy at the first filter. */
CONVOKE_INLINE void addPatch(uint64_t live, const float* dy, const float* weights, float* patch, int64_t rowStride,
                             int c) {
    if (live == 0) {
        return;
    }
    /* From zero, not from the patch: so the sum does not wait for the code before, whose patch overlaps. */
    const uint64_t last = 1ull << (63 - __builtin_clzll(live));
    Vec sums[9] = {};
    int f = __builtin_ctzll(live);
    const float* next = weights + (int64_t)f * 9 * kWidth;
    Vec nextG = broadcast(dy[f]);
    do {
        const float* w = next;
        const Vec g = nextG;
        live &= live - 1;
        f = __builtin_ctzll(live | last);
        next = weights + (int64_t)f * 9 * kWidth;
        nextG = broadcast(dy[f]);
#pragma GCC unroll 9
        for (int tap = 0; tap < 9; ++tap) {
            sums[tap] = multiplyAdd(g, load(w + tap * kWidth), sums[tap]);
        }
    } while (live != 0);
#pragma GCC unroll 9
    for (int tap = 0; tap < 9; ++tap) {
        float* pixel = patch + tap / 3 * rowStride + tap % 3 * c;
        store(pixel, load(pixel) + sums[tap]);
    }
}

/* The filters of one code, added to the sums of the window's 4 x 4 pixels; all 16 stay in registers over the codes. */
template <int Code>
CONVOKE_INLINE void addCode(uint64_t live, const float* dy, const float* weights, Vec (*sums)[4]) {
    if (live == 0) {
        return;
    }
    const uint64_t last = 1ull << (63 - __builtin_clzll(live));
    int f = __builtin_ctzll(live);
    const float* next = weights + (int64_t)f * 9 * kWidth;
    Vec nextG = broadcast(dy[f]);
    do {
        const float* w = next;
        const Vec g = nextG;
        live &= live - 1;
        f = __builtin_ctzll(live | last);
        next = weights + (int64_t)f * 9 * kWidth;
        nextG = broadcast(dy[f]);
#pragma GCC unroll 9
        for (int tap = 0; tap < 9; ++tap) {
            Vec& sum = sums[Code / 2 + tap / 3][Code % 2 + tap % 3];
            sum = multiplyAdd(g, load(w + tap * kWidth), sum);
        }
    } while (live != 0);
}

/* All codes of one window: its 4 x 4 pixels of dx are read and written once. */
CONVOKE_INLINE void addWindowPatch(const uint64_t* words, const float* dy, const float* weights, float* corner,
                                   int64_t rowStride, int c) {
    Vec sums[4][4] = {};
    addCode<0>(words[0], dy, weights, sums);
    addCode<1>(words[1], dy, weights, sums);
    addCode<2>(words[2], dy, weights, sums);
    addCode<3>(words[3], dy, weights, sums);
#pragma GCC unroll 4
    for (int row = 0; row < 4; ++row) {
#pragma GCC unroll 4
        for (int column = 0; column < 4; ++column) {
            float* pixel = corner + row * rowStride + column * c;
            store(pixel, load(pixel) + sums[row][column]);
        }
    }
}

/* Up to 64 windows and 64 filters: words[window][code] has the filters' bits. dx at the group's first padded image. */
void addWindowPatches(const FusedShape& s, const uint64_t (*words)[4], const PatchOffsets& offsets, int count,
                      const float* dy, const float* packed, int firstFilter, float* dx) {
    const int64_t rowStride = (int64_t)paddedWidth(s) * s.c;
    for (int c = 0; c < s.c; c += kWidth) {
        const float* weights = packed + ((int64_t)c * s.f + (int64_t)firstFilter * kWidth) * 9;
        for (int window = 0; window < count; ++window) {
            if constexpr (kRegisters >= 32) {
                addWindowPatch(words[window], dy + (int64_t)window * s.f, weights, dx + offsets.of[window][0] + c,
                               rowStride, s.c);
                continue;
            }
            for (int code = 0; code < 4; ++code) {
                addPatch(words[window][code], dy + (int64_t)window * s.f, weights, dx + offsets.of[window][code] + c,
                         rowStride, s.c);
            }
        }
    }
}

void liveFilters(const FusedShape& s, const float* dy, const uint8_t* codes, int count, int filters,
                 uint64_t (*words)[4]) {
    for (int window = 0; window < count; ++window) {
        uint64_t word[4] = {};
        for (int f = 0; f < filters; f += kFilterGroup) {
            const int64_t at = (int64_t)window * s.f + f;
            uint32_t bits[4];
            liveBits(codes + at, dy + at, bits);
            for (int code = 0; code < 4; ++code) {
                word[code] |= (uint64_t)bits[code] << f;
            }
        }
        for (int code = 0; code < 4; ++code) {
            words[window][code] = word[code];
        }
    }
}

/* The gradient of the group's padded images, added to dx. */
void addGroup(const FusedShape& s, const BackwardDataArguments& a, int image, int images, float* dx) {
    const int windows = images * windowsOf(s);
    for (int first = 0; first < windows; first += kWord) {
        const int count = smaller(kWord, windows - first);
        const PatchOffsets offsets(s, first, count, s.c);
        for (int f = 0; f < s.f; f += kWord) {
            const int filters = smaller(kWord, s.f - f);
            const int64_t at = ((int64_t)image * windowsOf(s) + first) * s.f + f;
            uint64_t words[kWord][4];
            liveFilters(s, a.dy + at, a.codes + at, count, filters, words);
            addWindowPatches(s, words, offsets, count, a.dy + at, a.weights, f, dx);
        }
    }
}

/* padded [images, H + 2, W + 2, C] -> dx [images, H, W, C] */
void dropBorder(const FusedShape& s, const float* padded, int images, float* dx) {
    const int64_t rowFloats = (int64_t)s.w * s.c;
    for (int image = 0; image < images; ++image) {
        const float* from = padded + image * paddedImageFloats(s) + (int64_t)s.pad * (paddedWidth(s) + 1) * s.c;
        for (int row = 0; row < s.h; ++row, dx += rowFloats, from += (int64_t)paddedWidth(s) * s.c) {
            __builtin_memcpy(dx, from, sizeof(float) * rowFloats);
        }
    }
}

} // namespace

int64_t sparseFilterFloats(const FusedShape& s) { return 9 * (int64_t)s.f * s.c; }

void sparsePackFilters(const FusedShape& s, const float* weights, int from, int to, float* packed) {
    for (int f = from; f < to; ++f) {
        packFilter(s, weights, f, packed);
    }
}

int64_t sparseFloats(const FusedShape& s) { return paddedGroupFloats(s, groupImages(s)); }

void sparseBackwardFilters(const FusedShape& s, const BackwardWeightsArguments& a, int from, int to,
                           float* workspace) {
    __builtin_memset(a.dweights + (int64_t)from * 9 * s.c, 0, sizeof(float) * (to - from) * 9 * s.c);
    __builtin_memset(a.dbias + from, 0, sizeof(float) * (to - from));
    const int groupSize = groupImages(s);
    for (int image = 0; image < s.n; image += groupSize) {
        const int images = smaller(groupSize, s.n - image);
        const float* x = a.x + image * imageFloats(s);
        if (copiesGroup(s)) {
            arrangeImages(s, x, images, workspace);
            x = workspace;
        }
        const int windows = images * windowsOf(s);
        for (int window = 0; window < windows; window += kWord) {
            addWindows(s, a, x, images, image, window, smaller(kWord, windows - window), from, to);
        }
    }
}

void sparseBackwardData(const FusedShape& s, const BackwardDataArguments& a, float* workspace) {
    const int groupSize = groupImages(s);
    for (int image = 0; image < s.n; image += groupSize) {
        const int images = smaller(groupSize, s.n - image);
        float* dx = a.dx + image * imageFloats(s);
        float* sums = s.pad > 0 ? workspace : dx;
        __builtin_memset(sums, 0, sizeof(float) * images * paddedImageFloats(s));
        addGroup(s, a, image, images, sums);
        if (s.pad > 0) {
            dropBorder(s, workspace, images, dx);
        }
    }
}

} // namespace CONVOKE_ISA
} // namespace convoke
