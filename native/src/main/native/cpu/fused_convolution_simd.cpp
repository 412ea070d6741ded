/*
 * The fused convolution of one instruction set: which family of kernels serves which shape.
 */
#include "fused_convolution_internal.h"

namespace convoke {
namespace CONVOKE_ISA {

extern const FusedConvolutionKernels fusedConvolutionKernels;

namespace {

constexpr int64_t kAlignment = 64;

/*
 * Costs of the forward algorithms, in units of one multiply-add of the direct form. A Winograd form pays for its
 * products, for the transforms of tiles (for each number of a transformed tile) and, once a batch, for the transform of
 * the weights. Fitted to times of the report's layers at batch 1 to 32 on a Zen 5 core; wider vectors leave the
 * products cheap and the transforms, which move more than they compute, dear.
 */
struct ForwardCost {
    double product;
    double tile;
    double weight;
};

#if defined(__AVX512F__)
constexpr ForwardCost kWinograd2Cost = {0.83, 7.3, 9.4};
constexpr ForwardCost kWinograd4Cost = {0.83, 7.4, 8.8};
#elif defined(__AVX2__)
constexpr ForwardCost kWinograd2Cost = {0.71, 2.9, 5.1};
constexpr ForwardCost kWinograd4Cost = {0.70, 4.7, 4.8};
#else
constexpr ForwardCost kWinograd2Cost = {0.65, 2.5, 2.7};
constexpr ForwardCost kWinograd4Cost = {0.66, 3.5, 2.6};
#endif

double directCost(const FusedShape& s) { return (double)s.n * windowsOf(s) * 4 * 9 * s.c * s.f; }

double winogradCost(const FusedShape& s, int m, const ForwardCost& cost) {
    const double tiles = (double)s.n * ceilDiv(2 * pooledHeight(s), m) * ceilDiv(2 * pooledWidth(s), m);
    const double side2 = (m + 2) * (m + 2);
    return side2 * (tiles * s.c * s.f * cost.product + tiles * (s.c + s.f) * cost.tile + s.c * s.f * cost.weight);
}

int chooseForward(const FusedShape& s) {
    if (s.c == 1) {
        return CONVOKE_FUSED_CONVOLUTION_SINGLE_CHANNEL;
    }
    const double direct = directCost(s);
    const double winograd2 = winogradCost(s, 2, kWinograd2Cost);
    const double winograd4 = winogradCost(s, 4, kWinograd4Cost);
    if (direct <= winograd2 && direct <= winograd4) {
        return CONVOKE_FUSED_CONVOLUTION_DIRECT;
    }
    return winograd2 <= winograd4 ? CONVOKE_FUSED_CONVOLUTION_WINOGRAD_2 : CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4;
}

float* aligned(void* workspace) {
    return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(workspace) + kAlignment - 1) & ~(kAlignment - 1));
}

/* Tile of a Winograd form, 0 for the direct ones. */
int outputTileOf(int algorithm) {
    return algorithm == CONVOKE_FUSED_CONVOLUTION_WINOGRAD_2   ? 2
           : algorithm == CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4 ? 4
                                                               : 0;
}

/* Floats of the filters as the forward pass reads them; the backward pass' follow. */
int64_t forwardFilterFloats(const FusedShape& s, int algorithm) {
    if (s.c == 1) {
        return singleChannelFilterFloats(s);
    }
    return outputTileOf(algorithm) == 0 ? 9 * (int64_t)s.c * s.f : winogradFilterFloats(s, outputTileOf(algorithm));
}

int64_t preparedBytes(const FusedShape& s, int algorithm) {
    const int64_t backward = s.c == 1 ? 9 * (int64_t)s.f : sparseFilterFloats(s);
    return (forwardFilterFloats(s, algorithm) + backward) * (int64_t)sizeof(float);
}

void copyFilters(const FusedShape& s, const float* weights, int from, int to, float* copy) {
    const int64_t filter = 9 * (int64_t)s.c;
    __builtin_memcpy(copy + from * filter, weights + from * filter, sizeof(float) * (to - from) * filter);
}

void prepare(const FusedShape& s, int algorithm, const float* weights, int from, int to, float* prepared) {
    float* backward = prepared + forwardFilterFloats(s, algorithm);
    if (s.c == 1) {
        singleChannelTransposeFilters(s, weights, from, to, prepared);
        copyFilters(s, weights, from, to, backward);
        return;
    }
    if (outputTileOf(algorithm) == 0) {
        copyFilters(s, weights, from, to, prepared);
    } else {
        winogradTransformFilters(s, outputTileOf(algorithm), weights, from, to, prepared);
    }
    sparsePackFilters(s, weights, from, to, backward);
}

int64_t workspaceBytes(const FusedShape& s, int algorithm) {
    int64_t floats = 0;
    if (s.c == 1) {
        floats = singleChannelFloats(s);
    } else {
        const int tile = outputTileOf(algorithm);
        floats = larger64(sparseFloats(s), tile == 0 ? directFloats(s) : winogradFloats(s, tile));
    }
    return floats * (int64_t)sizeof(float) + kAlignment;
}

void forward(const FusedShape& s, const ForwardArguments& a, int algorithm, void* workspace) {
    if (s.c == 1) {
        singleChannelForward(s, a, aligned(workspace));
    } else if (outputTileOf(algorithm) == 0) {
        directForward(s, a, aligned(workspace));
    } else {
        winogradForward(s, outputTileOf(algorithm), a, aligned(workspace));
    }
}

void backwardData(const FusedShape& s, const BackwardDataArguments& a, int algorithm, void* workspace) {
    const float* filters = a.weights + forwardFilterFloats(s, algorithm);
    if (s.c == 1) {
        singleChannelBackwardData(s, {a.dy, a.codes, filters, a.dx});
    } else {
        sparseBackwardData(s, {a.dy, a.codes, filters, a.dx}, aligned(workspace));
    }
}

void backwardFilters(const FusedShape& s, const BackwardWeightsArguments& a, int from, int to, void* workspace) {
    sparseBackwardFilters(s, a, from, to, aligned(workspace));
}

void backwardGroups(const FusedShape& s, const BackwardWeightsArguments& a, float* sums, void* workspace) {
    singleChannelBackwardGroups(s, a, sums, aligned(workspace));
}

} // namespace

const FusedConvolutionKernels fusedConvolutionKernels = {
    chooseForward, preparedBytes,   prepare,        workspaceBytes,            forward,
    backwardData,  backwardFilters, backwardGroups, singleChannelCombineGroups};

} // namespace CONVOKE_ISA
} // namespace convoke
