/* Losses: value, gradient, metrics and answers of an image in one go. */
#include "../functors/loss.h"
#include "optional.h"
#include "parallel.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Exponentials that are held on the stack; with more classes they are computed a second time. */
constexpr int32_t kTile = 256;

/* Partial sums side by side: fixed, so that the order of addition does not depend on the vector width. */
constexpr int32_t kLanes = 16;

/* Outputs that are summed in float before the sum goes on in double. */
constexpr int32_t kBlock = 512;

int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/* An exponential costs about as much as ten simple elements. */
int64_t loss_images_worth_a_thread(int32_t outputs) { return images_worth_a_thread(10 * (int64_t)outputs); }

/* The index of the greatest logit, the lowest on a tie. */
int32_t argmax(const float* logits, int32_t classes) {
    int32_t best = 0;
    for (int32_t k = 1; k < classes; ++k) {
        best = logits[k] > logits[best] ? k : best;
    }
    return best;
}

/* exponentials[k] = exp(logit k - maximum); returns `sum` and them, added in order. */
float exponentials_of(const float* logits, int32_t classes, float maximum, float sum, float* exponentials) {
#pragma omp simd
    for (int32_t k = 0; k < classes; ++k) {
        exponentials[k] = shifted_exponential(logits[k], maximum);
    }
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

/* An image's softmax: its greatest logit and what all of them are divided by. */
struct Softmax {
    int32_t best;
    float maximum;
    float sum;

    float confidence() const { return shifted_exponential(maximum, maximum) / sum; }
};

/* `exponentials` [kTile] are left from the last tile of classes. */
Softmax softmax_of(const float* logits, int32_t classes, float* exponentials) {
    const int32_t best = argmax(logits, classes);
    Softmax softmax{best, logits[best], 0.0f};
    for (int32_t first = 0; first < classes; first += kTile) {
        softmax.sum =
            exponentials_of(logits + first, least(kTile, classes - first), softmax.maximum, softmax.sum, exponentials);
    }
    return softmax;
}

/* What softmax cross-entropy is asked for, of every image. */
struct SoftmaxLoss {
    int32_t classes;
    float smoothing;
    float share; /* smoothing / classes */

    float loss(const float* logits, const Softmax& softmax, int32_t label) const {
        return cross_entropy(logarithm(softmax.sum), logits[label] - softmax.maximum,
                             smoothing == 0.0f ? 0.0f : shifted_sum(logits, classes, softmax.maximum), smoothing,
                             share);
    }

    /* The probabilities and the gradient, where wanted; `exponentials` as softmax_of left them. */
    void differentiate(const float* logits, const Softmax& softmax, int32_t label, float scale, float* exponentials,
                       float* probabilities, float* gradient) const {
        for (int32_t first = 0; first < classes; first += kTile) {
            const int32_t wide = least(kTile, classes - first);
            if (classes > kTile) {
                exponentials_of(logits + first, wide, softmax.maximum, 0.0f, exponentials);
            }
            if (probabilities != nullptr) {
#pragma omp simd
                for (int32_t k = 0; k < wide; ++k) {
                    probabilities[first + k] = exponentials[k] / softmax.sum;
                }
            }
            if (gradient != nullptr) {
#pragma omp simd
                for (int32_t k = 0; k < wide; ++k) {
                    gradient[first + k] = softmax_gradient(
                        exponentials[k] / softmax.sum, smoothed_target(first + k == label, smoothing, share), scale);
                }
            }
        }
    }
};

int32_t exceeding(const float* logits, int32_t classes, float of_class) {
    int32_t count = 0;
    for (int32_t k = 0; k < classes; ++k) {
        count += exceeds(logits[k], of_class) ? 1 : 0;
    }
    return count;
}

/* Where the results of image i go; what is null is not wanted. */
struct Results {
    float* gradient;
    float* losses;
    float* metrics;
    int32_t* predictions;
    float* confidences;
    float* answers;

    void answer(int64_t i, int32_t prediction, float confidence) const {
        if (predictions != nullptr) {
            predictions[i] = prediction;
        }
        if (confidences != nullptr) {
            confidences[i] = confidence;
        }
    }
    void measure(int64_t i, float first, float second) const {
        metrics[2 * i] = first;
        metrics[2 * i + 1] = second;
    }
    float* row(float* of_all, int64_t i, int32_t outputs) const {
        return of_all == nullptr ? nullptr : of_all + i * outputs;
    }
};

void softmax_image(const convoke_loss& loss, const float* outputs, const int32_t* labels, const float* class_weights,
                   float gradient_scale, const Results& results, int64_t i) {
    const SoftmaxLoss entropy{loss.outputs, loss.smoothing, loss.smoothing / (float)loss.outputs};
    const float* row = outputs + i * loss.outputs;
    const int32_t label = labels[i];
    const float weight = class_weights == nullptr ? 1.0f : class_weights[label];
    float exponentials[kTile];
    const Softmax softmax = softmax_of(row, loss.outputs, exponentials);
    results.losses[i] = entropy.loss(row, softmax, label) * weight;
    results.answer(i, softmax.best, softmax.confidence());
    results.measure(i, softmax.best == label ? 1.0f : 0.0f,
                    exceeding(row, loss.outputs, row[label]) < loss.top_k ? 1.0f : 0.0f);
    entropy.differentiate(row, softmax, label, gradient_scale * weight, exponentials,
                          results.row(results.answers, i, loss.outputs),
                          results.row(results.gradient, i, loss.outputs));
}

struct Totals {
    double loss;
    double first;
    double second;
};

/* Sums of an image's terms: lanes in float within a block, blocks in double. */
template <class Kind, class Weight>
static inline Totals totals_of(const Kind& kind, const Weight& weight, const float* outputs, const float* targets,
                               int32_t count) {
    Totals totals{};
    for (int32_t block = 0; block < count; block += kBlock) {
        const int32_t stop = least(count, block + kBlock);
        float loss[kLanes] = {};
        float first[kLanes] = {};
        float second[kLanes] = {};
        for (int32_t begin = block; begin < stop; begin += kLanes) {
            const int32_t wide = least(kLanes, stop - begin);
#pragma omp simd
            for (int32_t lane = 0; lane < wide; ++lane) {
                const int32_t k = begin + lane;
                const OutputTerms terms = kind.terms(outputs[k], targets[k]);
                loss[lane] += terms.loss * weight(k);
                first[lane] += terms.first;
                second[lane] += terms.second;
            }
        }
        for (int32_t lane = 0; lane < kLanes; ++lane) {
            totals.loss += (double)loss[lane];
            totals.first += (double)first[lane];
            totals.second += (double)second[lane];
        }
    }
    return totals;
}

/* An image whose loss is the mean over its outputs. */
template <class Kind, class Weight>
static inline void mean_image(const Kind& kind, const Weight& weight, int32_t count, const float* outputs,
                              const float* targets, float gradient_scale, const Results& results, int64_t i) {
    const float* x = outputs + i * count;
    const float* t = targets + i * count;
    const Totals totals = totals_of(kind, weight, x, t, count);
    results.losses[i] = (float)(totals.loss / (double)count);
    results.measure(i, (float)(totals.first / (double)count), kind.second_metric(totals.second, count));
    float* answers = results.row(results.answers, i, count);
    if (answers != nullptr) {
#pragma omp simd
        for (int32_t k = 0; k < count; ++k) {
            answers[k] = kind.answer(x[k]);
        }
    }
    float* gradient = results.row(results.gradient, i, count);
    if (gradient != nullptr) {
        const float scale = gradient_scale / (float)count;
#pragma omp simd
        for (int32_t k = 0; k < count; ++k) {
            gradient[k] = kind.gradient(x[k], t[k]) * weight(k) * scale;
        }
    }
}

/* The label that an image of sigmoids is most likely to have, or whether it has its only one. */
void answer_labels(const SigmoidCrossEntropy& kind, const float* x, int32_t count, const Results& results, int64_t i) {
    if (results.predictions != nullptr || results.confidences != nullptr) {
        const int32_t best = argmax(x, count);
        const SigmoidAnswer answer = sigmoid_answer(kind.answer(x[best]), x[best], best, count);
        results.answer(i, answer.prediction, answer.confidence);
    }
}

/* Calls answer(i) before an image's gradient may take the place of its outputs. */
template <class Kind, class Answer>
static inline void run_means(const Kind& kind, const convoke_loss& loss, const float* outputs, const float* targets,
                             const float* class_weights, int32_t n, float gradient_scale, const Results& results,
                             int32_t threads, const Answer& answer) {
    with_optional(class_weights, 1.0f, [=, &kind, &answer](auto weight) {
        parallel_ranges(n, threads, loss_images_worth_a_thread(loss.outputs),
                        [=, &kind, &answer](int64_t begin, int64_t end, int) {
                            for (int64_t i = begin; i < end; ++i) {
                                answer(i);
                                mean_image(kind, weight, loss.outputs, outputs, targets, gradient_scale, results, i);
                            }
                        });
    });
}

}  // namespace

void loss_run(const convoke_loss* asked, const float* outputs, const void* targets, const float* class_weights,
              int32_t n, float gradient_scale, float* gradient, float* losses, float* metrics, int32_t* predictions,
              float* confidences, float* answers, int32_t threads) {
    const convoke_loss loss = *asked;
    const Results results{gradient, losses, metrics, predictions, confidences, answers};
    const float* values = (const float*)targets;
    switch (loss.kind) {
        case CONVOKE_SOFTMAX_CROSS_ENTROPY:
            return parallel_ranges(n, threads, loss_images_worth_a_thread(loss.outputs),
                                   [=](int64_t begin, int64_t end, int) {
                                       for (int64_t i = begin; i < end; ++i) {
                                           softmax_image(loss, outputs, (const int32_t*)targets, class_weights,
                                                         gradient_scale, results, i);
                                       }
                                   });
        case CONVOKE_SIGMOID_CROSS_ENTROPY: {
            const SigmoidCrossEntropy kind{loss.smoothing};
            return run_means(
                kind, loss, outputs, values, class_weights, n, gradient_scale, results, threads,
                [=](int64_t i) { answer_labels(kind, outputs + i * loss.outputs, loss.outputs, results, i); });
        }
        case CONVOKE_HUBER:
            return run_means(Huber{loss.delta}, loss, outputs, values, class_weights, n, gradient_scale, results,
                             threads, [](int64_t) {});
        default:
            return run_means(SquaredError{}, loss, outputs, values, class_weights, n, gradient_scale, results, threads,
                             [](int64_t) {});
    }
}

}  // namespace convoke::CONVOKE_ISA
