/* Calls that need no vectors: version, threads, one Philox block, gathering of targets, transposition. */
#include <omp.h>
#include <stddef.h>

#include "../functors/philox.h"
#include "../kernels.h"

extern "C" {

int32_t convoke_abi_version(void) { return CONVOKE_ABI_VERSION; }

void convoke_set_openmp_threads(int32_t threads) { omp_set_num_threads(threads); }

void convoke_philox(uint64_t seed, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t* words) {
    using namespace convoke::CONVOKE_ISA;
    const PhiloxBlock block =
        philox(PhiloxBlock{c0, c1, c2, c3}, static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32));
    words[0] = block.x0;
    words[1] = block.x1;
    words[2] = block.x2;
    words[3] = block.x3;
}

void convoke_gather_labels(const uint8_t* labels, const int32_t* order, int32_t count, uint8_t* out) {
    for (int32_t i = 0; i < count; ++i) {
        out[i] = labels[order[i]];
    }
}

void convoke_gather_rows(const void* rows, int64_t row_bytes, const int32_t* order, int32_t count, void* out) {
    const char* from = static_cast<const char*>(rows);
    char* to = static_cast<char*>(out);
    for (int32_t i = 0; i < count; ++i) {
        __builtin_memcpy(to + i * row_bytes, from + order[i] * row_bytes, static_cast<size_t>(row_bytes));
    }
}

void convoke_permute(const float* in, const int32_t* shape, const int32_t* axes, float* out) {
    int64_t strides[4];
    int64_t stride = 1;
    for (int axis = 3; axis >= 0; --axis) {
        strides[axis] = stride;
        stride *= shape[axis];
    }
    const int32_t* size = shape;
    for (int32_t i = 0; i < size[axes[0]]; ++i) {
        for (int32_t j = 0; j < size[axes[1]]; ++j) {
            for (int32_t k = 0; k < size[axes[2]]; ++k) {
                const float* line = in + i * strides[axes[0]] + j * strides[axes[1]] + k * strides[axes[2]];
                for (int32_t l = 0; l < size[axes[3]]; ++l) {
                    *out++ = line[l * strides[axes[3]]];
                }
            }
        }
    }
}

}  // extern "C"
