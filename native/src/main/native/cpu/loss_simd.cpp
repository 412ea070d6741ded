/* Softmax cross-entropy: loss, gradient, prediction and totals in one pass over the logits. */
#include "../functors/loss.h"

#include "parallel.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

constexpr int32_t kMostClasses = 256;

/* The index of the greatest logit, the lowest on a tie. */
int32_t argmax(const float* logits, int32_t classes) {
    int32_t best = 0;
    for (int32_t k = 1; k < classes; ++k) {
        best = logits[k] > logits[best] ? k : best;
    }
    return best;
}

/* exponentials[k] = exp(logit k - maximum); returns their sum, added in order. */
float exponentials_of(const float* logits, int32_t classes, float maximum, float* exponentials) {
#pragma omp simd
    for (int32_t k = 0; k < classes; ++k) {
        exponentials[k] = shifted_exponential(logits[k], maximum);
    }
    float sum = 0.0f;
    for (int32_t k = 0; k < classes; ++k) {
        sum += exponentials[k];
    }
    return sum;
}

float shifted_sum(const float* logits, int32_t classes, float maximum) {
    float sum = 0.0f;
    for (int32_t k = 0; k < classes; ++k) {
        sum += logits[k] - maximum;
    }
    return sum;
}

}  // namespace

void softmax_cross_entropy(const float* logits, const uint8_t* labels, int32_t n, int32_t classes, float smoothing,
                           float gradient_scale, float* dlogits, float* losses, uint8_t* correct,
                           uint8_t* predictions, float* confidences, double* loss_sum, int64_t* correct_count,
                           int32_t threads) {
    const float share = smoothing / (float)classes;
    int64_t hits = 0;
    const auto image = [=](int64_t i) -> int64_t {
        const float* row = logits + i * classes;
        const int32_t label = labels[i];
        const int32_t best = argmax(row, classes);
        const float maximum = row[best];
        float exponentials[kMostClasses];
        const float sum = exponentials_of(row, classes, maximum, exponentials);
        losses[i] = cross_entropy(logarithm(sum), row[label] - maximum,
                                  smoothing == 0.0f ? 0.0f : shifted_sum(row, classes, maximum), smoothing, share);
        if (predictions != nullptr) {
            predictions[i] = (uint8_t)best;
        }
        if (confidences != nullptr) {
            confidences[i] = exponentials[best] / sum;
        }
        if (correct != nullptr) {
            correct[i] = best == label;
        }
        if (dlogits != nullptr) {
            float* gradient = dlogits + i * classes;
#pragma omp simd
            for (int32_t k = 0; k < classes; ++k) {
                gradient[k] = softmax_gradient(exponentials[k] / sum, smoothed_target(k == label, smoothing, share),
                                               gradient_scale);
            }
        }
        return best == label;
    };
    /* An exponential costs about as much as ten simple elements. */
    const int64_t least = images_worth_a_thread(10 * (int64_t)classes);
    int64_t hits_of[CONVOKE_CHUNKS] = {};
    parallel_ranges(n, threads < CONVOKE_CHUNKS ? threads : CONVOKE_CHUNKS, least,
                    [&](int64_t begin, int64_t end, int slot) {
                        int64_t sum = 0;
                        for (int64_t i = begin; i < end; ++i) {
                            sum += image(i);
                        }
                        hits_of[slot] = sum;
                    });
    double total = 0.0;
    for (int32_t i = 0; i < n; ++i) {
        total += (double)losses[i];
    }
    for (int64_t of_slot : hits_of) {
        hits += of_slot;
    }
    *loss_sum += total;
    *correct_count += hits;
}

}  // namespace convoke::CONVOKE_ISA
