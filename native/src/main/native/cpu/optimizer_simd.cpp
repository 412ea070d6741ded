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

using Range = convoke_parameter;

/* The piece of a range that a stretch of the concatenated ranges covers. */
struct Piece {
    int64_t begin; /* in the arena */
    int64_t end;
};

/* `range` starts at `start` of the concatenation; the stretch is [begin, end) of it. */
Piece cut(const Range& range, int64_t start, int64_t begin, int64_t end) {
    const int64_t low = begin > start ? begin - start : 0;
    const int64_t high = end - start < range.length ? end - start : range.length;
    return Piece{range.offset + low, range.offset + (high > low ? high : low)};
}

int64_t total_length(const Range* ranges, int32_t range_count) {
    int64_t total = 0;
    for (int32_t i = 0; i < range_count; ++i) {
        total += ranges[i].length;
    }
    return total;
}

/* Calls body(range, piece) for what [begin, end) of the concatenated ranges covers. */
template <class Body>
static inline void for_pieces(const Range* ranges, int32_t range_count, int64_t begin, int64_t end, const Body& body) {
    int64_t start = 0;
    for (int32_t i = 0; i < range_count && start < end; ++i) {
        const Piece piece = cut(ranges[i], start, begin, end);
        if (piece.end > piece.begin) {
            body(ranges[i], piece);
        }
        start += ranges[i].length;
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

/* Adds body's value over the fixed chunks of the concatenated ranges, in order. */
template <class Body>
static inline double chunked_sum(const Range* ranges, int32_t range_count, int32_t threads, const Body& body) {
    const int64_t length = total_length(ranges, range_count);
    double chunks[CONVOKE_CHUNKS];
    parallel_chunks(length, length, threads, [&](int chunk, int64_t begin, int64_t end) {
        double sum = 0.0;
        for_pieces(ranges, range_count, begin, end,
                   [&](const Range& range, Piece piece) { sum += body(range, piece); });
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

/* The penalties' share of the gradient in one range, and the factor of clipping by norm. */
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

/* Calls body with what makes a range's gradients out of those of the loss. */
template <class Body>
static inline void with_pull(const Range& range, float clip_value, float scale, const Body& body) {
    const Pull pull{range.l1, 2.0f * range.l2, scale};
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

/* One call's rule; `step_size` as step_size_of gives it. */
struct Update {
    convoke_update_rule rule;
    float step_size;

    template <class Pull>
    void move(const Arena& arena, const Range& range, const Pull& pull, Piece piece) const {
        const float rate = rule.learning_rate * range.rate_factor;
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
                const float decay = rule.kind == CONVOKE_ADAMW ? rate * range.weight_decay : 0.0f;
                apply_both(
                    Adam{step_size * range.rate_factor, 1.0f - rule.beta1, 1.0f - rule.beta2, rule.epsilon, decay},
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

    void operator()(const Arena& arena, const Range& range, Piece piece) const {
        if (range.frozen != 0) {
            return;
        }
        with_pull(range, rule.clip_value, rule.gradient_scale, [&](const auto& pull) {
            if (arena.average == nullptr) {
                move(arena, range, pull, piece);
                return;
            }
            for (int64_t begin = piece.begin; begin < piece.end; begin += kAveraged) {
                const Piece part{begin, piece.end - begin < kAveraged ? piece.end : begin + kAveraged};
                move(arena, range, pull, part);
                average(arena, part);
            }
        });
    }
};

/* Calls body(range, piece) for pieces that cover all ranges, a stretch of them a thread. */
template <class Body>
static inline void in_parallel(const Range* ranges, int32_t range_count, int32_t threads, const Body& body) {
    parallel_ranges(total_length(ranges, range_count), threads, kElementsWorthAThread,
                    [&](int64_t begin, int64_t end, int) { for_pieces(ranges, range_count, begin, end, body); });
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

double parameters_penalty(const float* parameters, const convoke_parameter* ranges, int32_t range_count,
                          int32_t threads) {
    return chunked_sum(ranges, range_count, threads, [=](const Range& range, Piece piece) {
        double sum = 0.0;
        if (range.l1 != 0.0f) {
            sum +=
                (double)range.l1 * lane_sum(piece.begin, piece.end, [=](int64_t i) { return absolute(parameters[i]); });
        }
        if (range.l2 != 0.0f) {
            sum += (double)range.l2 *
                   lane_sum(piece.begin, piece.end, [=](int64_t i) { return parameters[i] * parameters[i]; });
        }
        return sum;
    });
}

double parameters_square_sum(const float* parameters, const float* gradients, float clip_value,
                             const convoke_parameter* ranges, int32_t range_count, int32_t threads) {
    return chunked_sum(ranges, range_count, threads, [=](const Range& range, Piece piece) {
        if (range.frozen != 0) {
            return 0.0;
        }
        double sum = 0.0;
        with_pull(range, clip_value, 1.0f, [&](const auto& pull) {
            sum = lane_sum(piece.begin, piece.end, [=](int64_t i) {
                const float g = pull(gradients[i], parameters[i]);
                return g * g;
            });
        });
        return sum;
    });
}

void parameters_update(const convoke_update_rule* rule, float* parameters, const float* gradients, float* m, float* v,
                       float* average, const convoke_parameter* ranges, int32_t range_count, double* penalty,
                       int32_t threads) {
    if (penalty != nullptr) {
        *penalty = parameters_penalty(parameters, ranges, range_count, threads);
    }
    const Arena arena{parameters, gradients, m, v, average};
    const Update update{*rule, step_size_of(*rule)};
    in_parallel(ranges, range_count, threads, [&](const Range& range, Piece piece) { update(arena, range, piece); });
}

void accumulate(float* sum, const float* gradients, const convoke_parameter* ranges, int32_t range_count, int32_t first,
                int32_t threads) {
    in_parallel(ranges, range_count, threads, [=](const Range& range, Piece piece) {
        if (range.frozen != 0) {
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
