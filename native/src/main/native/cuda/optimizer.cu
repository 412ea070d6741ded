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

using Segment = convoke_parameter;

/* The arena's segments, in ascending order. */
struct Segments {
    const Segment* table; /* [count] */
    int32_t count;

    /* The last segment that begins at or before element `at`; null where there is none. */
    __device__ const Segment* before(int64_t at) const {
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

__device__ bool covers(const Segment* segment, int64_t begin, int64_t end) {
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
        const Segment* segment = segments.before(first);
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

__device__ double penalty_of(const Segment& segment, float w) {
    return (double)segment.l1 * (double)absolute(w) + (double)segment.l2 * ((double)w * (double)w);
}

__device__ bool is_penalised(const Segment& segment) { return segment.l1 != 0.0f || segment.l2 != 0.0f; }

/* The arena and what a rule keeps of it. */
struct Arena {
    float* w;
    const float* g;
    float* m; /* null where the rule has none */
    float* v;
    float* average;    /* or null */
    Bfloat16* compute; /* or null */
    int64_t size;
};

__device__ int32_t step_of(const convoke_step_state* state, int32_t steps) {
    return state->step < steps ? state->step : steps - 1;
}

/* A rule with what the step gives it. */
struct Rule {
    convoke_cuda_update_rule rule;
    convoke_step_plan plan;
    float gradient_scale;

    __device__ bool moves(const Segment& segment) const { return plan.updates != 0 && segment.frozen == 0; }

    __device__ void operator()(const Segment& segment, float gradient, float& w, float& m, float& v) const {
        const convoke_cuda_update_rule& o = rule;
        const float total = penalised_gradient(gradient, w, segment.l1, 2.0f * segment.l2);
        const float g = bounded(total, bound_of(o.clip_value)) * gradient_scale;
        const float rate = plan.learning_rate * segment.rate_factor;
        switch (o.kind) {
            case CONVOKE_SGD:
                if (o.momentum == 0.0f) {
                    Sgd{rate}(g, w);
                } else if (o.nesterov != 0) {
                    Nesterov{rate, o.momentum}(g, w, m);
                } else {
                    Momentum{rate, o.momentum}(g, w, m);
                }
                break;
            case CONVOKE_RMSPROP:
                if (o.momentum != 0.0f) {
                    RmsPropMomentum{rate, o.momentum, o.rho, 1.0f - o.rho, o.epsilon}(g, w, m, v);
                } else if (o.epsilon_inside_root != 0) {
                    RmsPropInside{rate, o.rho, 1.0f - o.rho, o.epsilon}(g, w, v);
                } else {
                    RmsProp{rate, o.rho, 1.0f - o.rho, o.epsilon}(g, w, v);
                }
                break;
            default: {
                const float decay = o.kind == CONVOKE_ADAMW ? rate * segment.weight_decay : 0.0f;
                const float step_size = plan.step_size * segment.rate_factor;
                Adam{step_size, 1.0f - o.beta1, 1.0f - o.beta2, o.epsilon, decay}(g, w, m, v);
            }
        }
    }

    __device__ float average(float before, float w) const {
        return moving_average(before, w, rule.average_decay, 1.0f - rule.average_decay);
    }
};

/* Four weights at once. Returns their penalty before the update. */
__device__ double update_whole(const Arena& arena, const Rule& rule, const Segment& segment, int64_t first) {
    const bool moves = rule.moves(segment);
    if (!moves && !is_penalised(segment)) {
        return 0.0;
    }
    float w[kWeights];
    load(arena.w + first, w);
    double penalty = 0.0;
    for (int i = 0; i < kWeights; ++i) {
        penalty += is_penalised(segment) ? penalty_of(segment, w[i]) : 0.0;
    }
    if (!moves) {
        return penalty;
    }
    float g[kWeights];
    float m[kWeights] = {};
    float v[kWeights] = {};
    load(arena.g + first, g);
    if (arena.m != nullptr) {
        load(arena.m + first, m);
    }
    if (arena.v != nullptr) {
        load(arena.v + first, v);
    }
    for (int i = 0; i < kWeights; ++i) {
        rule(segment, g[i], w[i], m[i], v[i]);
    }
    store(w, arena.w + first);
    if (arena.m != nullptr) {
        store(m, arena.m + first);
    }
    if (arena.v != nullptr) {
        store(v, arena.v + first);
    }
    if (arena.average != nullptr) {
        float average[kWeights];
        load(arena.average + first, average);
        for (int i = 0; i < kWeights; ++i) {
            average[i] = rule.average(average[i], w[i]);
        }
        store(average, arena.average + first);
    }
    if (arena.compute != nullptr) {
        store(w, arena.compute + first);
    }
    return penalty;
}

/* One weight, where a segment begins or ends between the fours. */
__device__ double update_single(const Arena& arena, const Rule& rule, const Segment& segment, int64_t at) {
    float w = arena.w[at];
    const double penalty = is_penalised(segment) ? penalty_of(segment, w) : 0.0;
    if (!rule.moves(segment)) {
        return penalty;
    }
    float m = arena.m == nullptr ? 0.0f : arena.m[at];
    float v = arena.v == nullptr ? 0.0f : arena.v[at];
    rule(segment, arena.g[at], w, m, v);
    arena.w[at] = w;
    if (arena.m != nullptr) {
        arena.m[at] = m;
    }
    if (arena.v != nullptr) {
        arena.v[at] = v;
    }
    if (arena.average != nullptr) {
        arena.average[at] = rule.average(arena.average[at], w);
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
    update_kernel(Arena arena, convoke_cuda_update_rule asked, Segments segments, const convoke_step_plan* plans,
                  int32_t steps, int32_t batch, double* partials, convoke_step_state* state) {
    const Rule rule{asked, plans[step_of(state, steps)], asked.clip_norm > 0.0f ? state->gradient_scale : 1.0f};
    double penalty = 0.0;
    for_weights(
        segments, arena.size,
        [&](const Segment& segment, int64_t first) { penalty += update_whole(arena, rule, segment, first); },
        [&](const Segment& segment, int64_t at) { penalty += update_single(arena, rule, segment, at); });
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
    const auto add = [&](const Segment& segment, int64_t at) {
        sum += is_penalised(segment) ? penalty_of(segment, w[at]) : 0.0;
    };
    for_weights(
        segments, size,
        [&](const Segment& segment, int64_t first) {
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

__global__ void __launch_bounds__(kThreads)
    clip_kernel(const float* w, const float* g, int64_t size, Segments segments, float clip_norm, float bound,
                const convoke_step_plan* plans, int32_t steps, double* partials, convoke_step_state* state) {
    if (plans[step_of(state, steps)].updates == 0) {
        return;
    }
    double sum = 0.0;
    const auto add = [&](const Segment& segment, float weight, float gradient) {
        const double total =
            (double)bounded(penalised_gradient(gradient, weight, segment.l1, 2.0f * segment.l2), bound);
        sum += total * total;
    };
    for_weights(
        segments, size,
        [&](const Segment& segment, int64_t first) {
            if (segment.frozen != 0) {
                return;
            }
            float weights[kWeights];
            float gradients[kWeights];
            load(w + first, weights);
            load(g + first, gradients);
            for (int i = 0; i < kWeights; ++i) {
                add(segment, weights[i], gradients[i]);
            }
        },
        [&](const Segment& segment, int64_t at) {
            if (segment.frozen == 0) {
                add(segment, w[at], g[at]);
            }
        });
    double total = 0.0;
    if (sum_of_grid(sum, partials, state, total)) {
        const double norm = __builtin_sqrt(total);
        state->gradient_scale = norm > (double)clip_norm ? (float)((double)clip_norm / norm) : 1.0f;
    }
}

__global__ void __launch_bounds__(kThreads)
    accumulate_kernel(float* sum, const float* g, int64_t size, Segments segments, const convoke_step_plan* plans,
                      int32_t steps, const convoke_step_state* state) {
    const int32_t step = step_of(state, steps);
    const bool first_of_all = step == 0 || plans[step - 1].updates != 0;
    for_weights(
        segments, size,
        [&](const convoke_parameter& segment, int64_t first) {
            if (segment.frozen != 0) {
                return;
            }
            float gradients[kWeights];
            load(g + first, gradients);
            if (!first_of_all) {
                float sums[kWeights];
                load(sum + first, sums);
                for (int i = 0; i < kWeights; ++i) {
                    gradients[i] = sums[i] + gradients[i];
                }
            }
            store(gradients, sum + first);
        },
        [&](const convoke_parameter& segment, int64_t at) {
            if (segment.frozen == 0) {
                sum[at] = first_of_all ? g[at] : sum[at] + g[at];
            }
        });
}

__global__ void advance_kernel(convoke_step_state* state, int32_t batch) { advance(state, batch); }

double* partial_sums(Launch& launch, void* workspace, int64_t arena_size) {
    return launch.writes<double>("workspace", workspace, arena_blocks(arena_size).x);
}

Segments read_segments(Launch& launch, const Segment* segments, int32_t count) {
    return Segments{launch.reads<Segment>("segments", segments, count), count};
}

/* Which moments the rule keeps. */
bool keeps_m(const convoke_cuda_update_rule& o) {
    return o.kind == CONVOKE_ADAM || o.kind == CONVOKE_ADAMW || o.momentum != 0.0f;
}

bool keeps_v(const convoke_cuda_update_rule& o) { return o.kind != CONVOKE_SGD; }

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

int32_t convoke_cuda_accumulate(float* sum, const float* gradients, const convoke_parameter* ranges,
                                int32_t range_count, int64_t arena_size, const convoke_step_plan* plans, int32_t steps,
                                const convoke_step_state* state, convoke_stream stream) {
    Launch launch("convoke_cuda_accumulate", stream);
    launch.require(steps > 0, "there are no plans");
    launch.add(accumulate_kernel, arena_blocks(arena_size), kThreads, launch.updates<float>("sum", sum, arena_size),
               launch.reads<float>("gradients", gradients, arena_size), arena_size,
               read_segments(launch, ranges, range_count), launch.reads<convoke_step_plan>("plans", plans, steps),
               steps, launch.reads<convoke_step_state>("state", state, 1));
    return launch.submit();
}

int32_t convoke_cuda_parameters_clip(const convoke_cuda_update_rule* rule, const float* parameters,
                                     const float* gradients, const convoke_parameter* ranges, int32_t range_count,
                                     int64_t arena_size, const convoke_step_plan* plans, int32_t steps, void* workspace,
                                     convoke_step_state* state, convoke_stream stream) {
    Launch launch("convoke_cuda_parameters_clip", stream);
    launch.require(steps > 0 && plans != nullptr, "there are no plans");
    launch.require(rule->clip_norm > 0.0f, "the largest norm is not above 0");
    launch.add(
        clip_kernel, arena_blocks(arena_size), kThreads, launch.reads<float>("parameters", parameters, arena_size),
        launch.reads<float>("gradients", gradients, arena_size), arena_size, read_segments(launch, ranges, range_count),
        rule->clip_norm, bound_of(rule->clip_value), launch.reads<convoke_step_plan>("plans", plans, steps), steps,
        partial_sums(launch, workspace, arena_size), launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

int32_t convoke_cuda_parameters_update(const convoke_cuda_update_rule* rule, float* parameters, const float* gradients,
                                       float* m, float* v, float* average, void* compute,
                                       const convoke_parameter* ranges, int32_t range_count, int64_t arena_size,
                                       const convoke_step_plan* plans, int32_t steps, int32_t batch, void* workspace,
                                       convoke_step_state* state, convoke_stream stream) {
    Launch launch("convoke_cuda_parameters_update", stream);
    const bool has_m = keeps_m(*rule);
    const bool has_v = keeps_v(*rule);
    launch.require(steps > 0, "there are no plans");
    launch.require(!(has_m && m == nullptr) && !(has_v && v == nullptr), "the optimizer's moments are missing");
    const Arena arena{launch.updates<float>("parameters", parameters, arena_size),
                      launch.reads<float>("gradients", gradients, arena_size),
                      has_m ? launch.updates<float>("m", m, arena_size) : nullptr,
                      has_v ? launch.updates<float>("v", v, arena_size) : nullptr,
                      average == nullptr ? nullptr : launch.updates<float>("average", average, arena_size),
                      compute == nullptr ? nullptr : launch.updates<Bfloat16>("compute", compute, arena_size),
                      arena_size};
    launch.add(update_kernel, arena_blocks(arena_size), kThreads, arena, *rule,
               read_segments(launch, ranges, range_count), launch.reads<convoke_step_plan>("plans", plans, steps),
               steps, batch, partial_sums(launch, workspace, arena_size),
               launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

int32_t convoke_cuda_parameters_penalty(const float* parameters, const convoke_parameter* ranges, int32_t range_count,
                                        int64_t arena_size, void* workspace, double* penalty, convoke_step_state* state,
                                        convoke_stream stream) {
    Launch launch("convoke_cuda_parameters_penalty", stream);
    launch.add(penalty_kernel, arena_blocks(arena_size), kThreads,
               launch.reads<float>("parameters", parameters, arena_size), arena_size,
               read_segments(launch, ranges, range_count), partial_sums(launch, workspace, arena_size),
               launch.writes<double>("penalty", penalty, 1), launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

}  // extern "C"
