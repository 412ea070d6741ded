/*
 * What the parts of the fused convolution share. No inline function here has external linkage: the files around are
 * compiled once for each instruction set, and the linker must not pick one set's copy for another.
 */
#ifndef CONVOKE_FUSED_CONVOLUTION_INTERNAL_H
#define CONVOKE_FUSED_CONVOLUTION_INTERNAL_H

#include <stdint.h>

#include "fused_convolution.h"

namespace convoke {

/* Sizes of one group, as the C ABI names them. */
struct FusedShape {
    int n;
    int h;
    int w;
    int c;
    int f;
    int pad;
};

static inline int pooledHeight(const FusedShape& s) { return (s.h + 2 * s.pad - 2) / 2; }
static inline int pooledWidth(const FusedShape& s) { return (s.w + 2 * s.pad - 2) / 2; }
static inline int paddedHeight(const FusedShape& s) { return s.h + 2 * s.pad; }
static inline int paddedWidth(const FusedShape& s) { return s.w + 2 * s.pad; }
static inline int windowsOf(const FusedShape& s) { return pooledHeight(s) * pooledWidth(s); }
static inline int64_t imageFloats(const FusedShape& s) { return (int64_t)s.h * s.w * s.c; }
static inline int64_t paddedImageFloats(const FusedShape& s) {
    return (int64_t)paddedHeight(s) * paddedWidth(s) * s.c;
}
static inline int smaller(int a, int b) { return a < b ? a : b; }
static inline int larger(int a, int b) { return a > b ? a : b; }
static inline int64_t larger64(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int ceilDiv(int a, int b) { return (a + b - 1) / b; }

struct ForwardArguments {
    const float* x;       // [N, H, W, C]
    const float* weights; // in the order that the algorithm reads
    const float* bias;    // [F]
    float* y;             // [N, PH, PW, F]
    uint8_t* codes;       // [N, PH, PW, F] or null
};

struct BackwardWeightsArguments {
    const float* x;       // [N, H, W, C]
    const float* dy;      // [N, PH, PW, F]
    const uint8_t* codes; // [N, PH, PW, F]
    float* dweights;      // [F, 3, 3, C]
    float* dbias;         // [F]
};

struct BackwardDataArguments {
    const float* dy;      // [N, PH, PW, F]
    const uint8_t* codes; // [N, PH, PW, F]
    const float* weights; // in the order that the pass reads
    float* dx;            // [N, H, W, C]
};

/* One instruction set's build of the group. */
struct FusedConvolutionKernels {
    int (*chooseForward)(const FusedShape& shape);
    int64_t (*preparedBytes)(const FusedShape& shape, int algorithm);
    void (*prepare)(const FusedShape& shape, int algorithm, const float* weights, int from, int to, float* prepared);
    int64_t (*workspaceBytes)(const FusedShape& shape, int algorithm);
    void (*forward)(const FusedShape& shape, const ForwardArguments& a, int algorithm, void* workspace);
    void (*backwardData)(const FusedShape& shape, const BackwardDataArguments& a, int algorithm, void* workspace);
    void (*backwardFilters)(const FusedShape& shape, const BackwardWeightsArguments& a, int from, int to,
                            void* workspace);
    void (*backwardGroups)(const FusedShape& shape, const BackwardWeightsArguments& a, float* sums, void* workspace);
    void (*combineGroups)(const FusedShape& shape, const float* sums, const BackwardWeightsArguments& a);
};

#ifdef CONVOKE_ISA
namespace CONVOKE_ISA {

/*
 * Each family: floats of filters [from, to) in the order that its passes read, which is where `weights` of their
 * arguments point; floats of workspace; then the calls. A workspace pointer is 64-byte aligned.
 */
int64_t singleChannelFilterFloats(const FusedShape& shape);
void singleChannelTransposeFilters(const FusedShape& shape, const float* weights, int from, int to, float* transposed);
int64_t singleChannelFloats(const FusedShape& shape);
void singleChannelForward(const FusedShape& shape, const ForwardArguments& a, float* workspace);
void singleChannelBackwardGroups(const FusedShape& shape, const BackwardWeightsArguments& a, float* sums,
                                 float* workspace);
void singleChannelCombineGroups(const FusedShape& shape, const float* sums, const BackwardWeightsArguments& a);
/* `weights` as they lie, [F, 3, 3]. */
void singleChannelBackwardData(const FusedShape& shape, const BackwardDataArguments& a);

/* `weights` as they lie, [F, 3, 3, C]. */
int64_t directFloats(const FusedShape& shape);
void directForward(const FusedShape& shape, const ForwardArguments& a, float* workspace);

int64_t winogradFilterFloats(const FusedShape& shape, int outputTile);
void winogradTransformFilters(const FusedShape& shape, int outputTile, const float* weights, int from, int to,
                              float* u);
int64_t winogradFloats(const FusedShape& shape, int outputTile);
void winogradForward(const FusedShape& shape, int outputTile, const ForwardArguments& a, float* workspace);

int64_t sparseFilterFloats(const FusedShape& shape);
void sparsePackFilters(const FusedShape& shape, const float* weights, int from, int to, float* packed);
int64_t sparseFloats(const FusedShape& shape);
void sparseBackwardFilters(const FusedShape& shape, const BackwardWeightsArguments& a, int from, int to,
                           float* workspace);
void sparseBackwardData(const FusedShape& shape, const BackwardDataArguments& a, float* workspace);

} // namespace CONVOKE_ISA
#endif

} // namespace convoke

#endif
