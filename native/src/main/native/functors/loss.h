/* Losses and what they are measured by, output by output. */
#ifndef CONVOKE_FUNCTORS_LOSS_H
#define CONVOKE_FUNCTORS_LOSS_H

#include "activation.h"

namespace convoke::CONVOKE_ISA {

/* exp(logit - maximum), the softmax before its division. */
CONVOKE_HD float shifted_exponential(float logit, float maximum) { return exponential(logit - maximum); }

/* Share of the target that class k gets: smoothing spreads over all classes, the rest goes to the label. */
CONVOKE_HD float smoothed_target(bool is_label, float smoothing, float share) {
    return is_label ? (1.0f - smoothing) + share : share;
}

CONVOKE_HD float softmax_gradient(float probability, float target, float gradient_scale) {
    return (probability - target) * gradient_scale;
}

/*
 * -sum_k target_k * (logit_k - maximum - log_sum), where log_sum = log sum_k exp(logit_k - maximum). The targets add up
 * to one, so the sum needs only the label's own shifted logit and the sum of all of them.
 */
CONVOKE_HD float cross_entropy(float log_sum, float shifted_label_logit, float shifted_logit_sum, float smoothing,
                               float share) {
    return log_sum - ((1.0f - smoothing) * shifted_label_logit + share * shifted_logit_sum);
}

/* Whether an output counts as greater than that of the image's class; a NaN does, so that it never looks right. */
CONVOKE_HD bool exceeds(float output, float of_class) { return !(output <= of_class); }

/* log(1 + u) for u in [0, 1], exact to a few units of its last place also where 1 + u loses most of u. */
CONVOKE_HD float log_of_one_and(float u) {
    const float sum = 1.0f + u;
    const float rest = sum - 1.0f;
    return rest == 0.0f ? u : logarithm(sum) * (u / rest);
}

/* What one output adds to its image: to the loss, and to each of the two metrics' sums. */
struct OutputTerms {
    float loss;
    float first;
    float second;
};

/*
 * The losses that are means over an image's outputs. Each has the terms of an output, d loss / d output, the answer
 * that the output stands for, and the second metric from the sum of its terms.
 */
struct SigmoidCrossEntropy {
    float smoothing;

    CONVOKE_HD float smoothed(float target) const { return target * (1.0f - smoothing) + 0.5f * smoothing; }
    CONVOKE_HD OutputTerms terms(float output, float target) const {
        const float positive = output > 0.0f ? output : 0.0f;
        const float tail = log_of_one_and(exponential(-absolute(output)));
        const float right = (output > 0.0f) == (target > 0.5f) ? 1.0f : 0.0f;
        return OutputTerms{(positive - output * smoothed(target)) + tail, right, right};
    }
    CONVOKE_HD float gradient(float output, float target) const { return answer(output) - smoothed(target); }
    CONVOKE_HD float answer(float output) const { return Sigmoid{}.forward(output); }
    CONVOKE_HD float second_metric(double sum, int32_t outputs) const { return sum == (double)outputs ? 1.0f : 0.0f; }
};

/* The greatest of an image's labels, or whether the only one is there, and how probable that is. */
struct SigmoidAnswer {
    int32_t prediction;
    float confidence;
};

CONVOKE_HD SigmoidAnswer sigmoid_answer(float probability, float output, int32_t best, int32_t outputs) {
    if (outputs > 1) {
        return SigmoidAnswer{best, probability};
    }
    return output > 0.0f ? SigmoidAnswer{1, probability} : SigmoidAnswer{0, 1.0f - probability};
}

struct SquaredError {
    CONVOKE_HD OutputTerms terms(float output, float target) const {
        const float error = output - target;
        return OutputTerms{error * error, absolute(error), error * error};
    }
    CONVOKE_HD float gradient(float output, float target) const { return 2.0f * (output - target); }
    CONVOKE_HD float answer(float output) const { return output; }
    CONVOKE_HD float second_metric(double sum, int32_t outputs) const { return (float)(sum / (double)outputs); }
};

/* Huber 1964. */
struct Huber {
    float delta;

    CONVOKE_HD OutputTerms terms(float output, float target) const {
        const float error = output - target;
        const float size = absolute(error);
        const float square = 0.5f * error * error;
        const float line = delta * (size - 0.5f * delta);
        return OutputTerms{size <= delta ? square : line, size, error * error};
    }
    CONVOKE_HD float gradient(float output, float target) const {
        const float error = output - target;
        return error > delta ? delta : (error < -delta ? -delta : error);
    }
    CONVOKE_HD float answer(float output) const { return output; }
    CONVOKE_HD float second_metric(double sum, int32_t outputs) const { return (float)(sum / (double)outputs); }
};

}  // namespace convoke::CONVOKE_ISA

#endif
