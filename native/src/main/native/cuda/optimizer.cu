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

/* What either kind of segment asks for its elements. */
__device__ float rate_factor_of(const convoke_segment&) { return 1.0f; }
__device__ float rate_factor_of(const convoke_parameter& parameter) { return parameter.rate_factor; }

__device__ bool is_frozen(const convoke_segment&) { return false; }
__device__ bool is_frozen(const convoke_parameter& parameter) { return parameter.frozen != 0; }

/* The arena's segments, in ascending order. */
template <class Segment>
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

template <class Segment>
__device__ bool covers(const Segment* segment, int64_t begin, int64_t end) {
    return segment != nullptr && begin >= segment->offset && end <= segment->offset + segment->length;
}

/*
 * Calls whole(segment, first) for every four neighbouring elements that lie inside one segment, single(segment, at) for
 * each other element that a segment covers.
 */
template <class Segment, class Whole, class Single>
__device__ void for_weights(const Segments<Segment>& segments, int64_t arena_size, const Whole& whole,
                            const Single& single) {
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

template <class Segment>
__device__ double penalty_of(const Segment& segment, float w) {
    return (double)segment.l1 * (double)absolute(w) + (double)segment.l2 * ((double)w * (double)w);
}

template <class Segment>
__device__ bool is_penalised(const Segment& segment) {
    return segment.l1 != 0.0f || segment.l2 != 0.0f;
}

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

/* What a step of a table asks for. */
__device__ convoke_step_plan plan_of(const convoke_step_rates& rates) {
    return convoke_step_plan{rates.learning_rate, rates.step_size, 1.0f, 1};
}
__device__ convoke_step_plan plan_of(const convoke_step_plan& plan) { return plan; }

__device__ int32_t step_of(const convoke_step_state* state, int32_t steps) {
    return state->step < steps ? state->step : steps - 1;
}

/* A rule with what the step gives it. */
struct Rule {
    convoke_cuda_update_rule rule;
    convoke_step_plan plan;
    float gradient_scale;

    template <class Segment>
    __device__ bool moves(const Segment& segment) const {
        return plan.updates != 0 && !is_frozen(segment);
    }

    template <class Segment>
    __device__ void operator()(const Segment& segment, float gradient, float& w, float& m, float& v) const {
        const convoke_cuda_update_rule& o = rule;
        const float total = penalised_gradient(gradient, w, segment.l1, 2.0f * segment.l2);
        const float g = bounded(total, bound_of(o.clip_value)) * gradient_scale;
        const float rate = plan.learning_rate * rate_factor_of(segment);
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
                const float step_size = plan.step_size * rate_factor_of(segment);
                Adam{step_size, 1.0f - o.beta1, 1.0f - o.beta2, o.epsilon, decay}(g, w, m, v);
            }
        }
    }

    __device__ float average(float before, float w) const {
        return moving_average(before, w, rule.average_decay, 1.0f - rule.average_decay);
    }
};

/* Four weights at once. Returns their penalty before the update. */
template <class Segment>
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
template <class Segment>
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

/* `Table` is convoke_step_rates or convoke_step_plan. */
template <class Segment, class Table>
__global__ void __launch_bounds__(kThreads)
    update_kernel(Arena arena, convoke_cuda_update_rule asked, Segments<Segment> segments, const Table* table,
                  int32_t steps, int32_t batch, double* partials, convoke_step_state* state) {
    const Rule rule{asked, plan_of(table[step_of(state, steps)]),
                    asked.clip_norm > 0.0f ? state->gradient_scale : 1.0f};
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

template <class Segment>
__global__ void __launch_bounds__(kThreads)
    penalty_kernel(const float* w, int64_t size, Segments<Segment> segments, double* partials, double* penalty,
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

/* `plans` null: every step moves the parameters. */
template <class Segment>
__global__ void __launch_bounds__(kThreads)
    clip_kernel(const float* w, const float* g, int64_t size, Segments<Segment> segments, float clip_norm, float bound,
                const convoke_step_plan* plans, int32_t steps, double* partials, convoke_step_state* state) {
    if (plans != nullptr && plans[step_of(state, steps)].updates == 0) {
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
            if (is_frozen(segment)) {
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
            if (!is_frozen(segment)) {
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
    accumulate_kernel(float* sum, const float* g, int64_t size, Segments<convoke_parameter> segments,
                      const convoke_step_plan* plans, int32_t steps, const convoke_step_state* state) {
    const int32_t step = step_of(state, steps);
    const bool first_of_all = step == 0 || plans[step - 1].updates != 0;
    for_weights(
        segments, size,
        [&](const convoke_parameter& segment, int64_t first) {
            if (is_frozen(segment)) {
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
            if (!is_frozen(segment)) {
                sum[at] = first_of_all ? g[at] : sum[at] + g[at];
            }
        });
}

__global__ void advance_kernel(convoke_step_state* state, int32_t batch) { advance(state, batch); }

double* partial_sums(Launch& launch, void* workspace, int64_t arena_size) {
    return launch.writes<double>("workspace", workspace, arena_blocks(arena_size).x);
}

template <class Segment>
Segments<Segment> read_segments(Launch& launch, const Segment* segments, int32_t count) {
    return Segments<Segment>{launch.reads<Segment>("segments", segments, count), count};
}

convoke_cuda_update_rule rule_of(const convoke_cuda_optimizer& o) {
    return convoke_cuda_update_rule{o.kind,  o.nesterov, 0,         0,    o.momentum,  o.rho,
                                    o.beta1, o.beta2,    o.epsilon, 0.0f, o.clip_norm, 0.0f};
}

/* Which moments the rule keeps. */
bool keeps_m(const convoke_cuda_update_rule& o) {
    return o.kind == CONVOKE_ADAM || o.kind == CONVOKE_ADAMW || o.momentum != 0.0f;
}

bool keeps_v(const convoke_cuda_update_rule& o) { return o.kind != CONVOKE_SGD; }

/* What an update reads and writes, of either kind of segment. */
struct Buffers {
    float* parameters;
    const float* gradients;
    float* m;
    float* v;
    float* average;
    void* compute;
    int64_t size;
};

template <class Segment, class Table>
int32_t update(Launch& launch, const convoke_cuda_update_rule& rule, const Buffers& buffers, const Segment* segments,
               int32_t segment_count, const Table* table, int32_t steps, int32_t batch, void* workspace,
               convoke_step_state* state) {
    const bool has_m = keeps_m(rule);
    const bool has_v = keeps_v(rule);
    const int64_t size = buffers.size;
    launch.require(steps > 0, "there are no rates");
    launch.require(!(has_m && buffers.m == nullptr) && !(has_v && buffers.v == nullptr),
                   "the optimizer's moments are missing");
    const Arena arena{launch.updates<float>("parameters", buffers.parameters, size),
                      launch.reads<float>("gradients", buffers.gradients, size),
                      has_m ? launch.updates<float>("m", buffers.m, size) : nullptr,
                      has_v ? launch.updates<float>("v", buffers.v, size) : nullptr,
                      buffers.average == nullptr ? nullptr : launch.updates<float>("average", buffers.average, size),
                      buffers.compute == nullptr ? nullptr : launch.updates<Bfloat16>("compute", buffers.compute, size),
                      size};
    launch.add(update_kernel<Segment, Table>, arena_blocks(size), kThreads, arena, rule,
               read_segments(launch, segments, segment_count), launch.reads<Table>("rates", table, steps), steps, batch,
               partial_sums(launch, workspace, size), launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

/* `plans` null: every step moves the parameters. */
template <class Segment>
int32_t clip(Launch& launch, const convoke_cuda_update_rule& rule, const float* parameters, const float* gradients,
             const Segment* segments, int32_t segment_count, int64_t arena_size, const convoke_step_plan* plans,
             int32_t steps, void* workspace, convoke_step_state* state) {
    launch.require(rule.clip_norm > 0.0f, "the largest norm is not above 0");
    launch.add(clip_kernel<Segment>, arena_blocks(arena_size), kThreads,
               launch.reads<float>("parameters", parameters, arena_size),
               launch.reads<float>("gradients", gradients, arena_size), arena_size,
               read_segments(launch, segments, segment_count), rule.clip_norm, bound_of(rule.clip_value),
               launch.reads<convoke_step_plan>("plans", plans, plans == nullptr ? 0 : steps), steps,
               partial_sums(launch, workspace, arena_size), launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

template <class Segment>
int32_t penalty(Launch& launch, const float* parameters, const Segment* segments, int32_t segment_count,
                int64_t arena_size, void* workspace, double* penalty, convoke_step_state* state) {
    launch.add(penalty_kernel<Segment>, arena_blocks(arena_size), kThreads,
               launch.reads<float>("parameters", parameters, arena_size), arena_size,
               read_segments(launch, segments, segment_count), partial_sums(launch, workspace, arena_size),
               launch.writes<double>("penalty", penalty, 1), launch.updates<convoke_step_state>("state", state, 1));
    return launch.submit();
}

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
    return clip(launch, rule_of(*optimizer), parameters, gradients, segments, segment_count, arena_size, nullptr, 0,
                workspace, state);
}

int32_t convoke_cuda_optimizer_update(const convoke_cuda_optimizer* optimizer, float* parameters,
                                      const float* gradients, float* m, float* v, void* compute,
                                      const convoke_segment* segments, int32_t segment_count, int64_t arena_size,
                                      const convoke_step_rates* rates, int32_t steps, int32_t batch, void* workspace,
                                      convoke_step_state* state, convoke_stream stream) {
    Launch launch("convoke_cuda_optimizer_update", stream);
    return update(launch, rule_of(*optimizer), Buffers{parameters, gradients, m, v, nullptr, compute, arena_size},
                  segments, segment_count, rates, steps, batch, workspace, state);
}

int32_t convoke_cuda_penalty(const float* parameters, const convoke_segment* segments, int32_t segment_count,
                             int64_t arena_size, void* workspace, double* result, convoke_step_state* state,
                             convoke_stream stream) {
    Launch launch("convoke_cuda_penalty", stream);
    return penalty(launch, parameters, segments, segment_count, arena_size, workspace, result, state);
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
    return clip(launch, *rule, parameters, gradients, ranges, range_count, arena_size, plans, steps, workspace, state);
}

int32_t convoke_cuda_parameters_update(const convoke_cuda_update_rule* rule, float* parameters, const float* gradients,
                                       float* m, float* v, float* average, void* compute,
                                       const convoke_parameter* ranges, int32_t range_count, int64_t arena_size,
                                       const convoke_step_plan* plans, int32_t steps, int32_t batch, void* workspace,
                                       convoke_step_state* state, convoke_stream stream) {
    Launch launch("convoke_cuda_parameters_update", stream);
    return update(launch, *rule, Buffers{parameters, gradients, m, v, average, compute, arena_size}, ranges,
                  range_count, plans, steps, batch, workspace, state);
}

int32_t convoke_cuda_parameters_penalty(const float* parameters, const convoke_parameter* ranges, int32_t range_count,
                                        int64_t arena_size, void* workspace, double* result, convoke_step_state* state,
                                        convoke_stream stream) {
    Launch launch("convoke_cuda_parameters_penalty", stream);
    return penalty(launch, parameters, ranges, range_count, arena_size, workspace, result, state);
}

}  // extern "C"
