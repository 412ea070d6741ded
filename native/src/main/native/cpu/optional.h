/* Arrays that a caller may leave out: as functions of the index, so that each case is a loop without a question in it.
 */
#ifndef CONVOKE_CPU_OPTIONAL_H
#define CONVOKE_CPU_OPTIONAL_H

#include "../functors/host_device.h"

namespace convoke::CONVOKE_ISA {

struct Given {
    const float* values;

    CONVOKE_HD float operator()(int64_t i) const { return values[i]; }
};

struct Constant {
    float value;

    CONVOKE_HD float operator()(int64_t) const { return value; }
};

/* Calls body with the array's values, or with `absent` for each of them. */
template <class Body>
static inline void with_optional(const float* values, float absent, const Body& body) {
    if (values != nullptr) {
        body(Given{values});
    } else {
        body(Constant{absent});
    }
}

}  // namespace convoke::CONVOKE_ISA

#endif
