/* One pass over the parameter arena for every optimizer, and the sums that penalties and clipping need. */
#include "../functors/optimizer.h"

#include "parallel.h"
#include "variants.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Partial sums side by side: fixed, so that the order of addition does not depend on the vector width. */
constexpr int32_t kLanes = 16;

/* Elements that are summed in float before the sum goes on in double. */
constexpr int64_t kBlock = 512;

/* Parameters that are moved before their averages are: they are then still in the first-level cache. */
constexpr int64_t kAveraged = 2048;

/* What a segment asks for its elements. */
struct Settings {
    float l1;
    float l2;
    float weight_decay;
    float rate_factor;
    bool frozen;
};

Settings settings_of(const convoke_segment& s) { return Settings{s.l1, s.l2, s.weight_decay, 1.0f, false}; }

Settings settings_of(const convoke_parameter& p) {
    return Settings{p.l1, p.l2, p.weight_decay, p.rate_factor, p.frozen != 0};
}

/* The piece of a segment that a range of the concatenated segments covers. */
struct Piece {
    int64_t begin; /* in the arena */
    int64_t end;
};

/* Segment `segment` starts at `start` of the concatenation; the range is [begin, end) of it. */
template <class Segment>
static inline Piece cut(const Segment& segment, int64_t start, int64_t begin, int64_t end) {
    const int64_t low = begin > start ? begin - start : 0;
    const int64_t high = end - start < segment.length ? end - start : segment.length;
    return Piece{segment.offset + low, segment.offset + (high > low ? high : low)};
}

template <class Segment>
static inline int64_t total_length(const Segment* segments, int32_t segment_count) {
    int64_t total = 0;
    for (int32_t i = 0; i < segment_count; ++i) {
        total += segments[i].length;
    }
    return total;
}

/* Calls body(settings, piece) for what [begin, end) of the concatenated segments covers. */
template <class Segment, class Body>
static inline void for_pieces(const Segment* segments, int32_t segment_count, int64_t begin, int64_t end,
                              const Body& body) {
    int64_t start = 0;
    for (int32_t i = 0; i < segment_count && start < end; ++i) {
        const Piece piece = cut(segments[i], start, begin, end);
        if (piece.end > piece.begin) {
            body(settings_of(segments[i]), piece);
        }
        start += segments[i].length;
    }
}

/* sum of term(i) over [begin, end): lanes in float within a block, blocks in double. */
template <class Term>
static inline double lane_sum(int64_t begin, int64_t end, const Term& term) {
    double total = 0.0;
    for (int64_t block = begin; block < end; block += kBlock) {
        const int64_t stop = end - block < kBlock ? end : block + kBlock;
        float lanes[kLanes] = {};
        int64_t i = block;
        for (; i + kLanes <= stop; i += kLanes) {
#pragma omp simd
            for (int32_t lane = 0; lane < kLanes; ++lane) {
                lanes[lane] += term(i + lane);
            }
        }
        for (int32_t lane = 0; i < stop; ++i, ++lane) {
            lanes[lane] += term(i);
        }
        for (int32_t lane = 0; lane < kLanes; ++lane) {
            total += (double)lanes[lane];
        }
    }
    return total;
}

/* Adds body's value over the fixed chunks of the concatenated segments, in order. */
template <class Segment, class Body>
static inline double chunked_sum(const Segment* segments, int32_t segment_count, int32_t threads, const Body& body) {
    const int64_t length = total_length(segments, segment_count);
    double chunks[CONVOKE_CHUNKS];
    parallel_chunks(length, length, threads, [&](int chunk, int64_t begin, int64_t end) {
        double sum = 0.0;
        for_pieces(segments, segment_count, begin, end,
                   [&](const Settings& settings, Piece piece) { sum += body(settings, piece); });
        chunks[chunk] = sum;
    });
    double sum = 0.0;
    for (double chunk : chunks) {
        sum += chunk;
    }
    return sum;
}

struct Arena {
    float* w;
    const float* g;
    float* m;
    float* v;
    float* average; /* or null */
};

/* The penalties' share of the gradient in one segment, and the factor of clipping by norm. */
struct Pull {
    float l1;
    float twice_l2;
    float scale;

    CONVOKE_HD float operator()(float gradient, float w) const {
        return penalised_gradient(gradient, w, l1, twice_l2) * scale;
    }
};

/* The same with a bound of each gradient: two operations an element more, which only those pay who clip. */
struct BoundedPull {
    Pull pull;
    float bound;

    CONVOKE_HD float operator()(float gradient, float w) const {
        return bounded(penalised_gradient(gradient, w, pull.l1, pull.twice_l2), bound) * pull.scale;
    }
};

/* Calls body with what makes a segment's gradients out of those of the loss. */
template <class Body>
static inline void with_pull(const Settings& settings, float clip_value, float scale, const Body& body) {
    const Pull pull{settings.l1, 2.0f * settings.l2, scale};
    if (clip_value > 0.0f) {
        body(BoundedPull{pull, bound_of(clip_value)});
    } else {
        body(pull);
    }
}

template <class Pull>
static inline void apply(const Sgd& rule, const Pull& pull, const Arena& arena, Piece piece) {
    float* w = arena.w;
    const float* g = arena.g;
#pragma omp simd
    for (int64_t i = piece.begin; i < piece.end; ++i) {
        rule(pull(g[i], w[i]), w[i]);
    }
}

/* Rules with one buffer of state, `state`. */
template <class Rule, class Pull>
static inline void apply(const Rule& rule, const Pull& pull, const Arena& arena, float* state, Piece piece) {
    float* w = arena.w;
    const float* g = arena.g;
#pragma omp simd
    for (int64_t i = piece.begin; i < piece.end; ++i) {
        rule(pull(g[i], w[i]), w[i], state[i]);
    }
}

/* Rules with two. */
template <class Rule, class Pull>
static inline void apply_both(const Rule& rule, const Pull& pull, const Arena& arena, Piece piece) {
    float* w = arena.w;
    const float* g = arena.g;
    float* m = arena.m;
    float* v = arena.v;
#pragma omp simd
    for (int64_t i = piece.begin; i < piece.end; ++i) {
        rule(pull(g[i], w[i]), w[i], m[i], v[i]);
    }
}

/* beta^t by repeated squaring, in double. */
double power(double base, int64_t exponent) {
    double result = 1.0;
    for (; exponent > 0; exponent >>= 1) {
        result = (exponent & 1) != 0 ? result * base : result;
        base *= base;
    }
    return result;
}

/* lr * sqrt(1 - beta2^t) / (1 - beta1^t); for the kinds without moments of moments, nothing. */
float step_size_of(const convoke_update_rule& rule) {
    if (rule.kind != CONVOKE_ADAM && rule.kind != CONVOKE_ADAMW) {
        return 0.0f;
    }
    const double first = 1.0 - power((double)rule.beta1, rule.step);
    const double second = 1.0 - power((double)rule.beta2, rule.step);
    return (float)((double)rule.learning_rate * __builtin_sqrt(second) / first);
}

convoke_update_rule rule_of(const convoke_optimizer_step& s) {
    return convoke_update_rule{s.kind,           s.nesterov, 0,       0,       s.step,    s.learning_rate,
                               s.momentum,       s.rho,      s.beta1, s.beta2, s.epsilon, 0.0f,
                               s.gradient_scale, 0.0f,       0.0f};
}

/* One call's rule; `step_size` as step_size_of gives it. */
struct Update {
    convoke_update_rule rule;
    float step_size;

    template <class Pull>
    void move(const Arena& arena, const Settings& settings, const Pull& pull, Piece piece) const {
        const float rate = rule.learning_rate * settings.rate_factor;
        const float kept = 1.0f - rule.rho;
        switch (rule.kind) {
            case CONVOKE_SGD:
                if (rule.momentum == 0.0f) {
                    apply(Sgd{rate}, pull, arena, piece);
                } else if (rule.nesterov != 0) {
                    apply(Nesterov{rate, rule.momentum}, pull, arena, arena.m, piece);
                } else {
                    apply(Momentum{rate, rule.momentum}, pull, arena, arena.m, piece);
                }
                break;
            case CONVOKE_RMSPROP:
                if (rule.momentum != 0.0f) {
                    apply_both(RmsPropMomentum{rate, rule.momentum, rule.rho, kept, rule.epsilon}, pull, arena, piece);
                } else if (rule.epsilon_inside_root != 0) {
                    apply(RmsPropInside{rate, rule.rho, kept, rule.epsilon}, pull, arena, arena.v, piece);
                } else {
                    apply(RmsProp{rate, rule.rho, kept, rule.epsilon}, pull, arena, arena.v, piece);
                }
                break;
            default: {
                const float decay = rule.kind == CONVOKE_ADAMW ? rate * settings.weight_decay : 0.0f;
                apply_both(
                    Adam{step_size * settings.rate_factor, 1.0f - rule.beta1, 1.0f - rule.beta2, rule.epsilon, decay},
                    pull, arena, piece);
            }
        }
    }

    void average(const Arena& arena, Piece piece) const {
        const float* w = arena.w;
        float* average = arena.average;
        const float decay = rule.average_decay;
        const float rest = 1.0f - decay;
#pragma omp simd
        for (int64_t i = piece.begin; i < piece.end; ++i) {
            average[i] = moving_average(average[i], w[i], decay, rest);
        }
    }

    void operator()(const Arena& arena, const Settings& settings, Piece piece) const {
        if (settings.frozen) {
            return;
        }
        with_pull(settings, rule.clip_value, rule.gradient_scale, [&](const auto& pull) {
            if (arena.average == nullptr) {
                move(arena, settings, pull, piece);
                return;
            }
            for (int64_t begin = piece.begin; begin < piece.end; begin += kAveraged) {
                const Piece part{begin, piece.end - begin < kAveraged ? piece.end : begin + kAveraged};
                move(arena, settings, pull, part);
                average(arena, part);
            }
        });
    }
};

template <class Segment>
static inline double penalty_of(const float* parameters, const Segment* segments, int32_t segment_count,
                                int32_t threads) {
    return chunked_sum(segments, segment_count, threads, [=](const Settings& settings, Piece piece) {
        double sum = 0.0;
        if (settings.l1 != 0.0f) {
            sum += (double)settings.l1 *
                   lane_sum(piece.begin, piece.end, [=](int64_t i) { return absolute(parameters[i]); });
        }
        if (settings.l2 != 0.0f) {
            sum += (double)settings.l2 *
                   lane_sum(piece.begin, piece.end, [=](int64_t i) { return parameters[i] * parameters[i]; });
        }
        return sum;
    });
}

template <class Segment>
static inline double square_sum_of(const float* parameters, const float* gradients, float clip_value,
                                   const Segment* segments, int32_t segment_count, int32_t threads) {
    return chunked_sum(segments, segment_count, threads, [=](const Settings& settings, Piece piece) {
        if (settings.frozen) {
            return 0.0;
        }
        double sum = 0.0;
        with_pull(settings, clip_value, 1.0f, [&](const auto& pull) {
            sum = lane_sum(piece.begin, piece.end, [=](int64_t i) {
                const float g = pull(gradients[i], parameters[i]);
                return g * g;
            });
        });
        return sum;
    });
}

/* Calls body(settings, piece) for pieces that cover all segments, a range of them a thread. */
template <class Segment, class Body>
static inline void in_parallel(const Segment* segments, int32_t segment_count, int32_t threads, const Body& body) {
    parallel_ranges(total_length(segments, segment_count), threads, kElementsWorthAThread,
                    [&](int64_t begin, int64_t end, int) { for_pieces(segments, segment_count, begin, end, body); });
}

template <class Segment>
static inline void update_all(const convoke_update_rule& rule, const Arena& arena, const Segment* segments,
                              int32_t segment_count, double* penalty, int32_t threads) {
    if (penalty != nullptr) {
        *penalty = penalty_of(arena.w, segments, segment_count, threads);
    }
    const Update update{rule, step_size_of(rule)};
    in_parallel(segments, segment_count, threads,
                [&](const Settings& settings, Piece piece) { update(arena, settings, piece); });
}

void set(const float* from, float* to, Piece piece) {
#pragma omp simd
    for (int64_t i = piece.begin; i < piece.end; ++i) {
        to[i] = from[i];
    }
}

void add_to(const float* from, float* to, Piece piece) {
#pragma omp simd
    for (int64_t i = piece.begin; i < piece.end; ++i) {
        to[i] += from[i];
    }
}

}  // namespace

void optimizer_update(const convoke_optimizer_step* step, float* parameters, const float* gradients, float* m, float* v,
                      const convoke_segment* segments, int32_t segment_count, double* penalty_out, int32_t threads) {
    update_all(rule_of(*step), Arena{parameters, gradients, m, v, nullptr}, segments, segment_count, penalty_out,
               threads);
}

double penalty(const float* parameters, const convoke_segment* segments, int32_t segment_count, int32_t threads) {
    return penalty_of(parameters, segments, segment_count, threads);
}

double gradient_square_sum(const float* parameters, const float* gradients, const convoke_segment* segments,
                           int32_t segment_count, int32_t threads) {
    return square_sum_of(parameters, gradients, 0.0f, segments, segment_count, threads);
}

void parameters_update(const convoke_update_rule* rule, float* parameters, const float* gradients, float* m, float* v,
                       float* average, const convoke_parameter* ranges, int32_t range_count, double* penalty_out,
                       int32_t threads) {
    update_all(*rule, Arena{parameters, gradients, m, v, average}, ranges, range_count, penalty_out, threads);
}

double parameters_penalty(const float* parameters, const convoke_parameter* ranges, int32_t range_count,
                          int32_t threads) {
    return penalty_of(parameters, ranges, range_count, threads);
}

double parameters_square_sum(const float* parameters, const float* gradients, float clip_value,
                             const convoke_parameter* ranges, int32_t range_count, int32_t threads) {
    return square_sum_of(parameters, gradients, clip_value, ranges, range_count, threads);
}

void accumulate(float* sum, const float* gradients, const convoke_parameter* ranges, int32_t range_count, int32_t first,
                int32_t threads) {
    in_parallel(ranges, range_count, threads, [=](const Settings& settings, Piece piece) {
        if (settings.frozen) {
            return;
        }
        if (first != 0) {
            set(gradients, sum, piece);
        } else {
            add_to(gradients, sum, piece);
        }
    });
}

}  // namespace convoke::CONVOKE_ISA
