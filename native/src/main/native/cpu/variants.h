/* The kernels that exist once per instruction set. */
#ifndef CONVOKE_CPU_VARIANTS_H
#define CONVOKE_CPU_VARIANTS_H

#include "../kernels.h"
#include "instruction_set.h"

CONVOKE_VARIANTS(measure_multiply_add)
CONVOKE_VARIANTS(gather)
CONVOKE_VARIANTS(augment)
CONVOKE_VARIANTS(elastic_field)
CONVOKE_VARIANTS(dropout)
CONVOKE_VARIANTS(relu_dropout_backward)
CONVOKE_VARIANTS(loss_run)
CONVOKE_VARIANTS(parameters_update)
CONVOKE_VARIANTS(parameters_penalty)
CONVOKE_VARIANTS(parameters_square_sum)
CONVOKE_VARIANTS(accumulate)
CONVOKE_VARIANTS(max_pool_forward)
CONVOKE_VARIANTS(max_pool_backward)
CONVOKE_VARIANTS(average_pool_forward)
CONVOKE_VARIANTS(average_pool_backward)
CONVOKE_VARIANTS(add)
CONVOKE_VARIANTS(copy_channels)
CONVOKE_VARIANTS(transpose_batch)
CONVOKE_VARIANTS(global_average_pool_forward)
CONVOKE_VARIANTS(global_average_pool_backward)
CONVOKE_VARIANTS(global_max_pool_forward)
CONVOKE_VARIANTS(global_max_pool_backward)
CONVOKE_VARIANTS(batch_norm_forward)
CONVOKE_VARIANTS(batch_norm_backward)
CONVOKE_VARIANTS(batch_norm_inference)
CONVOKE_VARIANTS(activation_forward)
CONVOKE_VARIANTS(activation_backward)
CONVOKE_VARIANTS(dense_prepare)
CONVOKE_VARIANTS(dense_forward)
CONVOKE_VARIANTS(dense_backward_data)
CONVOKE_VARIANTS(dense_backward_units)

#endif
