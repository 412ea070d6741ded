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

/* First of the `count` units that part `part` of `parts` works on; part + 1 gives the end. */
static inline int partStart(int count, int parts, int part) { return (int)((int64_t)count * part / parts); }

struct ForwardArguments {
    const float* x;       // [N, H, W, C]
    const float* weights; // [F, 3, 3, C]
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
    const float* weights; // [F, 3, 3, C]
    float* dx;            // [N, H, W, C]
};

/* One instruction set's build of the group. */
struct FusedConvolutionKernels {
    int64_t (*workspaceBytes)(const FusedShape& shape, int threads);
    int (*chooseForward)(const FusedShape& shape);
    void (*forward)(const FusedShape& shape, const ForwardArguments& a, int algorithm, void* workspace, int threads);
    void (*backwardWeights)(const FusedShape& shape, const BackwardWeightsArguments& a, void* workspace, int threads);
    void (*backwardData)(const FusedShape& shape, const BackwardDataArguments& a, void* workspace, int threads);
    int64_t (*preparedBytes)(const FusedShape& shape, int algorithm);
    void (*prepare)(const FusedShape& shape, int algorithm, const float* weights, int from, int to, float* prepared);
    int64_t (*partWorkspaceBytes)(const FusedShape& shape, int algorithm);
    void (*forwardPart)(const FusedShape& shape, const ForwardArguments& a, int algorithm, const float* prepared,
                        void* workspace);
    void (*backwardDataPart)(const FusedShape& shape, const BackwardDataArguments& a, int algorithm,
                             const float* prepared, void* workspace);
    void (*backwardFilters)(const FusedShape& shape, const BackwardWeightsArguments& a, int from, int to,
                            void* workspace);
    void (*backwardGroups)(const FusedShape& shape, const BackwardWeightsArguments& a, float* sums, void* workspace);
    void (*combineGroups)(const FusedShape& shape, const float* sums, const BackwardWeightsArguments& a);
};

#ifdef CONVOKE_ISA
namespace CONVOKE_ISA {

/*
 * Each family: floats of workspace, then the calls. A workspace pointer is 64-byte aligned. Every call may be made with
 * any number of threads up to the one that the workspace was measured for.
 */
int64_t singleChannelFloats(const FusedShape& shape, int threads);
void singleChannelForward(const FusedShape& shape, const ForwardArguments& a, float* workspace, int threads);
void singleChannelBackwardWeights(const FusedShape& shape, const BackwardWeightsArguments& a, float* workspace,
                                  int threads);
void singleChannelBackwardData(const FusedShape& shape, const BackwardDataArguments& a, int threads);

int64_t directFloats(const FusedShape& shape, int threads);
void directForward(const FusedShape& shape, const ForwardArguments& a, float* workspace, int threads);

int64_t winogradFloats(const FusedShape& shape, int outputTile, int threads);
void winogradForward(const FusedShape& shape, int outputTile, const ForwardArguments& a, float* workspace, int threads);

int64_t sparseBackwardFloats(const FusedShape& shape, int threads);
void sparseBackwardWeights(const FusedShape& shape, const BackwardWeightsArguments& a, float* workspace, int threads);
void sparseBackwardData(const FusedShape& shape, const BackwardDataArguments& a, float* workspace, int threads);

/*
 * The same in parts, one thread each: filters [from, to) of weights in the order that the passes read, then images or
 * filters with those.
 */
int64_t singleChannelFilterFloats(const FusedShape& shape);
void singleChannelTransposeFilters(const FusedShape& shape, const float* weights, int from, int to, float* transposed);
int64_t singleChannelPartFloats(const FusedShape& shape);
void singleChannelForwardPart(const FusedShape& shape, const ForwardArguments& a, const float* transposed,
                              float* workspace);
void singleChannelBackwardGroups(const FusedShape& shape, const BackwardWeightsArguments& a, float* sums,
                                 float* workspace);
void singleChannelCombineGroups(const FusedShape& shape, const float* sums, const BackwardWeightsArguments& a);

int64_t winogradFilterFloats(const FusedShape& shape, int outputTile);
void winogradTransformFilters(const FusedShape& shape, int outputTile, const float* weights, int from, int to,
                              float* u);
int64_t winogradPartFloats(const FusedShape& shape, int outputTile);
void winogradForwardPart(const FusedShape& shape, int outputTile, const ForwardArguments& a, const float* u,
                         float* workspace);

int64_t sparseFilterFloats(const FusedShape& shape);
void sparsePackFilters(const FusedShape& shape, const float* weights, int from, int to, float* packed);
int64_t sparsePartFloats(const FusedShape& shape);
void sparseBackwardFilters(const FusedShape& shape, const BackwardWeightsArguments& a, int from, int to,
                           float* workspace);
void sparseBackwardDataPart(const FusedShape& shape, const BackwardDataArguments& a, const float* packed,
                            float* workspace);

} // namespace CONVOKE_ISA
#endif

} // namespace convoke

#endif
