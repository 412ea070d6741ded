/*
 * Softmax, cross-entropy with label smoothing, its gradient, and the epoch's sums, in one launch. Half a warp takes an
 * image of up to 16 classes, a warp one of up to 256: logits stay in registers, maximum and sums go through shuffles.
 * Losses are written out and added by the last block in a fixed order; hits are integers, whose order is no matter.
 */
#include "../functors/loss.h"
#include "sums.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* With 16 threads an image, a block takes 32 images: a small batch is one block and waits for no other. */
constexpr int kLossThreads = 512;
constexpr int kMostClasses = 256;

/* One launch's arguments. */
template <class T>
struct Loss {
    const T* logits;       /* [count, classes] */
    const uint8_t* labels; /* [count] */
    int32_t count;
    int32_t positions;
    int32_t classes;
    float smoothing;
    float gradient_scale;
    T* dlogits;           /* [count, classes] or null */
    float* losses;        /* [count] */
    uint8_t* predictions; /* [positions] or null */
    float* confidences;   /* [positions] or null */
};

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

/*
 * One image: lane `lane` of kLanes has the classes lane, lane + kLanes, ... Returns whether the answer is right. All
 * lanes of a warp come here, those without an image with counts = false.
 */
template <int kLanes, int kClasses, class T>
__device__ bool loss_of_image(const Loss<T>& loss, int32_t image, int32_t lane, bool counts, int32_t position) {
    const int64_t row = (int64_t)image * loss.classes;
    const int32_t label = counts ? loss.labels[image] : 0;
    float logits[kClasses] = {};
    Candidate best{-__builtin_inff(), kMostClasses};
    for (int j = 0; j < kClasses; ++j) {
        const int32_t k = lane + j * kLanes;
        if (counts && k < loss.classes) {
            logits[j] = to_float(loss.logits[row + k]);
            if (best.index == kMostClasses) {
                best = Candidate{logits[j], k};
            } else {
                best.take(Candidate{logits[j], k});
            }
        }
    }
    best = greatest<kLanes>(best);
    const float maximum = best.logit;
    float exponentials[kClasses] = {};
    float sum = 0.0f;
    float shifted_sum = 0.0f;
    float shifted_label = 0.0f;
    for (int j = 0; j < kClasses; ++j) {
        const int32_t k = lane + j * kLanes;
        if (counts && k < loss.classes) {
            exponentials[j] = shifted_exponential(logits[j], maximum);
            sum += exponentials[j];
            shifted_sum += logits[j] - maximum;
            shifted_label = k == label ? logits[j] - maximum : shifted_label;
        }
    }
    sum = lane_sum<kLanes>(sum);
    shifted_sum = loss.smoothing == 0.0f ? 0.0f : lane_sum<kLanes>(shifted_sum);
    shifted_label = lane_sum<kLanes>(shifted_label); /* one lane's and zeros */
    const float share = loss.smoothing / (float)loss.classes;
    if (loss.dlogits != nullptr && image < loss.count) {
        for (int j = 0; j < kClasses; ++j) {
            const int32_t k = lane + j * kLanes;
            if (k < loss.classes) {
                const float target = smoothed_target(k == label, loss.smoothing, share);
                const float gradient =
                    counts ? softmax_gradient(exponentials[j] / sum, target, loss.gradient_scale) : 0.0f;
                loss.dlogits[row + k] = from_float<T>(gradient);
            }
        }
    }
    if (lane == 0 && image < loss.count) {
        loss.losses[image] =
            counts ? cross_entropy(logarithm(sum), shifted_label, shifted_sum, loss.smoothing, share) : 0.0f;
        if (counts && loss.predictions != nullptr) {
            loss.predictions[position] = (uint8_t)best.index;
        }
        if (counts && loss.confidences != nullptr) {
            loss.confidences[position] = shifted_exponential(maximum, maximum) / sum;
        }
    }
    return counts && best.index == label;
}

template <int kLanes, int kClasses, class T>
__global__ void __launch_bounds__(kLossThreads) loss_kernel(Loss<T> loss, convoke_step_state* state) {
    constexpr int kImages = kLossThreads / kLanes;
    __shared__ int32_t hits[kImages];
    const int32_t slot = (int32_t)threadIdx.x / kLanes;
    const int32_t lane = (int32_t)threadIdx.x % kLanes;
    const int32_t image = (int32_t)blockIdx.x * kImages + slot;
    const int32_t position = state->first_position + image;
    const bool counts = image < loss.count && position < loss.positions;
    const bool hit = loss_of_image<kLanes, kClasses>(loss, image, lane, counts, position);
    if (lane == 0) {
        hits[slot] = hit ? 1 : 0;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        int32_t of_block = 0;
        for (int i = 0; i < kImages; ++i) {
            of_block += hits[i];
        }
        atomicAdd(reinterpret_cast<unsigned long long*>(&state->correct), (unsigned long long)of_block);
    }
    if (is_last_block(state)) {
        const double total = sum_published(loss.losses, loss.count);
        if (threadIdx.x == 0) {
            state->loss_sum += total;
        }
    }
}

template <int kLanes, int kClasses, class T>
void add_loss(Launch& launch, const Loss<T>& loss, convoke_step_state* state) {
    const int32_t images = kLossThreads / kLanes;
    launch.add(loss_kernel<kLanes, kClasses, T>, dim3((unsigned)((loss.count + images - 1) / images)), kLossThreads,
               loss, state);
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" int32_t convoke_cuda_softmax_cross_entropy(int32_t type, const void* logits, const uint8_t* labels,
                                                      int32_t count, int32_t positions, int32_t classes,
                                                      float smoothing, float gradient_scale, void* dlogits,
                                                      float* losses, uint8_t* predictions, float* confidences,
                                                      convoke_step_state* state, convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_softmax_cross_entropy", stream);
        const int64_t size = (int64_t)count * classes;
        launch.require(classes >= 1 && classes <= kMostClasses, "classes are not 1 to 256");
        const Loss<T> loss{launch.reads<T>("logits", logits, size),
                           launch.reads<uint8_t>("labels", labels, count),
                           count,
                           positions,
                           classes,
                           smoothing,
                           gradient_scale,
                           launch.writes<T>("dlogits", dlogits, dlogits == nullptr ? 0 : size),
                           launch.writes<float>("losses", losses, count),
                           launch.updates<uint8_t>("predictions", predictions, predictions == nullptr ? 0 : positions),
                           launch.updates<float>("confidences", confidences, confidences == nullptr ? 0 : positions)};
        convoke_step_state* sums = launch.updates<convoke_step_state>("state", state, 1);
        if (classes <= 16) {
            add_loss<16, 1>(launch, loss, sums);
        } else {
            add_loss<32, kMostClasses / 32>(launch, loss, sums);
        }
        return launch.submit();
    });
}
