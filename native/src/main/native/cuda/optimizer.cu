/*
 * The end of a step in one launch: gradient of the penalties, clipping, the optimizer's rule, weight decay, the
 * bfloat16 copy, the sum of the penalties and the state's move to the next step, over the whole arena of parameters. A
 * thread takes four weights; at 16 bytes for each of weight, gradient and moments, memory is what the kernel waits for.
 */
#include "../functors/optimizer.h"
#include "sums.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Weights of a thread. */
constexpr int kWeights = 4;

/* Blocks, at most: each leaves a double in the workspace, and a larger arena is walked over in strides. */
constexpr int64_t kMostBlocks = 1024;

dim3 arena_blocks(int64_t arena_size) {
    const int64_t blocks = (arena_size + kWeights * kThreads - 1) / (kWeights * kThreads);
    return dim3((unsigned)(blocks < kMostBlocks ? blocks : kMostBlocks));
}

/* The arena's segments, in ascending order. */
struct Segments {
    const convoke_segment* table; /* [count] */
    int32_t count;

    /* The last segment that begins at or before element `at`; null where there is none. */
    __device__ const convoke_segment* before(int64_t at) const {
        int32_t low = 0;
        int32_t high = count;
        while (low < high) {
            const int32_t middle = (low + high) / 2;
            if (table[middle].offset <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? nullptr : table + (low - 1);
    }
};

__device__ bool covers(const convoke_segment* segment, int64_t begin, int64_t end) {
    return segment != nullptr && begin >= segment->offset && end <= segment->offset + segment->length;
}

/*
 * Calls whole(segment, first) for every four neighbouring elements that lie inside one segment, single(segment, at) for
 * each other element that a segment covers.
 */
template <class Whole, class Single>
__device__ void for_weights(const Segments& segments, int64_t arena_size, const Whole& whole, const Single& single) {
    const int64_t stride = (int64_t)gridDim.x * blockDim.x * kWeights;
    for (int64_t first = thread_index() * kWeights; first < arena_size; first += stride) {
        const convoke_segment* segment = segments.before(first);
        if (covers(segment, first, first + kWeights)) {
            whole(*segment, first);
            continue;
        }
        const int64_t end = first + kWeights < arena_size ? first + kWeights : arena_size;
        for (int64_t at = first; at < end; ++at) {
            segment = segments.before(at);
            if (covers(segment, at, at + 1)) {
                single(*segment, at);
            }
        }
    }
}

__device__ double penalty_of(const convoke_segment& segment, float w) {
    return (double)segment.l1 * (double)absolute(w) + (double)segment.l2 * ((double)w * (double)w);
}

__device__ bool is_penalised(const convoke_segment& segment) { return segment.l1 != 0.0f || segment.l2 != 0.0f; }

/* The arena and what a rule keeps of it. */
struct Arena {
    float* w;
    const float* g;
    float* m; /* null where the rule has none */
    float* v;
    Bfloat16* compute; /* or null */
    int64_t size;
};

/* An optimizer with the rates of the step. */
struct Rule {
    convoke_cuda_optimizer optimizer;
    float learning_rate;
    float step_size;
    float gradient_scale;

    __device__ void operator()(const convoke_segment& segment, float gradient, float& w, float& m, float& v) const {
        const convoke_cuda_optimizer& o = optimizer;
        const float g = penalised_gradient(gradient, w, segment.l1, 2.0f * segment.l2, gradient_scale);
        switch (o.kind) {
            case CONVOKE_SGD:
                if (o.momentum == 0.0f) {
                    Sgd{learning_rate}(g, w);
                } else if (o.nesterov != 0) {
                    Nesterov{learning_rate, o.momentum}(g, w, m);
                } else {
                    Momentum{learning_rate, o.momentum}(g, w, m);
                }
                break;
            case CONVOKE_RMSPROP:
                if (o.momentum == 0.0f) {
                    RmsProp{learning_rate, o.rho, 1.0f - o.rho, o.epsilon}(g, w, v);
                } else {
                    RmsPropMomentum{learning_rate, o.momentum, o.rho, 1.0f - o.rho, o.epsilon}(g, w, m, v);
                }
                break;
            default: {
                const float decay = o.kind == CONVOKE_ADAMW ? learning_rate * segment.weight_decay : 0.0f;
                Adam{step_size, 1.0f - o.beta1, 1.0f - o.beta2, o.epsilon, decay}(g, w, m, v);
            }
        }
    }
};

/* Four weights at once. Returns their penalty before the update. */
__device__ double update_whole(const Arena& arena, const Rule& rule, const convoke_segment& segment, int64_t first) {
    float w[kWeights];
    float g[kWeights];
    float m[kWeights] = {};
    float v[kWeights] = {};
    load(arena.w + first, w);
    load(arena.g + first, g);
    if (arena.m != nullptr) {
        load(arena.m + first, m);
    }
    if (arena.v != nullptr) {
        load(arena.v + first, v);
    }
    double penalty = 0.0;
    for (int i = 0; i < kWeights; ++i) {
        penalty += is_penalised(segment) ? penalty_of(segment, w[i]) : 0.0;
        rule(segment, g[i], w[i], m[i], v[i]);
    }
    store(w, arena.w + first);
    if (arena.m != nullptr) {
        store(m, arena.m + first);
    }
    if (arena.v != nullptr) {
        store(v, arena.v + first);
    }
    if (arena.compute != nullptr) {
        store(w, arena.compute + first);
    }
    return penalty;
}

/* One weight, where a segment begins or ends between the fours. */
__device__ double update_single(const Arena& arena, const Rule& rule, const convoke_segment& segment, int64_t at) {
    float w = arena.w[at];
    float m = arena.m == nullptr ? 0.0f : arena.m[at];
    float v = arena.v == nullptr ? 0.0f : arena.v[at];
    const double penalty = is_penalised(segment) ? penalty_of(segment, w) : 0.0;
    rule(segment, arena.g[at], w, m, v);
    arena.w[at] = w;
    if (arena.m != nullptr) {
        arena.m[at] = m;
    }
    if (arena.v != nullptr) {
        arena.v[at] = v;
    }
    if (arena.compute != nullptr) {
        arena.compute[at] = to_bfloat16(w);
    }
    return penalty;
}

/* Leaves the block's sum among the partial ones; the total is in thread 0 of the last block, which gets true. */
__device__ bool sum_of_grid(double of_thread, double* partials, convoke_step_state* state, double& total) {
    const double of_block = block_sum(of_thread);
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = of_block;
    }
    if (!is_last_block(state)) {
        return false;
    }
    total = sum_published(partials, gridDim.x);
    return threadIdx.x == 0;
}

__device__ void advance(convoke_step_state* state, int32_t batch) {
    state->step += 1;
    state->first_position += batch;
    state->images += batch;
}

__global__ void __launch_bounds__(kThreads)
    update_kernel(Arena arena, convoke_cuda_optimizer optimizer, Segments segments, const convoke_step_rates* rates,
                  int32_t steps, int32_t batch, double* partials, convoke_step_state* state) {
    const int32_t step = state->step < steps ? state->step : steps - 1;
    const Rule rule{optimizer, rates[step].learning_rate, rates[step].step_size,
                    optimizer.clip_norm > 0.0f ? state->gradient_scale : 1.0f};
    double penalty = 0.0;
    for_weights(
        segments, arena.size,
        [&](const convoke_segment& segment, int64_t first) { penalty += update_whole(arena, rule, segment, first); },
        [&](const convoke_segment& segment, int64_t at) { penalty += update_single(arena, rule, segment, at); });
    double total = 0.0;
    if (sum_of_grid(penalty, partials, state, total)) {
        state->penalty_sum += total * (double)batch;
        advance(state, batch);
    }
}

__global__ void __launch_bounds__(kThreads)
    penalty_kernel(const float* w, int64_t size, Segments segments, double* partials, double* penalty,
                   convoke_step_state* state) {
    double sum = 0.0;
    const auto add = [&](const convoke_segment& segment, int64_t at) {
        sum += is_penalised(segment) ? penalty_of(segment, w[at]) : 0.0;
    };
    for_weights(
        segments, size,
        [&](const convoke_segment& segment, int64_t first) {
            for (int i = 0; i < kWeights; ++i) {
                add(segment, first + i);
            }
        },
        add);
    double total = 0.0;
    if (sum_of_grid(sum, partials, state, total)) {
        *penalty = total;
    }
}

__global__ void __launch_bounds__(kThreads) clip_kernel(const float* w, const float* g, int64_t size, Segments segments,
                                                        float clip_norm, double* partials, convoke_step_state* state) {
    double sum = 0.0;
    const auto add = [&](const convoke_segment& segment, float weight, float gradient) {
        const double total = (double)penalised_gradient(gradient, weight, segment.l1, 2.0f * segment.l2, 1.0f);
        sum += total * total;
    };
    for_weights(
        segments, size,
        [&](const convoke_segment& segment, int64_t first) {
            float weights[kWeights];
            float gradients[kWeights];
            load(w + first, weights);
            load(g + first, gradients);
            for (int i = 0; i < kWeights; ++i) {
                add(segment, weights[i], gradients[i]);
            }
        },
        [&](const convoke_segment& segment, int64_t at) { add(segment, w[at], g[at]); });
    double total = 0.0;
    if (sum_of_grid(sum, partials, state, total)) {
        const double norm = __builtin_sqrt(total);
        state->gradient_scale = norm > (double)clip_norm ? (float)((double)clip_norm / norm) : 1.0f;
    }
}

__global__ void advance_kernel(convoke_step_state* state, int32_t batch) { advance(state, batch); }

double* partial_sums(Launch& launch, void* workspace, int64_t arena_size) {
    return launch.writes<double>("workspace", workspace, arena_blocks(arena_size).x);
}

Segments read_segments(Launch& launch, const convoke_segment* segments, int32_t count) {
    return Segments{launch.reads<convoke_segment>("segments", segments, count), count};
}

/* Which moments the rule keeps. */
bool keeps_m(const convoke_cuda_optimizer& o) {
    return o.kind == CONVOKE_ADAM || o.kind == CONVOKE_ADAMW || o.momentum != 0.0f;
}

bool keeps_v(const convoke_cuda_optimizer& o) { return o.kind != CONVOKE_SGD; }

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_advance(convoke_step_state* state, int32_t batch, convoke_stream stream) {
    Launch launch("convoke_cuda_advance", stream);
    launch.add(advance_kernel, dim3(1), 1, launch.updates<convoke_step_state>("state", state, 1), batch);
    return launch.submit();
}

int64_t convoke_cuda_optimizer_workspace_bytes(int64_t arena_size) {
    return (int64_t)arena_blocks(arena_size).x * (int64_t)sizeof(double);
}

int32_t convoke_cuda_clip(const convoke_cuda_optimizer* optimizer, const float* parameters, const float* gradients,
                          const convoke_segment* segments, int32_t segment_count, int64_t arena_size, void* workspace,
                          convoke_step_state* state, convoke_stream stream) {
    Launch launch("convoke_cuda_clip", stream);
    launch.require(optimizer->clip_norm > 0.0f, "the largest norm is not above 0");
    launch.add(clip_kernel, arena_blocks(arena_size), kThreads,
               launch.reads<float>("parameters", parameters, arena_size),
               launch.reads<float>("gradients", gradients, arena_size), arena_size,
               read_segments(launch, segments, segment_count), optimizer->clip_norm,
               partial_sums(launch, workspace, arena_size), launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

int32_t convoke_cuda_optimizer_update(const convoke_cuda_optimizer* optimizer, float* parameters,
                                      const float* gradients, float* m, float* v, void* compute,
                                      const convoke_segment* segments, int32_t segment_count, int64_t arena_size,
                                      const convoke_step_rates* rates, int32_t steps, int32_t batch, void* workspace,
                                      convoke_step_state* state, convoke_stream stream) {
    Launch launch("convoke_cuda_optimizer_update", stream);
    const bool has_m = keeps_m(*optimizer);
    const bool has_v = keeps_v(*optimizer);
    launch.require(steps > 0, "there are no rates");
    launch.require(!(has_m && m == nullptr) && !(has_v && v == nullptr), "the optimizer's moments are missing");
    const Arena arena{launch.updates<float>("parameters", parameters, arena_size),
                      launch.reads<float>("gradients", gradients, arena_size),
                      has_m ? launch.updates<float>("m", m, arena_size) : nullptr,
                      has_v ? launch.updates<float>("v", v, arena_size) : nullptr,
                      compute == nullptr ? nullptr : launch.updates<Bfloat16>("compute", compute, arena_size),
                      arena_size};
    launch.add(update_kernel, arena_blocks(arena_size), kThreads, arena, *optimizer,
               read_segments(launch, segments, segment_count), launch.reads<convoke_step_rates>("rates", rates, steps),
               steps, batch, partial_sums(launch, workspace, arena_size),
               launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

int32_t convoke_cuda_penalty(const float* parameters, const convoke_segment* segments, int32_t segment_count,
                             int64_t arena_size, void* workspace, double* penalty, convoke_step_state* state,
                             convoke_stream stream) {
    Launch launch("convoke_cuda_penalty", stream);
    launch.add(penalty_kernel, arena_blocks(arena_size), kThreads,
               launch.reads<float>("parameters", parameters, arena_size), arena_size,
               read_segments(launch, segments, segment_count), partial_sums(launch, workspace, arena_size),
               launch.writes<double>("penalty", penalty, 1), launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

}  // extern "C"
