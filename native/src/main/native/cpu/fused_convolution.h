/*
 * The fused group of Convoke's networks: convolution 3x3, stride 1, + bias + ReLU + max pooling 2x2, stride 2.
 *
 *   z[n][i][j][f] = sum over ky, kx, c of x[n][i + ky - pad][j + kx - pad][c] * weights[f][ky][kx][c], x = 0 outside
 *   y[n][p][q][f] = max(0, bias[f] + max of z[n][2p + r][2q + s][f] over r, s in {0, 1})
 *
 * With CH = H + 2 pad - 2 and CW = W + 2 pad - 2 the pooled map is PH = CH / 2 by PW = CW / 2, rounded down: an odd
 * last row or column of z reaches no window and is not computed.
 *
 * Only one of the four elements of a window can have a gradient, and only where y > 0. The forward pass leaves a code
 * for each window; the backward passes walk over the windows whose code is alive and whose gradient is not zero, and
 * skip everything else. They skip zeros only: the result is that of a dense computation up to the order of its sums.
 *
 * The passes come in parts, for a caller that splits a step itself: `n` images of a batch, or filters [from, to) of
 * all. Each call is one thread's. Filters are put into the order that the passes read once a step, not once a part:
 * prepare writes filters [from, to), multiples of 16, of `prepared`; different ranges may be prepared at the same time,
 * and a pass may run when all are. However images and filters are cut, results are the same bits.
 *
 * - All of it is float32. Between instruction sets results differ in rounding: sums run along vectors, and only some
 *   sets have a fused multiply-add.
 * - `workspace` has at least convoke_fused_convolution_part_workspace(...) bytes and holds nothing between calls.
 * - c is 1 or a multiple of 16, f a multiple of 16, pad 0 or 1, n >= 1, and h, w such that PH, PW >= 1.
 *   convoke_fused_convolution_supports says whether a layer fits; a call with another shape is undefined behaviour.
 */
#ifndef CONVOKE_FUSED_CONVOLUTION_H
#define CONVOKE_FUSED_CONVOLUTION_H

#include <stdint.h>

/* The same words as in kernels.h, so that the two may be included in any order. */
#if defined(CONVOKE_BUILD)
#define CONVOKE_API __attribute__((visibility("default")))
#else
#define CONVOKE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Code of a window without a gradient: its maximum plus bias is not positive. */
#define CONVOKE_FUSED_CONVOLUTION_DEAD 4

/* 1 if the calls below serve this group (kernel, stride, pad and pooling are square), else 0. */
CONVOKE_API int32_t convoke_fused_convolution_supports(int32_t c, int32_t f, int32_t kernel, int32_t stride,
                                                       int32_t pad, int32_t pool, int32_t pool_stride);

/* Bytes of `prepared`, which begins at a multiple of 64 bytes. `algorithm` as forward_algorithm gives it. */
CONVOKE_API int64_t convoke_fused_convolution_prepared_bytes(int32_t c, int32_t f, int32_t algorithm);

/* Puts filters [from, to) into the order that the passes read. */
CONVOKE_API void convoke_fused_convolution_prepare(const float* weights /* [F, 3, 3, C] */, int32_t c, int32_t f,
                                                   int32_t algorithm, int32_t from, int32_t to, void* prepared);

/* Bytes of workspace, enough for each of the calls below with up to n images. */
CONVOKE_API int64_t convoke_fused_convolution_part_workspace(int32_t n, int32_t h, int32_t w, int32_t c, int32_t f,
                                                             int32_t pad, int32_t algorithm);

/*
 * The forward pass. codes: 0..3 = 2 * row + column of the maximum inside its window, the lowest on a tie of the values
 * as computed (a Winograd form may round equal outputs apart); CONVOKE_FUSED_CONVOLUTION_DEAD where y = 0. Null when no
 * backward pass follows. NaN weights of a filter make its y NaN.
 */
CONVOKE_API void convoke_fused_convolution_forward_part(const float* x /* [n, H, W, C] */, const void* prepared,
                                                        const float* bias /* [F] */, int32_t n, int32_t h, int32_t w,
                                                        int32_t c, int32_t f, int32_t pad, int32_t algorithm,
                                                        float* y /* [n, PH, PW, F] */,
                                                        uint8_t* codes /* [n, PH, PW, F] or null */, void* workspace);

/* Gradient of the input; dx is set, not added to. */
CONVOKE_API void convoke_fused_convolution_backward_data_part(const float* dy /* [n, PH, PW, F] */,
                                                              const uint8_t* codes /* [n, PH, PW, F] */,
                                                              const void* prepared, int32_t n, int32_t h, int32_t w,
                                                              int32_t c, int32_t f, int32_t pad, int32_t algorithm,
                                                              float* dx /* [n, H, W, C] */, void* workspace);

/* c > 1: gradients of filters [from, to), multiples of 16, over all n images, set, not added to; the others stay. */
CONVOKE_API void convoke_fused_convolution_backward_filters(const float* x /* [n, H, W, C] */,
                                                            const float* dy /* [n, PH, PW, F] */,
                                                            const uint8_t* codes /* [n, PH, PW, F] */, int32_t n,
                                                            int32_t h, int32_t w, int32_t c, int32_t f, int32_t pad,
                                                            int32_t from, int32_t to,
                                                            float* dweights /* [F, 3, 3, C] */,
                                                            float* dbias /* [F] */, void* workspace);

/* Images whose weight gradients are added up before they are set down, c = 1. */
#define CONVOKE_FUSED_CONVOLUTION_GROUP 4

/*
 * c = 1: weight gradients of n images in groups of CONVOKE_FUSED_CONVOLUTION_GROUP, 9 taps and the bias of each filter;
 * combine adds the groups of a whole batch in order. A part that begins at a multiple of the group's size has its sums
 * at that group.
 */
CONVOKE_API void convoke_fused_convolution_backward_groups(const float* x /* [n, H, W] */,
                                                           const float* dy /* [n, PH, PW, F] */,
                                                           const uint8_t* codes /* [n, PH, PW, F] */, int32_t n,
                                                           int32_t h, int32_t w, int32_t f, int32_t pad,
                                                           float* sums /* [ceil(n / group), 10, F] */,
                                                           void* workspace);
CONVOKE_API void convoke_fused_convolution_combine_groups(const float* sums /* [ceil(n / group), 10, F] */, int32_t n,
                                                          int32_t f, float* dweights /* [F, 3, 3] */,
                                                          float* dbias /* [F] */);

/* How the forward pass computes its convolution. */
enum convoke_fused_convolution_algorithm {
    CONVOKE_FUSED_CONVOLUTION_SINGLE_CHANNEL = 1, /* c = 1: direct, all 9 weights of a filter in registers */
    CONVOKE_FUSED_CONVOLUTION_DIRECT = 2,         /* dot products along channels; weights used as they lie */
    CONVOKE_FUSED_CONVOLUTION_WINOGRAD_2 = 3,     /* Winograd F(2x2, 3x3): 16 products for each 2x2 outputs */
    CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4 = 4      /* Winograd F(4x4, 3x3): 36 products for each 4x4 outputs */
};

/* The algorithm that costs least for a batch of this shape; any that serves its c may be asked for. */
CONVOKE_API int32_t convoke_fused_convolution_forward_algorithm(int32_t n, int32_t h, int32_t w, int32_t c, int32_t f,
                                                                int32_t pad);

#ifdef __cplusplus
}
#endif

#endif
