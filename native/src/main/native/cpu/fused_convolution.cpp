/*
 * The C ABI of the fused convolution: takes the build for the instruction set in use.
 */
#include "fused_convolution.h"

#include <string.h>

#include "fused_convolution_internal.h"

extern "C" const char* convoke_instruction_set(void);

namespace convoke {

namespace portable {
extern const FusedConvolutionKernels fusedConvolutionKernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const FusedConvolutionKernels fusedConvolutionKernels;
}
namespace avx512 {
extern const FusedConvolutionKernels fusedConvolutionKernels;
}
#endif

namespace {

const FusedConvolutionKernels& kernels() {
#if defined(__x86_64__)
    const char* name = convoke_instruction_set();
    if (strcmp(name, "avx512") == 0) {
        return avx512::fusedConvolutionKernels;
    }
    if (strcmp(name, "avx2") == 0) {
        return avx2::fusedConvolutionKernels;
    }
#endif
    return portable::fusedConvolutionKernels;
}

} // namespace
} // namespace convoke

using namespace convoke;

int32_t convoke_fused_convolution_supports(int32_t c, int32_t f, int32_t kernel, int32_t stride, int32_t pad,
                                           int32_t pool, int32_t pool_stride) {
    const bool sizes = kernel == 3 && stride == 1 && (pad == 0 || pad == 1) && pool == 2 && pool_stride == 2;
    return sizes && (c == 1 || (c > 0 && c % 16 == 0)) && f > 0 && f % 16 == 0;
}

int64_t convoke_fused_convolution_prepared_bytes(int32_t c, int32_t f, int32_t algorithm) {
    return kernels().preparedBytes({1, 2, 2, c, f, 1}, algorithm);
}

void convoke_fused_convolution_prepare(const float* weights, int32_t c, int32_t f, int32_t algorithm, int32_t from,
                                       int32_t to, void* prepared) {
    kernels().prepare({1, 2, 2, c, f, 1}, algorithm, weights, from, to, static_cast<float*>(prepared));
}

int64_t convoke_fused_convolution_part_workspace(int32_t n, int32_t h, int32_t w, int32_t c, int32_t f, int32_t pad,
                                                 int32_t algorithm) {
    return kernels().workspaceBytes({n, h, w, c, f, pad}, algorithm);
}

void convoke_fused_convolution_forward_part(const float* x, const void* prepared, const float* bias, int32_t n,
                                            int32_t h, int32_t w, int32_t c, int32_t f, int32_t pad, int32_t algorithm,
                                            float* y, uint8_t* codes, void* workspace) {
    kernels().forward({n, h, w, c, f, pad}, {x, static_cast<const float*>(prepared), bias, y, codes}, algorithm,
                      workspace);
}

void convoke_fused_convolution_backward_data_part(const float* dy, const uint8_t* codes, const void* prepared,
                                                  int32_t n, int32_t h, int32_t w, int32_t c, int32_t f, int32_t pad,
                                                  int32_t algorithm, float* dx, void* workspace) {
    kernels().backwardData({n, h, w, c, f, pad}, {dy, codes, static_cast<const float*>(prepared), dx}, algorithm,
                           workspace);
}

void convoke_fused_convolution_backward_filters(const float* x, const float* dy, const uint8_t* codes, int32_t n,
                                                int32_t h, int32_t w, int32_t c, int32_t f, int32_t pad, int32_t from,
                                                int32_t to, float* dweights, float* dbias, void* workspace) {
    kernels().backwardFilters({n, h, w, c, f, pad}, {x, dy, codes, dweights, dbias}, from, to, workspace);
}

void convoke_fused_convolution_backward_groups(const float* x, const float* dy, const uint8_t* codes, int32_t n,
                                               int32_t h, int32_t w, int32_t f, int32_t pad, float* sums,
                                               void* workspace) {
    kernels().backwardGroups({n, h, w, 1, f, pad}, {x, dy, codes, nullptr, nullptr}, sums, workspace);
}

void convoke_fused_convolution_combine_groups(const float* sums, int32_t n, int32_t f, float* dweights, float* dbias) {
    kernels().combineGroups({n, 2, 2, 1, f, 1}, sums, {nullptr, nullptr, nullptr, dweights, dbias});
}

int32_t convoke_fused_convolution_forward_algorithm(int32_t n, int32_t h, int32_t w, int32_t c, int32_t f,
                                                    int32_t pad) {
    return kernels().chooseForward({n, h, w, c, f, pad});
}
