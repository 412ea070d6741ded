/*
 * Losses, their gradients, metrics and answers, and the epoch's sums, in one launch. Half a warp takes an image of up
 * to 16 outputs, a warp one of up to kWarpOutputs, a block a larger one; maximum and sums go through shuffles. Losses
 * and metrics are written out and added by the last block in a fixed order.
 */
#include "../functors/loss.h"
#include "sums.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* With 16 threads an image, a block takes 32 images: a small batch is one block and waits for no other. */
constexpr int kLossThreads = 512;

/* A logit and its class; among several, the greatest, of the lowest class on a tie. */
struct Candidate {
    float logit;
    int32_t index;

    __device__ void take(const Candidate& other) {
        if (other.logit > logit || (other.logit == logit && other.index < index)) {
            *this = other;
        }
    }
};

template <int kLanes>
__device__ Candidate greatest(Candidate candidate) {
    for (int distance = kLanes / 2; distance > 0; distance /= 2) {
        const Candidate other{__shfl_xor_sync(0xffffffffu, candidate.logit, distance),
                              __shfl_xor_sync(0xffffffffu, candidate.index, distance)};
        candidate.take(other);
    }
    return candidate;
}

/* The sum over the lanes of an image, in each of them. */
template <int kLanes>
__device__ float lane_sum(float value) {
    for (int distance = kLanes / 2; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, distance);
    }
    return value;
}

/* Outputs up to which a warp takes an image. */
constexpr int32_t kWarpOutputs = 1024;

/* The index of no output. */
constexpr int32_t kNone = 0x7fffffff;

/* The threads that share an image, lane by lane: half a warp, a warp, or the whole block. Every thread must come. */
template <int kLanes>
struct Lanes {
    static constexpr bool kBlock = kLanes > 32;
    static constexpr int kInWarp = kBlock ? 32 : kLanes;
    static constexpr int kWarps = kLossThreads / 32;

    /* The sum over the lanes of an image, in each of them. */
    static __device__ float sum(float value) {
        value = lane_sum<kInWarp>(value);
        if (kBlock) {
            __shared__ float of_warp[kWarps];
            __syncthreads();
            if (threadIdx.x % 32 == 0) {
                of_warp[threadIdx.x / 32] = value;
            }
            __syncthreads();
            value = 0.0f;
            for (int warp = 0; warp < kWarps; ++warp) {
                value += of_warp[warp];
            }
        }
        return value;
    }

    /* The greatest of the lanes' candidates, in each of them. */
    static __device__ Candidate greatest_of(Candidate candidate) {
        candidate = greatest<kInWarp>(candidate);
        if (kBlock) {
            __shared__ float logits[kWarps];
            __shared__ int32_t indices[kWarps];
            __syncthreads();
            if (threadIdx.x % 32 == 0) {
                logits[threadIdx.x / 32] = candidate.logit;
                indices[threadIdx.x / 32] = candidate.index;
            }
            __syncthreads();
            candidate = Candidate{logits[0], indices[0]};
            for (int warp = 1; warp < kWarps; ++warp) {
                candidate.take(Candidate{logits[warp], indices[warp]});
            }
        }
        return candidate;
    }
};

/* One launch's arguments, as convoke_cuda_loss's. */
template <class T>
struct Losses {
    convoke_loss loss;
    const T* outputs;
    const int32_t* classes;     /* [count]; of softmax alone */
    const float* targets;       /* [count, k]; of the other kinds */
    const float* class_weights; /* [k] or null */
    int32_t count;
    int32_t positions;
    float weight;
    const convoke_step_plan* plans; /* [steps] or null */
    int32_t steps;
    T* gradient;          /* [count, k] or null */
    float* losses;        /* [count] */
    float* metrics;       /* [count, 2] */
    int32_t* predictions; /* [positions] or null */
    float* confidences;   /* [positions] or null */
    float* answers;       /* [positions, k] or null */
    double* sums;         /* [3] or null */

    __device__ float weight_of(int32_t output) const { return class_weights == nullptr ? 1.0f : class_weights[output]; }
    __device__ float gradient_scale(int32_t step) const {
        return plans == nullptr ? weight : weight * plans[step < steps ? step : steps - 1].loss_scale;
    }
};

/* What one thread has of a launch. */
template <int kLanes, class T>
struct Image {
    const Losses<T>& of;
    int32_t image;
    int32_t lane;
    int32_t position;
    bool counts; /* it is one of the epoch's */
    float scale; /* of the gradient */

    __device__ int64_t row() const { return (int64_t)image * of.loss.outputs; }
    __device__ float output(int32_t k) const { return to_float(of.outputs[row() + k]); }

    /* Calls body(k) for the lane's outputs. */
    template <class Body>
    __device__ void for_outputs(const Body& body) const {
        for (int32_t k = lane; counts && k < of.loss.outputs; k += kLanes) {
            body(k);
        }
    }

    /* The greatest output, the lowest index on a tie. */
    __device__ Candidate best() const {
        Candidate best{-__builtin_inff(), kNone};
        for_outputs([&](int32_t k) {
            const Candidate candidate{output(k), k};
            if (best.index == kNone) {
                best = candidate;
            } else {
                best.take(candidate);
            }
        });
        return Lanes<kLanes>::greatest_of(best);
    }

    __device__ void set_gradient(int32_t k, float value) const {
        if (of.gradient != nullptr) {
            of.gradient[row() + k] = from_float<T>(value);
        }
    }

    __device__ void set_answer(int32_t k, float value) const {
        if (of.answers != nullptr) {
            of.answers[(int64_t)position * of.loss.outputs + k] = value;
        }
    }

    __device__ void set_prediction(int32_t prediction, float confidence) const {
        if (counts && lane == 0 && of.predictions != nullptr) {
            of.predictions[position] = prediction;
        }
        if (counts && lane == 0 && of.confidences != nullptr) {
            of.confidences[position] = confidence;
        }
    }

    __device__ void set_results(float loss, float first, float second) const {
        if (lane == 0 && image < of.count) {
            of.losses[image] = counts ? loss : 0.0f;
            of.metrics[2 * (int64_t)image] = counts ? first : 0.0f;
            of.metrics[2 * (int64_t)image + 1] = counts ? second : 0.0f;
        }
    }

    /* No gradient comes from an image that does not count. */
    __device__ void clear_gradient() const {
        for (int32_t k = lane; !counts && image < of.count && k < of.loss.outputs; k += kLanes) {
            set_gradient(k, 0.0f);
        }
    }
};

/* A lane reads its own outputs alone, so that their gradient may take their place. */
template <int kLanes, class T>
__device__ void softmax_of_image(const Image<kLanes, T>& at) {
    const convoke_loss& loss = at.of.loss;
    const int32_t label = at.counts ? at.of.classes[at.image] : 0;
    const Candidate best = at.best();
    const float maximum = best.logit;
    float sum = 0.0f;
    float shifted_sum = 0.0f;
    float of_label = 0.0f;
    at.for_outputs([&](int32_t k) {
        const float logit = at.output(k);
        sum += shifted_exponential(logit, maximum);
        shifted_sum += logit - maximum;
        of_label = k == label ? logit : of_label;
    });
    sum = Lanes<kLanes>::sum(sum);
    shifted_sum = loss.smoothing == 0.0f ? 0.0f : Lanes<kLanes>::sum(shifted_sum);
    of_label = Lanes<kLanes>::sum(of_label); /* one lane's and zeros */
    float exceeding = 0.0f;
    at.for_outputs([&](int32_t k) { exceeding += exceeds(at.output(k), of_label) ? 1.0f : 0.0f; });
    exceeding = Lanes<kLanes>::sum(exceeding);
    const float share = loss.smoothing / (float)loss.outputs;
    const float weight = at.counts ? at.of.weight_of(label) : 0.0f;
    at.for_outputs([&](int32_t k) {
        const float probability = shifted_exponential(at.output(k), maximum) / sum;
        at.set_answer(k, probability);
        at.set_gradient(
            k, softmax_gradient(probability, smoothed_target(k == label, loss.smoothing, share), at.scale * weight));
    });
    at.set_prediction(best.index, shifted_exponential(maximum, maximum) / sum);
    at.set_results(cross_entropy(logarithm(sum), of_label - maximum, shifted_sum, loss.smoothing, share) * weight,
                   best.index == label ? 1.0f : 0.0f, exceeding < (float)loss.top_k ? 1.0f : 0.0f);
}

/* A loss that is the mean over the outputs. */
template <int kLanes, class T, class Kind>
__device__ void mean_of_image(const Image<kLanes, T>& at, const Kind& kind) {
    const int32_t outputs = at.of.loss.outputs;
    const float* targets = at.of.targets + at.row();
    const float scale = at.scale / (float)outputs;
    OutputTerms sums{0.0f, 0.0f, 0.0f};
    at.for_outputs([&](int32_t k) {
        const float output = at.output(k);
        const OutputTerms terms = kind.terms(output, targets[k]);
        sums.loss += terms.loss * at.of.weight_of(k);
        sums.first += terms.first;
        sums.second += terms.second;
        at.set_answer(k, kind.answer(output));
        at.set_gradient(k, kind.gradient(output, targets[k]) * at.of.weight_of(k) * scale);
    });
    const float loss = Lanes<kLanes>::sum(sums.loss);
    const float first = Lanes<kLanes>::sum(sums.first);
    const float second = Lanes<kLanes>::sum(sums.second);
    at.set_results((float)((double)loss / (double)outputs), (float)((double)first / (double)outputs),
                   kind.second_metric((double)second, outputs));
}

/* The label that an image is most likely to have; before its gradient may take the place of its outputs. */
template <int kLanes, class T>
__device__ void answer_labels(const Image<kLanes, T>& at, const SigmoidCrossEntropy& kind) {
    if (at.of.predictions != nullptr || at.of.confidences != nullptr) {
        const Candidate best = at.best();
        const SigmoidAnswer answer =
            sigmoid_answer(kind.answer(best.logit), best.logit, best.index, at.of.loss.outputs);
        at.set_prediction(answer.prediction, answer.confidence);
    }
}

template <int kLanes, class T>
__global__ void __launch_bounds__(kLossThreads) losses_kernel(Losses<T> losses, convoke_step_state* state) {
    const int32_t lane = (int32_t)threadIdx.x % kLanes;
    const int32_t image = (int32_t)blockIdx.x * (kLossThreads / kLanes) + (int32_t)threadIdx.x / kLanes;
    const int32_t position = state->first_position + image;
    const Image<kLanes, T> at{losses,
                              image,
                              lane,
                              position,
                              image < losses.count && position < losses.positions,
                              losses.gradient_scale(state->step)};
    switch (losses.loss.kind) {
        case CONVOKE_SOFTMAX_CROSS_ENTROPY:
            softmax_of_image(at);
            break;
        case CONVOKE_SIGMOID_CROSS_ENTROPY: {
            const SigmoidCrossEntropy kind{losses.loss.smoothing};
            answer_labels(at, kind);
            mean_of_image(at, kind);
            break;
        }
        case CONVOKE_HUBER:
            mean_of_image(at, Huber{losses.loss.delta});
            break;
        default:
            mean_of_image(at, SquaredError{});
    }
    at.clear_gradient();
    if (is_last_block(state)) {
        const double total = sum_published(losses.losses, losses.count);
        const double first = sum_published(losses.metrics, losses.count, 2);
        const double second = sum_published(losses.metrics + 1, losses.count, 2);
        if (threadIdx.x == 0) {
            state->loss_sum += total * (double)losses.weight;
            state->metric_sums[0] += first;
            state->metric_sums[1] += second;
            if (losses.sums != nullptr) {
                losses.sums[0] += total;
                losses.sums[1] += first;
                losses.sums[2] += second;
            }
        }
    }
}

template <int kLanes, class T>
void add_losses(Launch& launch, const Losses<T>& losses, convoke_step_state* state) {
    const int32_t images = kLossThreads / kLanes;
    launch.add(losses_kernel<kLanes, T>, dim3((unsigned)((losses.count + images - 1) / images)), kLossThreads, losses,
               state);
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" int32_t convoke_cuda_loss(const convoke_loss* loss, int32_t type, const void* outputs, const void* targets,
                                     const float* class_weights, int32_t count, int32_t positions, float weight,
                                     const convoke_step_plan* plans, int32_t steps, void* gradient, float* losses,
                                     float* metrics, int32_t* predictions, float* confidences, float* answers,
                                     double* sums, convoke_step_state* state, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_loss", stream);
        const int32_t k = loss->outputs;
        const int64_t size = (int64_t)count * k;
        const bool softmax = loss->kind == CONVOKE_SOFTMAX_CROSS_ENTROPY;
        launch.require(k >= 1 && loss->kind >= CONVOKE_SOFTMAX_CROSS_ENTROPY && loss->kind <= CONVOKE_HUBER,
                       "there is no output, or no such loss");
        launch.require(plans == nullptr || steps > 0, "there are no plans");
        const Losses<T> all{*loss,
                            launch.reads<T>("outputs", outputs, size),
                            softmax ? launch.reads<int32_t>("targets", targets, count) : nullptr,
                            softmax ? nullptr : launch.reads<float>("targets", targets, size),
                            launch.reads<float>("class_weights", class_weights, class_weights == nullptr ? 0 : k),
                            count,
                            positions,
                            weight,
                            launch.reads<convoke_step_plan>("plans", plans, plans == nullptr ? 0 : steps),
                            steps,
                            launch.writes<T>("gradient", gradient, gradient == nullptr ? 0 : size),
                            launch.writes<float>("losses", losses, count),
                            launch.writes<float>("metrics", metrics, 2 * (int64_t)count),
                            launch.updates<int32_t>("predictions", predictions, predictions == nullptr ? 0 : positions),
                            launch.updates<float>("confidences", confidences, confidences == nullptr ? 0 : positions),
                            launch.updates<float>("answers", answers, answers == nullptr ? 0 : (int64_t)positions * k),
                            launch.updates<double>("sums", sums, sums == nullptr ? 0 : 3)};
        convoke_step_state* at = launch.updates<convoke_step_state>("state", state, 1);
        if (k <= 16) {
            add_losses<16>(launch, all, at);
        } else if (k <= kWarpOutputs) {
            add_losses<32>(launch, all, at);
        } else {
            add_losses<kLossThreads>(launch, all, at);
        }
        return launch.submit();
    });
}
