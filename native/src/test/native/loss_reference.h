/* Every loss in double, for the tests of both ABIs. */
#ifndef CONVOKE_TEST_LOSS_REFERENCE_H
#define CONVOKE_TEST_LOSS_REFERENCE_H

#include "check.h"

namespace convoke::test {

inline const char* name_of_loss(int32_t kind) {
    const char* const names[] = {"softmax cross-entropy", "sigmoid cross-entropy", "mean squared error", "Huber"};
    return names[kind];
}

/* One image: outputs x, targets t (its class for softmax), weights w; all of `loss.outputs` elements. */
struct ReferenceImage {
    double loss = 0.0;
    double first = 0.0;
    double second = 0.0;
    int32_t prediction = 0;
    double confidence = 0.0;
    std::vector<double> gradient;
    std::vector<double> answers;

    ReferenceImage(const convoke_loss& l, const float* x, int32_t label, const float* t, const float* w)
        : gradient(static_cast<size_t>(l.outputs)), answers(static_cast<size_t>(l.outputs)) {
        for (int32_t k = 1; k < l.outputs; ++k) {
            prediction = x[k] > x[prediction] ? k : prediction;
        }
        if (l.kind == CONVOKE_SOFTMAX_CROSS_ENTROPY) {
            softmax(l, x, label, w);
        } else {
            mean(l, x, t, w);
        }
    }

private:
    void softmax(const convoke_loss& l, const float* x, int32_t label, const float* w) {
        const double weight = w == nullptr ? 1.0 : static_cast<double>(w[label]);
        const double smoothing = l.smoothing;
        double sum = 0.0;
        int32_t larger = 0;
        for (int32_t k = 0; k < l.outputs; ++k) {
            sum += std::exp(static_cast<double>(x[k]) - x[prediction]);
            larger += x[k] > x[label] ? 1 : 0;
        }
        for (int32_t k = 0; k < l.outputs; ++k) {
            const double log_probability = static_cast<double>(x[k]) - x[prediction] - std::log(sum);
            const double target = (k == label ? 1.0 - smoothing : 0.0) + smoothing / l.outputs;
            loss -= target * log_probability * weight;
            answers[static_cast<size_t>(k)] = std::exp(log_probability);
            gradient[static_cast<size_t>(k)] = (std::exp(log_probability) - target) * weight;
        }
        confidence = 1.0 / sum;
        first = prediction == label ? 1.0 : 0.0;
        second = larger < l.top_k ? 1.0 : 0.0;
    }

    void mean(const convoke_loss& l, const float* x, const float* t, const float* w) {
        int32_t right = 0;
        for (int32_t k = 0; k < l.outputs; ++k) {
            const size_t at = static_cast<size_t>(k);
            const double share = (w == nullptr ? 1.0 : static_cast<double>(w[k])) / l.outputs;
            const double y = x[k];
            const double error = y - t[k];
            const double size = std::fabs(error);
            const double delta = l.delta;
            answers[at] = y;
            switch (l.kind) {
                case CONVOKE_SIGMOID_CROSS_ENTROPY: {
                    const double s = l.smoothing;
                    const double target = static_cast<double>(t[k]) * (1.0 - s) + 0.5 * s;
                    answers[at] = 1.0 / (1.0 + std::exp(-y));
                    loss += (std::fmax(y, 0.0) - y * target + std::log1p(std::exp(-std::fabs(y)))) * share;
                    gradient[at] = (answers[at] - target) * share;
                    right += (x[k] > 0.0f) == (t[k] > 0.5f) ? 1 : 0;
                    break;
                }
                case CONVOKE_MEAN_SQUARED_ERROR:
                    loss += error * error * share;
                    gradient[at] = 2.0 * error * share;
                    break;
                default:
                    loss += (size <= delta ? 0.5 * error * error : delta * (size - 0.5 * delta)) * share;
                    gradient[at] = (size <= delta ? error : std::copysign(delta, error)) * share;
            }
            first += size / l.outputs;
            second += error * error / l.outputs;
        }
        if (l.kind == CONVOKE_SIGMOID_CROSS_ENTROPY) {
            first = static_cast<double>(right) / l.outputs;
            second = right == l.outputs ? 1.0 : 0.0;
            confidence = answers[static_cast<size_t>(prediction)];
            if (l.outputs == 1) {
                prediction = x[0] > 0.0f ? 1 : 0;
                confidence = prediction == 1 ? confidence : 1.0 - confidence;
            }
        }
    }
};

/* Outputs and targets of n images, with ties, labels that are right throughout, and errors at the edge of delta. */
struct LossProblem {
    std::vector<float> outputs;
    std::vector<int32_t> classes;
    std::vector<float> targets;
    std::vector<float> weights;

    LossProblem(const convoke_loss& loss, int32_t n, float range, uint32_t seed) {
        Numbers numbers(seed);
        const size_t k = static_cast<size_t>(loss.outputs);
        outputs = numbers.floats(static_cast<size_t>(n) * k, -range, range);
        classes = numbers.indices(static_cast<size_t>(n), static_cast<uint32_t>(loss.outputs));
        weights = numbers.floats(k, 0.25f, 2.0f);
        if (loss.kind == CONVOKE_SIGMOID_CROSS_ENTROPY) {
            for (uint8_t label : numbers.bytes(outputs.size(), 2)) {
                targets.push_back(label);
            }
            for (size_t i = 0; i < k; ++i) {
                targets[i] = outputs[i] > 0.0f ? 1.0f : 0.0f;
            }
        } else {
            targets = numbers.floats(outputs.size(), -range, range);
        }
        if (k > 4) {
            outputs[4] = outputs[3] = range; /* a tie for the greatest */
            outputs[k + 1 < outputs.size() ? k + 1 : 0] = outputs[k < outputs.size() ? k : 0];
        }
        if (n > 2) {
            targets[2 * k] = outputs[2 * k] - loss.delta;
        }
    }

    const void* targets_of(int32_t kind) const {
        return kind == CONVOKE_SOFTMAX_CROSS_ENTROPY ? static_cast<const void*>(classes.data()) : targets.data();
    }
};

}  // namespace convoke::test

#endif
