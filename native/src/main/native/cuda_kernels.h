/*
 * The C ABI of Convoke's own CUDA kernels: what cuDNN and cuBLAS do not fuse. This header is all that a caller needs.
 *
 * Conventions
 * - As in kernels.h: tensors are dense, NHWC; formulas, enums, segments and shapes are the same, and so is the
 *   arithmetic, which comes from the same functors. Every pointer is device memory unless a comment says 'host'.
 *   Tensors of `type` hold float32 or bfloat16; parameters, gradients of parameters, statistics, sums and losses are
 *   float32 or wider whatever the type. Every pointer to float32, bfloat16, codes or workspace must be aligned to 16
 *   bytes, so that a thread can move 16 at once; the memory map gives 256.
 * - Every call queues work on `stream` and returns the CUDA error of the launch, 0 for none. No call allocates,
 *   synchronises, or passes a value that changes from step to step: those lie in a convoke_step_state on the device, so
 *   that a captured step can be replayed for a whole epoch.
 * - Same bits every time: no atomics on floats; sums run in a fixed order. What sums over the whole grid counts its
 *   blocks in a step state, so that calls which are given the same state must not run at the same time.
 * - A `workspace` holds nothing between calls; null where its size is 0.
 * - The library links the CUDA runtime statically and loads without a driver: convoke_cuda_device_count tells.
 */
#ifndef CONVOKE_CUDA_KERNELS_H
#define CONVOKE_CUDA_KERNELS_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Changes with every change of a signature, a struct or a meaning below. */
#define CONVOKE_CUDA_ABI_VERSION 2

/* cudaStream_t. */
typedef void* convoke_stream;

/* Number format of a tensor. */
enum convoke_type { CONVOKE_FLOAT32 = 0, CONVOKE_BFLOAT16 = 1 };

/* ------------------------------------------------------------------------------------------------------------------ *
 * Library and devices
 * ------------------------------------------------------------------------------------------------------------------ */

/* What a device is; host memory. Versions as CUDA counts them: 13000 is 13.0. */
typedef struct convoke_cuda_device {
    char name[256];
    int32_t compute_major;
    int32_t compute_minor;
    int32_t multiprocessors;
    int32_t driver_version;  /* newest CUDA version that the driver serves */
    int32_t runtime_version; /* of this library's own runtime */
    int32_t unused;          /* 0 */
    int64_t total_memory;    /* bytes */
} convoke_cuda_device;

/* CONVOKE_CUDA_ABI_VERSION of the library that was loaded. */
CONVOKE_API int32_t convoke_cuda_abi_version(void);

/* Devices that the driver offers, to `count` (host). Without a driver: 0 devices and the error that says so. */
CONVOKE_API int32_t convoke_cuda_device_count(int32_t* count);

/* Newest CUDA version that the installed driver serves, to `version` (host); 0 where there is no driver. */
CONVOKE_API int32_t convoke_cuda_driver_version(int32_t* version);

/* Facts of device `ordinal`, to `facts` (host); makes no context on it, which would take memory and time. */
CONVOKE_API int32_t convoke_cuda_device_facts(int32_t ordinal, convoke_cuda_device* facts);

/*
 * Makes device `ordinal` that of the calling thread in this library's own CUDA runtime, as cudaSetDevice does in the
 * caller's: each runtime keeps a device for every thread.
 */
CONVOKE_API int32_t convoke_cuda_use_device(int32_t ordinal);

/* Name and text of a CUDA error, such as "cudaErrorNoDevice: no CUDA-capable device is detected". */
CONVOKE_API const char* convoke_cuda_error_text(int32_t error);

/* ------------------------------------------------------------------------------------------------------------------ *
 * What changes from step to step
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * The state of a range of steps, one for each trial, on the device. The host sets it before the range and reads the
 * sums after it; the last kernel of a step advances it.
 */
typedef struct convoke_step_state {
    double loss_sum;        /* sum of the images' losses */
    double penalty_sum;     /* sum over steps of the penalty before the step, times the step's images */
    double metric_sums[2];  /* sums of the images' metrics, as convoke_loss_run gives them */
    int64_t images;         /* images seen */
    int32_t epoch;          /* of Philox' counter */
    int32_t step;           /* of the epoch, which picks the rates */
    int32_t first_position; /* position in the epoch's order of the step's first image */
    float gradient_scale;   /* factor of clipping by norm; 1 where nothing is clipped */
    uint32_t blocks_done;   /* of the kernel that runs; 0 between kernels */
    uint32_t unused[5];     /* 0 */
} convoke_step_state;

/* What the schedule gives for a step of the epoch whose gradients may be added up before they move anything. */
typedef struct convoke_step_plan {
    float learning_rate;
    float step_size;  /* ADAM, ADAMW: learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t), t being the number of the
                         update, not of the step; else the learning rate */
    float loss_scale; /* of the losses' gradients: usually 1 / images of all steps whose gradients are added up */
    int32_t updates;  /* 1: the step's end moves the parameters; 0: it leaves its gradients to those that follow */
} convoke_step_plan;

/* step + 1, first_position + batch, images + batch; for passes without an optimizer. */
CONVOKE_API int32_t convoke_cuda_advance(convoke_step_state* state, int32_t batch, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Data pipeline
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * A batch of the data set that lies on the device, and its targets: gathered in the epoch's order, warped, normalised.
 * Image i of the batch is at position p = min(state->first_position + i, positions - 1) and is images[order[p]];
 * affine, flips and erase are indexed by p, displacement by i. `affine` null gathers without a warp (then flips, erase
 * and displacement are null too). Formulas as convoke_gather and convoke_augment. Targets are rows of `target_words`
 * 32-bit words, such as an int32 class or float32 values, gathered as they are.
 */
CONVOKE_API int32_t convoke_cuda_load_examples(
    const uint8_t* images /* [total, h, w, c] */, const uint32_t* targets /* [total, target_words] */,
    int32_t target_words, int32_t total, const int32_t* order /* [positions] */, int32_t positions, int32_t h,
    int32_t w, int32_t c, const float* affine /* [positions, 6] or null */,
    const uint8_t* flips /* [positions] or null */, const float* displacement /* [count, 2, h, w] or null */,
    const int32_t* erase /* [positions, 4] or null */, float erase_value, const convoke_step_state* state,
    int32_t count, int32_t type, void* out /* [count, h, w, c] */, uint32_t* out_targets /* [count, target_words] */,
    convoke_stream stream);

/* Displacement fields of the batch at state->first_position; formula as convoke_elastic_field. */
CONVOKE_API int32_t convoke_cuda_elastic_field(uint64_t seed, const convoke_step_state* state, int32_t count, int32_t h,
                                               int32_t w, float alpha, const float* taps /* [2 * radius + 1] */,
                                               int32_t radius, float* workspace /* [count, 2, h, w] */,
                                               float* out /* [count, 2, h, w] */, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Dropout: formulas, masks, thresholds as in kernels.h; epoch and first position are the state's.
 * ------------------------------------------------------------------------------------------------------------------ */

/* y = kept ? x * scale : 0. In place allowed. The backward pass is the same call on gradients. */
CONVOKE_API int32_t convoke_cuda_dropout(int32_t type, const void* x /* [count, spatial, channels] */, void* y,
                                         int32_t count, int32_t channels, int32_t spatial, uint64_t seed,
                                         const convoke_step_state* state, uint32_t ordinal, uint32_t threshold,
                                         float scale, convoke_stream stream);

/* y = kept ? max(x + bias, 0) * scale : 0. In place allowed. `bias` null adds nothing; threshold 0 keeps all. */
CONVOKE_API int32_t convoke_cuda_bias_relu_dropout_forward(int32_t type, const void* x /* [count, units] */,
                                                           const float* bias /* [units] or null */, void* y,
                                                           int32_t count, int32_t units, uint64_t seed,
                                                           const convoke_step_state* state, uint32_t ordinal,
                                                           uint32_t threshold, float scale, convoke_stream stream);

/* dx = y > 0 ? dy * scale : 0, where y is the forward's output. In place allowed (dx and dy). */
CONVOKE_API int32_t convoke_cuda_relu_dropout_backward(int32_t type, const void* y /* [count] */, const void* dy,
                                                       void* dx, int64_t count, float scale, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Losses
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * Losses, gradients, metrics and answers of a batch, and the sums of `state`; formulas as convoke_loss_run, `loss` is
 * host memory, read when queued. Image i is at position p = state->first_position + i; images at `positions` or beyond
 * fill a last batch up: loss, metrics and gradient are 0, nothing else is written. predictions, confidences and answers
 * are indexed by p.
 *
 * gradient = d loss / d x * weight * plans[min(state->step, steps - 1)].loss_scale, in place allowed; `plans` null
 * scales by the weight alone. state->loss_sum gets the sum of the losses times the weight, state->metric_sums the sums
 * of the metrics; `sums`, where not null, gets the sum of the losses as they are and the two sums of the metrics, all
 * added to what is there: so each of several losses, one call after the other, has its own.
 */
CONVOKE_API int32_t convoke_cuda_loss(const convoke_loss* loss, int32_t type, const void* outputs /* [count, k] */,
                                      const void* targets /* int32 [count] or float32 [count, k] */,
                                      const float* class_weights /* [k] or null */, int32_t count, int32_t positions,
                                      float weight, const convoke_step_plan* plans /* [steps] or null */, int32_t steps,
                                      void* gradient /* [count, k] or null */, float* losses /* [count] */,
                                      float* metrics /* [count, 2] */, int32_t* predictions /* [positions] or null */,
                                      float* confidences /* [positions] or null */,
                                      float* answers /* [positions, k] or null */, double* sums /* [3] or null */,
                                      convoke_step_state* state, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Updates of parameters, range by range
 *
 * Ranges lie in ascending order and do not overlap, on the device. plans[min(state->step, steps - 1)] is the step's.
 * ------------------------------------------------------------------------------------------------------------------ */

/* What does not change during a run; host memory, read when the call is queued. Fields as convoke_update_rule. */
typedef struct convoke_cuda_update_rule {
    int32_t kind;                /* enum convoke_optimizer */
    int32_t nesterov;            /* SGD */
    int32_t epsilon_inside_root; /* RMSPROP */
    int32_t unused;              /* 0 */
    float momentum;
    float rho;
    float beta1;
    float beta2;
    float epsilon;
    float clip_value;    /* bound of each gradient, penalties included; 0 for none */
    float clip_norm;     /* largest norm of all gradients together; 0 clips nothing */
    float average_decay; /* of the parameters' moving average; read where there is one */
} convoke_cuda_update_rule;

/* Bytes of workspace that the calls below need; which of them does, its signature says. */
CONVOKE_API int64_t convoke_cuda_optimizer_workspace_bytes(int64_t arena_size);

/*
 * Adds a step's gradients to those of the steps before it: sum = gradients where the step is the first of those whose
 * gradients are added up, that is where it is step 0 or the step before it moved the parameters (plans[step -
 * 1].updates = 1), else sum += gradients. Over the ranges that are not frozen; before the update, which then reads
 * `sum`.
 */
CONVOKE_API int32_t convoke_cuda_accumulate(float* sum, const float* gradients,
                                            const convoke_parameter* ranges /* [range_count] */, int32_t range_count,
                                            int64_t arena_size, const convoke_step_plan* plans /* [steps] */,
                                            int32_t steps, const convoke_step_state* state, convoke_stream stream);

/*
 * state->gradient_scale = min(1, clip_norm / norm), the norm being the root of convoke_parameters_square_sum. Only
 * where clip_norm > 0, before the update; does nothing in a step that moves nothing.
 */
CONVOKE_API int32_t convoke_cuda_parameters_clip(const convoke_cuda_update_rule* rule, const float* parameters,
                                                 const float* gradients, const convoke_parameter* ranges,
                                                 int32_t range_count, int64_t arena_size,
                                                 const convoke_step_plan* plans, int32_t steps, void* workspace,
                                                 convoke_step_state* state, convoke_stream stream);

/*
 * Updates every range that is not frozen as convoke_parameters_update does, its average too, and writes the new
 * parameters to `compute` as well, cast to bfloat16, where that is not null (same offsets). A step whose plan says
 * updates = 0 moves nothing. In any case adds the penalty before the update, times `batch`, to state->penalty_sum, then
 * advances the state as convoke_cuda_advance does.
 */
CONVOKE_API int32_t convoke_cuda_parameters_update(const convoke_cuda_update_rule* rule, float* parameters,
                                                   const float* gradients, float* m, float* v,
                                                   float* average /* or null */, void* compute /* or null */,
                                                   const convoke_parameter* ranges, int32_t range_count,
                                                   int64_t arena_size, const convoke_step_plan* plans, int32_t steps,
                                                   int32_t batch, void* workspace, convoke_step_state* state,
                                                   convoke_stream stream);

/* The penalty of the parameters as they are, to `penalty` [1]. */
CONVOKE_API int32_t convoke_cuda_parameters_penalty(const float* parameters, const convoke_parameter* ranges,
                                                    int32_t range_count, int64_t arena_size, void* workspace,
                                                    double* penalty, convoke_step_state* state, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Pooling
 * ------------------------------------------------------------------------------------------------------------------ */

/* Code of a window whose maximum is not positive: ReLU lets nothing through, and no gradient comes back. */
#define CONVOKE_DEAD_WINDOW 255

/*
 * Bias, ReLU and 2x2 max pooling of stride 2 in one pass: y = max(0, max of the window + bias); an odd last row or
 * column takes no part. codes = 0 to 3, row by row, the first maximum, or CONVOKE_DEAD_WINDOW. `bias` null adds
 * nothing; `codes` null when no backward pass follows. Output [n, h / 2, w / 2, c].
 */
CONVOKE_API int32_t convoke_cuda_relu_max_pool_forward(int32_t type, const void* x /* [n, h, w, c] */,
                                                       const float* bias /* [c] or null */, int32_t n, int32_t h,
                                                       int32_t w, int32_t c, void* y, uint8_t* codes,
                                                       convoke_stream stream);

/* Bytes of workspace that the backward call needs where it gives dbias, else 0. */
CONVOKE_API int64_t convoke_cuda_relu_max_pool_workspace_bytes(int32_t n, int32_t h, int32_t w, int32_t c);

/*
 * Every element of dx [n, h, w, c] is set: the window's gradient where its code points, 0 elsewhere. dbias = the sums
 * of the gradients of the windows that are alive, in the same pass, for the bias that the forward call or the
 * convolution before it had added; null where nobody wants them.
 */
CONVOKE_API int32_t convoke_cuda_relu_max_pool_backward(int32_t type, const void* dy /* [n, h / 2, w / 2, c] */,
                                                        const uint8_t* codes, int32_t n, int32_t h, int32_t w,
                                                        int32_t c, void* dx /* [n, h, w, c] */,
                                                        float* dbias /* [c] or null */, void* workspace,
                                                        convoke_step_state* state, convoke_stream stream);

/* Any window, padding on any side; as the four calls of kernels.h. `shape` is host memory, read when queued. */
CONVOKE_API int32_t convoke_cuda_max_pool_forward(int32_t type, const convoke_pooling_shape* shape, const void* x,
                                                  void* y, uint8_t* codes, convoke_stream stream);
CONVOKE_API int32_t convoke_cuda_max_pool_backward(int32_t type, const convoke_pooling_shape* shape, const void* dy,
                                                   const uint8_t* codes, void* dx, convoke_stream stream);
CONVOKE_API int32_t convoke_cuda_average_pool_forward(int32_t type, const convoke_pooling_shape* shape, const void* x,
                                                      void* y, convoke_stream stream);
CONVOKE_API int32_t convoke_cuda_average_pool_backward(int32_t type, const convoke_pooling_shape* shape, const void* dy,
                                                       void* dx, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Where the paths of a graph meet and part; as the calls of the same names in kernels.h
 * ------------------------------------------------------------------------------------------------------------------ */

/* y = a + b; with `rectified` not 0 its maximum with 0. In place allowed: y may be a, b or both. */
CONVOKE_API int32_t convoke_cuda_add(int32_t type, const void* a /* [count] */, const void* b, void* y, int64_t count,
                                     int32_t rectified, convoke_stream stream);

/* to[row][to_first + c] = from[row][from_first + c] for c in [0, channels); the other channels of `to` stay. */
CONVOKE_API int32_t convoke_cuda_copy_channels(int32_t type, const void* from /* [rows, from_channels] */,
                                               int32_t from_channels, int32_t from_first,
                                               void* to /* [rows, to_channels] */, int32_t to_channels,
                                               int32_t to_first, int64_t rows, int32_t channels, convoke_stream stream);

/* out[i][column][row] = in[i][row][column]. */
CONVOKE_API int32_t convoke_cuda_transpose_batch(int32_t type, const void* in /* [n, rows, columns] */, int32_t n,
                                                 int32_t rows, int32_t columns, void* out /* [n, columns, rows] */,
                                                 convoke_stream stream);

/* y = mean over the pixels. */
CONVOKE_API int32_t convoke_cuda_global_average_pool_forward(int32_t type, const void* x /* [n, pixels, channels] */,
                                                             int32_t n, int32_t pixels, int32_t channels,
                                                             void* y /* [n, channels] */, convoke_stream stream);

/* dx = dy / pixels, at each pixel. */
CONVOKE_API int32_t convoke_cuda_global_average_pool_backward(int32_t type, const void* dy /* [n, channels] */,
                                                              int32_t n, int32_t pixels, int32_t channels,
                                                              void* dx /* [n, pixels, channels] */,
                                                              convoke_stream stream);

/* y = maximum over the pixels, codes = where it was: the same that the CPU gives. */
CONVOKE_API int32_t convoke_cuda_global_max_pool_forward(int32_t type, const void* x /* [n, pixels, channels] */,
                                                         int32_t n, int32_t pixels, int32_t channels,
                                                         void* y /* [n, channels] */,
                                                         int32_t* codes /* [n, channels] or null */,
                                                         convoke_stream stream);

/* dx = dy at the pixel that the code names, 0 at the others. */
CONVOKE_API int32_t convoke_cuda_global_max_pool_backward(int32_t type, const void* dy /* [n, channels] */,
                                                          const int32_t* codes /* [n, channels] */, int32_t n,
                                                          int32_t pixels, int32_t channels,
                                                          void* dx /* [n, pixels, channels] */, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Batch normalisation, for what cuDNN does not serve: flat features, and the biased running variance
 * ------------------------------------------------------------------------------------------------------------------ */

/* Bytes of workspace that the two training calls need. */
CONVOKE_API int64_t convoke_cuda_batch_norm_workspace_bytes(int64_t rows, int32_t channels);

/* As convoke_batch_norm_forward; gamma and beta may be null here and in the two calls below. */
CONVOKE_API int32_t convoke_cuda_batch_norm_forward(int32_t type, const void* x /* [rows, channels] */, int64_t rows,
                                                    int32_t channels, const float* gamma, const float* beta,
                                                    float epsilon, float momentum, int32_t running_kind,
                                                    float* running_mean, float* running_variance,
                                                    float* mean /* [channels] */, float* inv_std /* [channels] */,
                                                    void* y, void* workspace, convoke_step_state* state,
                                                    convoke_stream stream);

/* As convoke_batch_norm_backward; dx may be dy, dgamma and dbeta may be null. */
CONVOKE_API int32_t convoke_cuda_batch_norm_backward(int32_t type, const void* x /* [rows, channels] */, const void* dy,
                                                     int64_t rows, int32_t channels, const float* gamma,
                                                     const float* mean, const float* inv_std, float* dgamma,
                                                     float* dbeta, void* dx, void* workspace, convoke_step_state* state,
                                                     convoke_stream stream);

/* As convoke_batch_norm_inference. */
CONVOKE_API int32_t convoke_cuda_batch_norm_inference(int32_t type, const void* x /* [rows, channels] */, int64_t rows,
                                                      int32_t channels, const float* gamma, const float* beta,
                                                      float epsilon, const float* running_mean,
                                                      const float* running_variance, void* y, convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * Activations, sums, layout
 * ------------------------------------------------------------------------------------------------------------------ */

/* As convoke_activation_forward. In place allowed. */
CONVOKE_API int32_t convoke_cuda_activation_forward(int32_t type, int32_t kind /* enum convoke_activation */,
                                                    const void* x, void* y, int64_t count, float slope,
                                                    convoke_stream stream);

/* As convoke_activation_backward. In place allowed (dx and dy). */
CONVOKE_API int32_t convoke_cuda_activation_backward(int32_t type, int32_t kind /* enum convoke_activation */,
                                                     const void* x, const void* y, const void* dy, void* dx,
                                                     int64_t count, float slope, convoke_stream stream);

/* y = x + bias, channel by channel. In place allowed. */
CONVOKE_API int32_t convoke_cuda_add_bias(int32_t type, const void* x /* [rows, channels] */,
                                          const float* bias /* [channels] */, int64_t rows, int32_t channels, void* y,
                                          convoke_stream stream);

/* Bytes of workspace that convoke_cuda_column_sums needs. */
CONVOKE_API int64_t convoke_cuda_column_sums_workspace_bytes(int64_t rows, int32_t channels);

/* sums[channel] = sum of column: the gradient of a bias. */
CONVOKE_API int32_t convoke_cuda_column_sums(int32_t type, const void* x /* [rows, channels] */, int64_t rows,
                                             int32_t channels, float* sums /* [channels] */, void* workspace,
                                             convoke_step_state* state, convoke_stream stream);

/* y [n, top + h + bottom, left + w + right, c] = x with zeros around it: padding that differs from side to side. */
CONVOKE_API int32_t convoke_cuda_pad(int32_t type, const void* x /* [n, h, w, c] */, int32_t n, int32_t h, int32_t w,
                                     int32_t c, int32_t top, int32_t left, int32_t bottom, int32_t right, void* y,
                                     convoke_stream stream);

/* The way back: the inner [n, h, w, c] of x [n, top + h + bottom, left + w + right, c]. */
CONVOKE_API int32_t convoke_cuda_crop(int32_t type, const void* x, int32_t n, int32_t h, int32_t w, int32_t c,
                                      int32_t top, int32_t left, int32_t bottom, int32_t right, void* y,
                                      convoke_stream stream);

/* to[i] = from[i] in another format. */
CONVOKE_API int32_t convoke_cuda_cast(int32_t from_type, const void* from, int32_t to_type, void* to, int64_t count,
                                      convoke_stream stream);

/* ------------------------------------------------------------------------------------------------------------------ *
 * The first convolution: one input channel, 3x3, stride 1, `pad` 0 or 1 on every side, with ReLU and 2x2 max pooling
 * ------------------------------------------------------------------------------------------------------------------ */

/*
 * y = max pool (ReLU (convolution + bias)), [n, ph, pw, filters] with ph = (h + 2 * pad - 2) / 2; codes as
 * convoke_cuda_relu_max_pool_forward. Filters: 8, 16, 32, 64 or 128; w up to 512.
 */
CONVOKE_API int32_t convoke_cuda_first_convolution_forward(int32_t type, const void* x /* [n, h, w] */,
                                                           const float* kernel /* [filters, 3, 3] */,
                                                           const float* bias /* [filters] */, int32_t n, int32_t h,
                                                           int32_t w, int32_t filters, int32_t pad, void* y,
                                                           uint8_t* codes, convoke_stream stream);

/* Bytes of workspace that the backward call needs. */
CONVOKE_API int64_t convoke_cuda_first_convolution_workspace_bytes(int32_t n, int32_t h, int32_t w, int32_t filters,
                                                                   int32_t pad);

/* dkernel and dbias from the gradient of the pooled output: only the elements that the codes point at are visited. */
CONVOKE_API int32_t convoke_cuda_first_convolution_backward(
    int32_t type, const void* x /* [n, h, w] */, const void* dy /* [n, ph, pw, filters] */, const uint8_t* codes,
    int32_t n, int32_t h, int32_t w, int32_t filters, int32_t pad, float* dkernel /* [filters, 3, 3] */,
    float* dbias /* [filters] */, void* workspace, convoke_step_state* state, convoke_stream stream);

#ifdef __cplusplus
}
#endif

#endif
