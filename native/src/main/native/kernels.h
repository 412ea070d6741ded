/*
 * The C ABI of Convoke's own CPU kernels. This header is all that a caller needs.
 *
 * Conventions
 * - Tensors are float32, dense, NHWC, unless a comment says otherwise. `[N, H, W, C]` names shape and layout, last axis
 *   fastest. uint8 images are the data set as it lies on disk: `[total, H, W, C]`.
 * - Pointers need their natural alignment only; 64 bytes is faster. Unless stated, input and output do not overlap;
 *   "in place" means that the two may be the same pointer.
 * - `threads` is the number of OpenMP threads that the call may use, at least 1. With 1 no parallel region is opened.
 * - Same bits: every result is the same for any `threads` and, but for the fused convolutions of
 *   cpu/fused_convolution.h and dense layers, for every instruction set. Work is cut into image or element ranges that
 *   write disjoint outputs; sums run over CONVOKE_CHUNKS fixed ranges that are added in order.
 * - No call allocates, locks, throws or prints. What needs scratch memory takes a `workspace` whose size its
 *   `..._workspace_bytes` function gives; it holds nothing between calls, and two calls at the same time need two.
 * - Sizes and indices are the caller's to check: a shape that contradicts a buffer is undefined behaviour.
 * - Chance: Philox4x32-10, key = (seed low 32 bits, seed high 32 bits), counter = (block, position, epoch,
 *   purpose | ordinal << 8). Word w of a stream is lane w % 4 of block w / 4. uniform = (word >> 8) * 2^-24, in [0, 1).
 */
#ifndef CONVOKE_KERNELS_H
#define CONVOKE_KERNELS_H

#include <stdint.h>

#if defined(CONVOKE_BUILD)
#define CONVOKE_API __attribute__((visibility("default")))
#else
#define CONVOKE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Changes with every change of a signature, a struct or a meaning below. */
#define CONVOKE_ABI_VERSION 3

/* Number of fixed ranges over which sums are cut, whatever the number of threads. */
#define CONVOKE_CHUNKS 8

/* ------------------------------------------------------------------------------------------------------------------ *
 * Library
 * ------------------------------------------------------------------------------------------------------------------ */

/* CONVOKE_ABI_VERSION of the library that was loaded. */
CONVOKE_API int32_t convoke_abi_version(void);

/*
 * The instruction set in use: "portable", "avx2" or "avx512". Chosen on the first call of any kernel: the widest that
 * the processor has, or the one that the environment variable CONVOKE_ISA names (read once; a name that is unknown or
 * that the processor lacks is ignored). The string lives as long as the library.
 */
CONVOKE_API const char* convoke_instruction_set(void);

/*
 * Uses the named instruction set from now on, in every thread; for tests and benchmarks, while no kernel runs.
 * Returns 0 when done, 1 when the name is unknown, 2 when the processor lacks it.
 */
CONVOKE_API int32_t convoke_force_instruction_set(const char* name);

/*
 * Sets the number of OpenMP threads of later parallel regions of the calling thread. oneDNN shares this runtime and
 * takes its thread count from there.
 */
CONVOKE_API void convoke_set_openmp_threads(int32_t threads);

/* One Philox4x32-10 block: key from `seed`, counter (c0, c1, c2, c3), four words to `words`. */
CONVOKE_API void convoke_philox(uint64_t seed, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3,
                                uint32_t* words /* [4] */);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Limits of the machine, for profiles: what an op attains is held against these
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * Multiply-adds without memory, for the peak of float32 arithmetic. Each thread holds chains z = z * factor + summand,
 * chain c of CONVOKE_MEASURE_CHAINS starting from c, and takes every one `rounds` times further; the multiply-add is
 * fused where the instruction set has it. means[t] is the mean of all values of thread t. Returns the floating-point
 * operations of all threads together, two a multiply-add.
 */
CONVOKE_API int64_t convoke_measure_multiply_add(int64_t rounds, float factor, float summand,
                                                 float* means /* [threads] */, int32_t threads);

/*
 * The same for products of bfloat16 that are added in float32: z = z + 2 * (factor * factor), the dot product of two
 * pairs, with `factor` rounded to bfloat16. Returns 0, and does nothing, where the processor has no such instruction.
 */
CONVOKE_API int64_t convoke_measure_bfloat16(int64_t rounds, float factor, float* means /* [threads] */,
                                             int32_t threads);

/* Chains of the two calls above, each a vector register; independent, so that their latencies overlap. */
#define CONVOKE_MEASURE_CHAINS 12

/* Copies `from` to `to`, `rounds` times, each thread a range of its own with the C library's memcpy. */
CONVOKE_API void convoke_measure_copy(const float* from /* [count] */, float* to /* [count] */, int64_t count,
                                      int64_t rounds, int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Data pipeline
 * ------------------------------------------------------------------------------------------------------------------ */

/* out[i] = (float) images[order[i]] / 255.0f, pixel by pixel. `image_size` = H * W * C. */
CONVOKE_API void convoke_gather(const uint8_t* images /* [total, image_size] */, const int32_t* order /* [count] */,
                                int32_t count, int32_t image_size, float* out /* [count, image_size] */,
                                int32_t threads);

/* Row i of `out` = row order[i] of `rows`, byte by byte: targets of any kind. `row_bytes` is a multiple of 4. */
CONVOKE_API void convoke_gather_rows(const void* rows /* [total, row_bytes] */, int64_t row_bytes,
                                     const int32_t* order /* [count] */, int32_t count,
                                     void* out /* [count, row_bytes] */);

/* Bits of a `flips` byte. */
enum convoke_flip { CONVOKE_FLIP_NONE = 0, CONVOKE_FLIP_HORIZONTAL = 1, CONVOKE_FLIP_VERTICAL = 2 };

/*
 * Gathers and augments, in one pass. For image i, with a = affine[i], the sampled picture s is
 *
 *   row = a0 * r + a1 * c + a2 (+ displacement[i][0][r][c])
 *   col = a3 * r + a4 * c + a5 (+ displacement[i][1][r][c])
 *   s[r][c] = bilinear(images[order[i]], clamp(row, 0, H - 1), clamp(col, 0, W - 1)) / 255
 *
 * which is scipy.ndimage.affine_transform with order=1, mode="nearest". Then flips: with CONVOKE_FLIP_HORIZONTAL output
 * column w - 1 - c is sampled column c, with CONVOKE_FLIP_VERTICAL output row h - 1 - r is sampled row r. Then every
 * channel of the output rectangle erase[i] = (row, col, height, width) is set to `erase_value`; it is cut off at the
 * picture's edge, and height or width 0 erases nothing. Coefficients must be finite; a coordinate that overflows is
 * clamped like any other.
 */
CONVOKE_API void convoke_augment(const uint8_t* images /* [total, h, w, c] */, int32_t h, int32_t w, int32_t c,
                                 const int32_t* order /* [count] */, int32_t count,
                                 const float* affine /* [count, 6] */, const uint8_t* flips /* [count] or null */,
                                 const float* displacement /* [count, 2, h, w] or null */,
                                 const int32_t* erase /* [count, 4] or null */, float erase_value, void* workspace,
                                 float* out /* [count, h, w, c] */, int32_t threads);

/* Bytes of workspace that convoke_augment needs. */
CONVOKE_API int64_t convoke_augment_workspace_bytes(int32_t h, int32_t w, int32_t c, int32_t threads);

/*
 * Displacement fields of elastic distortion (Simard, Steinkraus, Platt 2003). For image i the noise is
 * 2 * uniform - 1 of word axis * h * w + r * w + c of stream (position first_position + i, epoch, ELASTIC = 7); it is
 * blurred with `taps` along rows, then along columns, the edge value repeated outside, and multiplied by `alpha`.
 */
CONVOKE_API void convoke_elastic_field(uint64_t seed, uint32_t epoch, uint32_t first_position, int32_t count, int32_t h,
                                       int32_t w, float alpha, const float* taps /* [2 * radius + 1] */, int32_t radius,
                                       void* workspace, float* out /* [count, 2, h, w] */, int32_t threads);

/* Bytes of workspace that convoke_elastic_field needs. */
CONVOKE_API int64_t convoke_elastic_field_workspace_bytes(int32_t h, int32_t w, int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Dropout
 *
 * Feature f = channel * spatial + pixel of image n is kept iff (word f >> 8) >= threshold, the word taken from stream
 * (position first_position + n, epoch, DROPOUT = 2 | ordinal << 8). threshold = round(rate * 2^24), scale =
 * (float) (1 / (1 - rate)). For a dense layer channels = units and spatial = 1.
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * y = kept ? x * scale : 0. In place allowed. The backward pass is the same call on gradients: dx from dy, with the
 * same seed, epoch, first_position and ordinal; no mask is stored.
 */
CONVOKE_API void convoke_dropout(const float* x /* [count, spatial, channels] */, float* y, int32_t count,
                                 int32_t channels, int32_t spatial, uint64_t seed, uint32_t epoch,
                                 uint32_t first_position, uint32_t ordinal, uint32_t threshold, float scale,
                                 int32_t threads);

/*
 * dx = y > 0 ? dy * scale : 0, where y is what ReLU and then dropout gave: it is positive exactly where the unit was
 * active and kept, so no mask is needed. In place allowed (dx and dy).
 */
CONVOKE_API void convoke_relu_dropout_backward(const float* y /* [count] */, const float* dy, float* dx, int64_t count,
                                               float scale, int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Losses
 * ------------------------------------------------------------------------------------------------------------------ */

enum convoke_loss_kind {
    CONVOKE_SOFTMAX_CROSS_ENTROPY = 0,
    CONVOKE_SIGMOID_CROSS_ENTROPY = 1,
    CONVOKE_MEAN_SQUARED_ERROR = 2,
    CONVOKE_HUBER = 3
};

/* A loss and what it measures. Fields that the kind does not read may hold anything. */
typedef struct convoke_loss {
    int32_t kind;    /* enum convoke_loss_kind */
    int32_t outputs; /* k: classes, labels or values of an image; at least 1 */
    float smoothing; /* the cross-entropies: label smoothing */
    float delta;     /* HUBER: where the square ends and the line begins, above 0 */
    int32_t top_k;   /* SOFTMAX_CROSS_ENTROPY: of the second metric, at least 1 */
    int32_t unused;  /* 0 */
} convoke_loss;

/*
 * Losses, gradients, metrics and answers of n images in one pass. With x the image's outputs, t its targets:
 *
 * SOFTMAX_CROSS_ENTROPY: targets int32 [n], the class.
 *   loss = -sum_j target_j * log softmax(x)_j * class_weights[class], the maximum subtracted before exponentials, with
 *   target_j = (j == class ? 1 - smoothing : 0) + smoothing / k
 *   metrics: 1 if the class has the greatest output, the lowest index on a tie, else 0; 1 if fewer than top_k outputs
 *   exceed that of the class, else 0 (a NaN exceeds every number and itself)
 *   prediction = the greatest output's index; confidence = its softmax; answers = softmax(x)
 *
 * SIGMOID_CROSS_ENTROPY: targets float32 [n, k] in [0, 1], smoothed to t * (1 - smoothing) + smoothing / 2.
 *   loss = sum of (max(x, 0) - x * t + log(1 + exp(-|x|))) * class_weights / k
 *   metrics: share of the labels that are right, (x > 0) == (t > 1/2) before smoothing; 1 if all are, else 0
 *   prediction = x > 0 where k = 1, else the greatest output's index; confidence = the probability of that answer;
 *   answers = sigmoid(x)
 *
 * MEAN_SQUARED_ERROR: targets float32 [n, k]; e = x - t.
 *   loss = sum of e^2 * class_weights / k; metrics: mean of |e|, mean of e^2; answers = x; predictions and confidences
 *   stay as they are
 *
 * HUBER: as MEAN_SQUARED_ERROR, but for e^2 in the loss: e^2 / 2 where |e| <= delta, else delta * (|e| - delta / 2).
 *
 * gradient = d loss / d x * gradient_scale. `class_weights` null weighs everything with 1. `gradient` may be `outputs`;
 * `answers` must be memory of its own.
 */
CONVOKE_API void convoke_loss_run(const convoke_loss* loss, const float* outputs /* [n, k] */, const void* targets,
                                  const float* class_weights /* [k] or null */, int32_t n, float gradient_scale,
                                  float* gradient /* [n, k] or null */, float* losses /* [n] */,
                                  float* metrics /* [n, 2] */, int32_t* predictions /* [n] or null */,
                                  float* confidences /* [n] or null */, float* answers /* [n, k] or null */,
                                  int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Updates of parameters in one flat arena, range by range
 * ------------------------------------------------------------------------------------------------------------------ */

enum convoke_optimizer { CONVOKE_SGD = 0, CONVOKE_RMSPROP = 1, CONVOKE_ADAM = 2, CONVOKE_ADAMW = 3 };

/*
 * A range of the arena, and what an update does to it. What no range covers is neither read nor written. A tensor may
 * be one range or several, in one call or in several at the same time: it makes no difference to its parameters.
 */
typedef struct convoke_parameter {
    int64_t offset;     /* first element */
    int64_t length;     /* elements */
    float l1;           /* penalty l1 * sum |w| */
    float l2;           /* penalty l2 * sum w^2 */
    float weight_decay; /* ADAMW's decoupled decay; 0 where the range (a bias) is not to decay */
    float rate_factor;  /* multiplies the learning rate, and with it the decoupled decay; 1 for most */
    int32_t frozen;     /* 1: of the range nothing but its penalty is looked at, nothing written; else 0 */
    int32_t unused;     /* 0 */
} convoke_parameter;

/* What an update needs besides its buffers. Fields that the kind does not read may hold anything. */
typedef struct convoke_update_rule {
    int32_t kind;                /* enum convoke_optimizer */
    int32_t nesterov;            /* SGD: 1 for Nesterov momentum, 0 for plain */
    int32_t epsilon_inside_root; /* RMSPROP: 1 always, 0 with momentum only */
    int32_t unused;              /* 0 */
    int64_t step;                /* ADAM, ADAMW: t of this update, 1 for the first */
    float learning_rate;         /* after the schedule */
    float momentum;              /* SGD, RMSPROP; 0 for none */
    float rho;                   /* RMSPROP */
    float beta1;                 /* ADAM, ADAMW */
    float beta2;                 /* ADAM, ADAMW */
    float epsilon;               /* RMSPROP, ADAM, ADAMW */
    float clip_value;            /* bound of each gradient, penalties included; 0 for none */
    float gradient_scale;        /* 1, or the factor of clipping by norm */
    float average_decay;         /* of the parameters' moving average; read where there is one */
    float unused_too;            /* 0 */
} convoke_update_rule;

/*
 * Updates every range that is not frozen. With lr = learning_rate * rate_factor, sign(0) = 0 and
 *
 *   g = gradient_scale * clamp(grad + l1 * sign(w) + 2 * l2 * w, -clip_value, clip_value)
 *
 *   SGD       momentum 0: w -= lr * g. Else: m = momentum * m - lr * g; w += m,
 *             Nesterov: w += momentum * m - lr * g (with the new m)
 *   RMSPROP   v = rho * v + (1 - rho) * g^2; momentum 0: w -= lr * g / (sqrt(v) + epsilon), as Keras up to 2.10;
 *             with epsilon_inside_root = 1, as Keras from 2.11 on: w -= lr * g / sqrt(v + epsilon).
 *             Else TensorFlow's fused one, epsilon always inside the root:
 *             m = momentum * m + lr * g / sqrt(v + epsilon); w -= m
 *   ADAM      m += (1 - beta1) * (g - m); v += (1 - beta2) * (g^2 - v);
 *             w -= lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
 *   ADAMW     w -= lr * weight_decay * w, then as ADAM
 *
 * Then, where `average` is not null (Keras' use_ema): average = average_decay * average + (1 - average_decay) * w; it
 * starts as a copy of the parameters. `m` is read by SGD and RMSPROP with momentum and by ADAM, ADAMW; `v` by RMSPROP,
 * ADAM, ADAMW; null where not read. Both start as zeros. `penalty` (null for none) is set to convoke_parameters_penalty
 * before the update.
 */
CONVOKE_API void convoke_parameters_update(const convoke_update_rule* rule, float* parameters, const float* gradients,
                                           float* m /* or null */, float* v /* or null */, float* average /* or null */,
                                           const convoke_parameter* ranges /* [range_count] */, int32_t range_count,
                                           double* penalty, int32_t threads);

/* sum over ranges, frozen ones too, of l1 * sum |w| + l2 * sum w^2, in double. */
CONVOKE_API double convoke_parameters_penalty(const float* parameters, const convoke_parameter* ranges,
                                              int32_t range_count, int32_t threads);

/*
 * sum over ranges that are not frozen of clamp(grad + l1 * sign(w) + 2 * l2 * w, -clip_value, clip_value)^2, in double:
 * the square of the norm to clip by. Its chunks are cut from all ranges together, so that the last bits depend on how
 * the ranges are cut, but not on threads.
 */
CONVOKE_API double convoke_parameters_square_sum(const float* parameters, const float* gradients, float clip_value,
                                                 const convoke_parameter* ranges, int32_t range_count, int32_t threads);

/* sum = gradients where `first` is not 0, else sum += gradients; over the ranges that are not frozen. */
CONVOKE_API void convoke_accumulate(float* sum, const float* gradients, const convoke_parameter* ranges,
                                    int32_t range_count, int32_t first, int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Pooling
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * Output (oh, ow) looks at input rows oh * stride_height - pad_top + [0, window_height), columns likewise. What lies
 * outside the input does not take part: it is never the maximum and does not count in an average. Every window must
 * hold at least one input element. Padding at the bottom and right follows from the output size.
 */
typedef struct convoke_pooling_shape {
    int32_t count;         /* N */
    int32_t height;        /* H of the input */
    int32_t width;         /* W of the input */
    int32_t channels;      /* C */
    int32_t output_height; /* OH */
    int32_t output_width;  /* OW */
    int32_t window_height; /* window_height * window_width at most 256 */
    int32_t window_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t pad_top;
    int32_t pad_left;
} convoke_pooling_shape;

/*
 * Maximum of each window. codes = row * window_width + column of the maximum inside its window, the first in row order
 * on a tie; null when no backward pass follows. A NaN in a window is its maximum.
 */
CONVOKE_API void convoke_max_pool_forward(const convoke_pooling_shape* shape, const float* x /* [N, H, W, C] */,
                                          float* y /* [N, OH, OW, C] */, uint8_t* codes /* [N, OH, OW, C] or null */,
                                          int32_t threads);

/* Every input's gradient gathered from the windows whose code points at it; dx is set, not added to. */
CONVOKE_API void convoke_max_pool_backward(const convoke_pooling_shape* shape, const float* dy /* [N, OH, OW, C] */,
                                           const uint8_t* codes /* [N, OH, OW, C] */, float* dx /* [N, H, W, C] */,
                                           int32_t threads);

/* Mean over the elements of each window that lie inside the input. */
CONVOKE_API void convoke_average_pool_forward(const convoke_pooling_shape* shape, const float* x /* [N, H, W, C] */,
                                              float* y /* [N, OH, OW, C] */, int32_t threads);

/* dx is set, not added to. */
CONVOKE_API void convoke_average_pool_backward(const convoke_pooling_shape* shape, const float* dy /* [N, OH, OW, C] */,
                                               float* dx /* [N, H, W, C] */, int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Where the paths of a graph meet and part
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * y = a + b; with `rectified` not 0 its maximum with 0. In place allowed: y may be a, b or both. The gradient of a sum
 * goes to both summands as it is; behind ReLU it is that of convoke_activation_backward. With y = a the call also adds
 * up the gradients of a tensor that several operations read.
 */
CONVOKE_API void convoke_add(const float* a /* [count] */, const float* b /* [count] */, float* y /* [count] */,
                             int64_t count, int32_t rectified, int32_t threads);

/*
 * to[row][to_first + c] = from[row][from_first + c] for c in [0, channels); the other channels of `to` stay. A
 * concatenation is one call for each input, with from_first = 0; its backward pass is one call for each input's
 * gradient, with to_first = 0.
 */
CONVOKE_API void convoke_copy_channels(const float* from /* [rows, from_channels] */, int32_t from_channels,
                                       int32_t from_first, float* to /* [rows, to_channels] */, int32_t to_channels,
                                       int32_t to_first, int64_t rows, int32_t channels, int32_t threads);

/* out[i][column][row] = in[i][row][column]. NHWC to NCHW is n, H * W, C; the way back n, C, H * W. */
CONVOKE_API void convoke_transpose_batch(const float* in /* [n, rows, columns] */, int32_t n, int32_t rows,
                                         int32_t columns, float* out /* [n, columns, rows] */, int32_t threads);

/* y = mean over the pixels of x. */
CONVOKE_API void convoke_global_average_pool_forward(const float* x /* [n, pixels, channels] */, int32_t n,
                                                     int32_t pixels, int32_t channels, float* y /* [n, channels] */,
                                                     int32_t threads);

/* dx = dy / pixels, at each pixel; set, not added to. */
CONVOKE_API void convoke_global_average_pool_backward(const float* dy /* [n, channels] */, int32_t n, int32_t pixels,
                                                      int32_t channels, float* dx /* [n, pixels, channels] */,
                                                      int32_t threads);

/*
 * y = maximum over the pixels of x; codes = the pixel that it came from, the first one on a tie; null when no backward
 * pass follows. A NaN is the maximum; of several the last.
 */
CONVOKE_API void convoke_global_max_pool_forward(const float* x /* [n, pixels, channels] */, int32_t n, int32_t pixels,
                                                 int32_t channels, float* y /* [n, channels] */,
                                                 int32_t* codes /* [n, channels] or null */, int32_t threads);

/* dx = dy at the pixel that the code names, 0 at the others; set, not added to. */
CONVOKE_API void convoke_global_max_pool_backward(const float* dy /* [n, channels] */,
                                                  const int32_t* codes /* [n, channels] */, int32_t n, int32_t pixels,
                                                  int32_t channels, float* dx /* [n, pixels, channels] */,
                                                  int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Batch normalisation over rows = N * H * W of [rows, channels]
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * Which variance enters the running statistics. Keras of TensorFlow 2.8 takes the unbiased one (rows / (rows - 1)) for
 * 4-D tensors, where it runs its fused kernel, the biased one otherwise. The normalisation itself is always biased.
 */
enum convoke_running_variance { CONVOKE_BIASED = 0, CONVOKE_UNBIASED = 1 };

/* Bytes of workspace that the two training calls need. */
CONVOKE_API int64_t convoke_batch_norm_workspace_bytes(int32_t channels);

/*
 * y = (x - mean) * inv_std * gamma + beta with the batch's own statistics: inv_std = 1 / sqrt(variance + epsilon).
 * running = momentum * running + (1 - momentum) * batch's, for mean and for the variance that `running_kind` names.
 * `gamma` null scales by 1, `beta` null shifts by 0, here and in the two calls below. In place allowed only where no
 * backward pass follows: it needs x.
 */
CONVOKE_API void convoke_batch_norm_forward(const float* x /* [rows, channels] */, int64_t rows, int32_t channels,
                                            const float* gamma /* [channels] or null */,
                                            const float* beta /* [channels] or null */, float epsilon, float momentum,
                                            int32_t running_kind, float* running_mean /* [channels] */,
                                            float* running_variance /* [channels] */, float* mean /* [channels] */,
                                            float* inv_std /* [channels] */, float* y /* [rows, channels] */,
                                            void* workspace, int32_t threads);

/* dgamma, dbeta and dx (may be the same pointer as dy) from x and the statistics that the forward saved. */
CONVOKE_API void convoke_batch_norm_backward(const float* x /* [rows, channels] */, const float* dy, int64_t rows,
                                             int32_t channels, const float* gamma /* [channels] or null */,
                                             const float* mean, const float* inv_std,
                                             float* dgamma /* [channels] or null */,
                                             float* dbeta /* [channels] or null */, float* dx /* [rows, channels] */,
                                             void* workspace, int32_t threads);

/* y = (x - running_mean) / sqrt(running_variance + epsilon) * gamma + beta. In place allowed. */
CONVOKE_API void convoke_batch_norm_inference(const float* x /* [rows, channels] */, int64_t rows, int32_t channels,
                                              const float* gamma /* [channels] or null */,
                                              const float* beta /* [channels] or null */, float epsilon,
                                              const float* running_mean, const float* running_variance, float* y,
                                              int32_t threads);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Dense layers: y = weights x + bias
 *
 * One thread a call; a caller splits images (forward, data) or units (weights). What multiplies, x in the forward pass
 * and dy in the backward ones, is skipped where it is zero, as most of it is behind ReLU, pooling and dropout: a NaN or
 * an infinite number that a zero would have met does not spread. A result depends neither on how images or units are
 * split nor on `n`; between instruction sets sums differ in rounding.
 * ------------------------------------------------------------------------------------------------------------------ */

/* Bytes of the transposed weights [inputs, units to a multiple of 16]; all zeros before the first prepare. */
CONVOKE_API int64_t convoke_dense_prepared_bytes(int32_t inputs, int32_t units);

/* Bytes of workspace, enough for each of the calls below with up to n images. */
CONVOKE_API int64_t convoke_dense_workspace_bytes(int32_t n, int32_t units);

/* Copies units [from, to) to the transposed weights; different ranges may be written at the same time. */
CONVOKE_API void convoke_dense_prepare(const float* weights /* [units, inputs] */, int32_t inputs, int32_t units,
                                       int32_t from, int32_t to, float* transposed);

/* y = weights x + bias; with `rectified` not 0 its maximum with 0. */
CONVOKE_API void convoke_dense_forward(const float* x /* [n, inputs] */, const float* transposed,
                                       const float* bias /* [units] */, int32_t n, int32_t inputs, int32_t units,
                                       int32_t rectified, float* y /* [n, units] */, void* workspace);

/* dx is set, not added to. */
CONVOKE_API void convoke_dense_backward_data(const float* dy /* [n, units] */,
                                             const float* weights /* [units, inputs] */, int32_t n, int32_t inputs,
                                             int32_t units, float* dx /* [n, inputs] */);

/* Gradients of units [from, to) over all n images, set, not added to; the others stay. */
CONVOKE_API void convoke_dense_backward_units(const float* x /* [n, inputs] */, const float* dy /* [n, units] */,
                                              int32_t n, int32_t inputs, int32_t units, int32_t from, int32_t to,
                                              float* dweights /* [units, inputs] */, float* dbias /* [units] */,
                                              void* workspace);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Activations
 * ------------------------------------------------------------------------------------------------------------------ */

enum convoke_activation {
    CONVOKE_RELU = 0,
    CONVOKE_LEAKY_RELU = 1, /* x > 0 ? x : slope * x */
    CONVOKE_GELU = 2,       /* x * (1 + erf(x / sqrt 2)) / 2, not the tanh approximation */
    CONVOKE_TANH = 3,
    CONVOKE_SIGMOID = 4
};

/* y = activation(x). `slope` is read by CONVOKE_LEAKY_RELU. In place allowed. */
CONVOKE_API void convoke_activation_forward(int32_t kind /* enum convoke_activation */, const float* x, float* y,
                                            int64_t count, float slope, int32_t threads);

/*
 * dx = dy * activation'(x). RELU, TANH and SIGMOID read `y`, the forward's output; LEAKY_RELU and GELU read `x`, the
 * forward's input; the other may be null. The derivative at 0 is 0 for RELU and `slope` for LEAKY_RELU. In place
 * allowed (dx and dy).
 */
CONVOKE_API void convoke_activation_backward(int32_t kind /* enum convoke_activation */, const float* x, const float* y,
                                             const float* dy, float* dx, int64_t count, float slope, int32_t threads);

#ifdef __cplusplus
}
#endif

#endif
