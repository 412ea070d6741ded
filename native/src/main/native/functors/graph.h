/* Where the paths of a graph meet, element by element. */
#ifndef CONVOKE_FUNCTORS_GRAPH_H
#define CONVOKE_FUNCTORS_GRAPH_H

#include "activation.h"

namespace convoke::CONVOKE_ISA {

struct Sum {
    CONVOKE_HD float operator()(float a, float b) const { return a + b; }
};

struct RectifiedSum {
    CONVOKE_HD float operator()(float a, float b) const { return Relu{}.forward(a + b); }
};

}  // namespace convoke::CONVOKE_ISA

#endif
