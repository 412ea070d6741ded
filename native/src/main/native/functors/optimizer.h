/*
 * One weight's update by each optimizer, as Keras of TensorFlow 2.8 counts: SGD, RMSprop (Hinton's lecture), Adam
 * (Kingma, Ba 2014, with epsilon outside the bias correction) and AdamW (Loshchilov, Hutter 2017).
 */
#ifndef CONVOKE_FUNCTORS_OPTIMIZER_H
#define CONVOKE_FUNCTORS_OPTIMIZER_H

#include "host_device.h"

namespace convoke::CONVOKE_ISA {

/* The gradient of loss and penalties: gradient + l1 * sign(w) + 2 * l2 * w. */
CONVOKE_HD float penalised_gradient(float gradient, float w, float l1, float twice_l2) {
    const float sign = (w > 0.0f ? 1.0f : 0.0f) - (w < 0.0f ? 1.0f : 0.0f);
    return gradient + (l1 * sign + twice_l2 * w);
}

/* The bound that clipping by value sets; 0 sets none. */
CONVOKE_HD float bound_of(float clip_value) { return clip_value > 0.0f ? clip_value : float_from_bits(0x7f800000u); }

/* To [-bound, bound]; a NaN stays one. */
CONVOKE_HD float bounded(float gradient, float bound) {
    const float below = gradient > bound ? bound : gradient;
    return below < -bound ? -bound : below;
}

/* A parameter's moving average after one more update. */
CONVOKE_HD float moving_average(float average, float w, float decay, float one_minus_decay) {
    return decay * average + one_minus_decay * w;
}

struct Sgd {
    float learning_rate;

    CONVOKE_HD void operator()(float gradient, float& w) const { w = w - learning_rate * gradient; }
};

struct Momentum {
    float learning_rate;
    float momentum;

    CONVOKE_HD void operator()(float gradient, float& w, float& m) const {
        m = momentum * m - learning_rate * gradient;
        w = w + m;
    }
};

struct Nesterov {
    float learning_rate;
    float momentum;

    CONVOKE_HD void operator()(float gradient, float& w, float& m) const {
        const float pull = learning_rate * gradient;
        m = momentum * m - pull;
        w = w + (momentum * m - pull);
    }
};

struct RmsProp {
    float learning_rate;
    float rho;
    float one_minus_rho;
    float epsilon;

    CONVOKE_HD void operator()(float gradient, float& w, float& v) const {
        v = rho * v + one_minus_rho * (gradient * gradient);
        w = w - learning_rate * gradient / (square_root(v) + epsilon);
    }
};

/* As Keras from 2.11 on. */
struct RmsPropInside {
    float learning_rate;
    float rho;
    float one_minus_rho;
    float epsilon;

    CONVOKE_HD void operator()(float gradient, float& w, float& v) const {
        v = rho * v + one_minus_rho * (gradient * gradient);
        w = w - learning_rate * gradient / square_root(v + epsilon);
    }
};

struct RmsPropMomentum {
    float learning_rate;
    float momentum;
    float rho;
    float one_minus_rho;
    float epsilon;

    CONVOKE_HD void operator()(float gradient, float& w, float& m, float& v) const {
        v = rho * v + one_minus_rho * (gradient * gradient);
        m = momentum * m + learning_rate * gradient / square_root(v + epsilon);
        w = w - m;
    }
};

/* Adam, and AdamW where `decay` = learning rate * weight decay is not zero. */
struct Adam {
    float step_size; /* learning rate * sqrt(1 - beta2^t) / (1 - beta1^t) */
    float one_minus_beta1;
    float one_minus_beta2;
    float epsilon;
    float decay;

    CONVOKE_HD void operator()(float gradient, float& w, float& m, float& v) const {
        m = m + one_minus_beta1 * (gradient - m);
        v = v + one_minus_beta2 * (gradient * gradient - v);
        w = (w - decay * w) - step_size * m / (square_root(v) + epsilon);
    }
};

}  // namespace convoke::CONVOKE_ISA

#endif
