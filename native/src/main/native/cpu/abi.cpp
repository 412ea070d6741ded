/* The C entry points: each hands over to the variant for the instruction set in use. */
#include "variants.h"

extern "C" {

int64_t convoke_measure_multiply_add(int64_t rounds, float factor, float summand, float* means, int32_t threads) {
    return CONVOKE_VARIANT(measure_multiply_add)(rounds, factor, summand, means, threads);
}

void convoke_gather(const uint8_t* images, const int32_t* order, int32_t count, int32_t image_size, float* out,
                    int32_t threads) {
    CONVOKE_VARIANT(gather)(images, order, count, image_size, out, threads);
}

void convoke_augment(const uint8_t* images, int32_t h, int32_t w, int32_t c, const int32_t* order, int32_t count,
                     const float* affine, const uint8_t* flips, const float* displacement, const int32_t* erase,
                     float erase_value, void* workspace, float* out, int32_t threads) {
    CONVOKE_VARIANT(augment)
    (images, h, w, c, order, count, affine, flips, displacement, erase, erase_value, workspace, out, threads);
}

int64_t convoke_augment_workspace_bytes(int32_t h, int32_t w, int32_t c, int32_t threads) {
    /* Rows and columns as floats; a thread: a plane of packed corners, and as much again, the bytes of one channel. */
    (void)c;
    return (int64_t)h * w * (8 + 8 * (int64_t)threads);
}

void convoke_elastic_field(uint64_t seed, uint32_t epoch, uint32_t first_position, int32_t count, int32_t h, int32_t w,
                           float alpha, const float* taps, int32_t radius, void* workspace, float* out,
                           int32_t threads) {
    CONVOKE_VARIANT(elastic_field)
    (seed, epoch, first_position, count, h, w, alpha, taps, radius, workspace, out, threads);
}

int64_t convoke_elastic_field_workspace_bytes(int32_t h, int32_t w, int32_t threads) {
    return (int64_t)h * w * 4 * threads;
}

void convoke_dropout(const float* x, float* y, int32_t count, int32_t channels, int32_t spatial, uint64_t seed,
                     uint32_t epoch, uint32_t first_position, uint32_t ordinal, uint32_t threshold, float scale,
                     int32_t threads) {
    CONVOKE_VARIANT(dropout)
    (x, y, count, channels, spatial, seed, epoch, first_position, ordinal, threshold, scale, threads);
}

void convoke_relu_dropout_backward(const float* y, const float* dy, float* dx, int64_t count, float scale,
                                   int32_t threads) {
    CONVOKE_VARIANT(relu_dropout_backward)(y, dy, dx, count, scale, threads);
}

void convoke_loss_run(const convoke_loss* loss, const float* outputs, const void* targets, const float* class_weights,
                      int32_t n, float gradient_scale, float* gradient, float* losses, float* metrics,
                      int32_t* predictions, float* confidences, float* answers, int32_t threads) {
    CONVOKE_VARIANT(loss_run)
    (loss, outputs, targets, class_weights, n, gradient_scale, gradient, losses, metrics, predictions, confidences,
     answers, threads);
}

void convoke_parameters_update(const convoke_update_rule* rule, float* parameters, const float* gradients, float* m,
                               float* v, float* average, const convoke_parameter* ranges, int32_t range_count,
                               double* penalty, int32_t threads) {
    CONVOKE_VARIANT(parameters_update)
    (rule, parameters, gradients, m, v, average, ranges, range_count, penalty, threads);
}

double convoke_parameters_penalty(const float* parameters, const convoke_parameter* ranges, int32_t range_count,
                                  int32_t threads) {
    return CONVOKE_VARIANT(parameters_penalty)(parameters, ranges, range_count, threads);
}

double convoke_parameters_square_sum(const float* parameters, const float* gradients, float clip_value,
                                     const convoke_parameter* ranges, int32_t range_count, int32_t threads) {
    return CONVOKE_VARIANT(parameters_square_sum)(parameters, gradients, clip_value, ranges, range_count, threads);
}

void convoke_accumulate(float* sum, const float* gradients, const convoke_parameter* ranges, int32_t range_count,
                        int32_t first, int32_t threads) {
    CONVOKE_VARIANT(accumulate)(sum, gradients, ranges, range_count, first, threads);
}

void convoke_max_pool_forward(const convoke_pooling_shape* shape, const float* x, float* y, uint8_t* codes,
                              int32_t threads) {
    CONVOKE_VARIANT(max_pool_forward)(shape, x, y, codes, threads);
}

void convoke_max_pool_backward(const convoke_pooling_shape* shape, const float* dy, const uint8_t* codes, float* dx,
                               int32_t threads) {
    CONVOKE_VARIANT(max_pool_backward)(shape, dy, codes, dx, threads);
}

void convoke_average_pool_forward(const convoke_pooling_shape* shape, const float* x, float* y, int32_t threads) {
    CONVOKE_VARIANT(average_pool_forward)(shape, x, y, threads);
}

void convoke_average_pool_backward(const convoke_pooling_shape* shape, const float* dy, float* dx, int32_t threads) {
    CONVOKE_VARIANT(average_pool_backward)(shape, dy, dx, threads);
}

void convoke_add(const float* a, const float* b, float* y, int64_t count, int32_t rectified, int32_t threads) {
    CONVOKE_VARIANT(add)(a, b, y, count, rectified, threads);
}

void convoke_copy_channels(const float* from, int32_t from_channels, int32_t from_first, float* to, int32_t to_channels,
                           int32_t to_first, int64_t rows, int32_t channels, int32_t threads) {
    CONVOKE_VARIANT(copy_channels)
    (from, from_channels, from_first, to, to_channels, to_first, rows, channels, threads);
}

void convoke_transpose_batch(const float* in, int32_t n, int32_t rows, int32_t columns, float* out, int32_t threads) {
    CONVOKE_VARIANT(transpose_batch)(in, n, rows, columns, out, threads);
}

void convoke_global_average_pool_forward(const float* x, int32_t n, int32_t pixels, int32_t channels, float* y,
                                         int32_t threads) {
    CONVOKE_VARIANT(global_average_pool_forward)(x, n, pixels, channels, y, threads);
}

void convoke_global_average_pool_backward(const float* dy, int32_t n, int32_t pixels, int32_t channels, float* dx,
                                          int32_t threads) {
    CONVOKE_VARIANT(global_average_pool_backward)(dy, n, pixels, channels, dx, threads);
}

void convoke_global_max_pool_forward(const float* x, int32_t n, int32_t pixels, int32_t channels, float* y,
                                     int32_t* codes, int32_t threads) {
    CONVOKE_VARIANT(global_max_pool_forward)(x, n, pixels, channels, y, codes, threads);
}

void convoke_global_max_pool_backward(const float* dy, const int32_t* codes, int32_t n, int32_t pixels,
                                      int32_t channels, float* dx, int32_t threads) {
    CONVOKE_VARIANT(global_max_pool_backward)(dy, codes, n, pixels, channels, dx, threads);
}

int64_t convoke_batch_norm_workspace_bytes(int32_t channels) {
    /* A double a chunk and channel, then three floats a channel. */
    return (int64_t)channels * (8 * CONVOKE_CHUNKS + 12);
}

void convoke_batch_norm_forward(const float* x, int64_t rows, int32_t channels, const float* gamma, const float* beta,
                                float epsilon, float momentum, int32_t running_kind, float* running_mean,
                                float* running_variance, float* mean, float* inv_std, float* y, void* workspace,
                                int32_t threads) {
    CONVOKE_VARIANT(batch_norm_forward)
    (x, rows, channels, gamma, beta, epsilon, momentum, running_kind, running_mean, running_variance, mean, inv_std, y,
     workspace, threads);
}

void convoke_batch_norm_backward(const float* x, const float* dy, int64_t rows, int32_t channels, const float* gamma,
                                 const float* mean, const float* inv_std, float* dgamma, float* dbeta, float* dx,
                                 void* workspace, int32_t threads) {
    CONVOKE_VARIANT(batch_norm_backward)
    (x, dy, rows, channels, gamma, mean, inv_std, dgamma, dbeta, dx, workspace, threads);
}

void convoke_batch_norm_inference(const float* x, int64_t rows, int32_t channels, const float* gamma,
                                  const float* beta, float epsilon, const float* running_mean,
                                  const float* running_variance, float* y, int32_t threads) {
    CONVOKE_VARIANT(batch_norm_inference)
    (x, rows, channels, gamma, beta, epsilon, running_mean, running_variance, y, threads);
}

void convoke_activation_forward(int32_t kind, const float* x, float* y, int64_t count, float slope, int32_t threads) {
    CONVOKE_VARIANT(activation_forward)(kind, x, y, count, slope, threads);
}

void convoke_activation_backward(int32_t kind, const float* x, const float* y, const float* dy, float* dx,
                                 int64_t count, float slope, int32_t threads) {
    CONVOKE_VARIANT(activation_backward)(kind, x, y, dy, dx, count, slope, threads);
}

/* Units to a whole number of the widest vectors. */
static int64_t padded_units(int32_t units) { return ((int64_t)units + 15) / 16 * 16; }

int64_t convoke_dense_prepared_bytes(int32_t inputs, int32_t units) { return 4 * inputs * padded_units(units); }

int64_t convoke_dense_workspace_bytes(int32_t n, int32_t units) { return 4 * n * padded_units(units); }

void convoke_dense_prepare(const float* weights, int32_t inputs, int32_t units, int32_t from, int32_t to,
                           float* transposed) {
    CONVOKE_VARIANT(dense_prepare)(weights, inputs, units, from, to, transposed);
}

void convoke_dense_forward(const float* x, const float* transposed, const float* bias, int32_t n, int32_t inputs,
                           int32_t units, int32_t rectified, float* y, void* workspace) {
    CONVOKE_VARIANT(dense_forward)(x, transposed, bias, n, inputs, units, rectified, y, workspace);
}

void convoke_dense_backward_data(const float* dy, const float* weights, int32_t n, int32_t inputs, int32_t units,
                                 float* dx) {
    CONVOKE_VARIANT(dense_backward_data)(dy, weights, n, inputs, units, dx);
}

void convoke_dense_backward_units(const float* x, const float* dy, int32_t n, int32_t inputs, int32_t units,
                                  int32_t from, int32_t to, float* dweights, float* dbias, void* workspace) {
    CONVOKE_VARIANT(dense_backward_units)(x, dy, n, inputs, units, from, to, dweights, dbias, workspace);
}

}  // extern "C"
