/* Calls that need no vectors: version, threads, one Philox block, gathering of targets. */
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

void convoke_gather_rows(const void* rows, int64_t row_bytes, const int32_t* order, int32_t count, void* out) {
    const char* from = static_cast<const char*>(rows);
    char* to = static_cast<char*>(out);
    for (int32_t i = 0; i < count; ++i) {
        __builtin_memcpy(to + i * row_bytes, from + order[i] * row_bytes, static_cast<size_t>(row_bytes));
    }
}

}  // extern "C"
