/*
 * Updates of parameters against double: rate factors, frozen ranges, clipping, averages, accumulation; ranges that
 * are cut anyhow; the penalty; first steps by hand.
 */
#include <functional>

#include "check.h"

using namespace convoke::test;

namespace {

/* Four steps of a few roundings each on weights up to 1. */
constexpr double kWeightTolerance = 2e-6;

/* Sums of some ten thousand floats, added in float over at most 32 of them, then in double. */
constexpr double kSumTolerance = 1e-6;

constexpr int kSteps = 4;
constexpr float kDecay = 0.9f;

struct State {
    double w;
    double m;
    double v;
    double average;
};

/* Ranges with a gap before, between and after them, one of them frozen; lengths that no vector divides. */
struct Arena {
    std::vector<convoke_parameter> ranges{{3, 1000, 0.01f, 0.02f, 0.1f, 1.0f, 0, 0},
                                          {1010, 1, 0.0f, 0.0f, 0.0f, 0.25f, 0, 0},
                                          {1011, 5003, 0.001f, 0.5f, 0.1f, 1.0f, 1, 0},
                                          {6014, 31004, 0.001f, 0.0f, 0.1f, 2.0f, 0, 0},
                                          {40000, 77, 0.0f, 0.3f, 0.0f, 1.0f, 0, 0}};
    size_t size = 40100;

    int32_t count() const { return static_cast<int32_t>(ranges.size()); }

    const convoke_parameter* range_of(size_t i) const {
        for (const convoke_parameter& range : ranges) {
            const int64_t at = static_cast<int64_t>(i) - range.offset;
            if (at >= 0 && at < range.length) {
                return &range;
            }
        }
        return nullptr;
    }

    bool is_moved(size_t i) const { return range_of(i) != nullptr && range_of(i)->frozen == 0; }

    /* No number where nothing may be read. */
    std::vector<float> gradients(Numbers& numbers) const {
        std::vector<float> values = numbers.floats(size);
        for (size_t i = 0; i < size; ++i) {
            values[i] = is_moved(i) ? values[i] : NAN;
        }
        return values;
    }
};

double total_gradient(const convoke_update_rule& rule, const convoke_parameter& range, double gradient, double w) {
    const double sign = w > 0 ? 1.0 : (w < 0 ? -1.0 : 0.0);
    const double sum = gradient + static_cast<double>(range.l1) * sign + 2.0 * static_cast<double>(range.l2) * w;
    const double bound = rule.clip_value > 0.0f ? static_cast<double>(rule.clip_value) : INFINITY;
    return std::fmin(std::fmax(sum, -bound), bound);
}

using Rule = std::function<void(const convoke_update_rule&, double rate, double decay, double gradient, State&)>;

/* Everything that an update writes, after kSteps. */
struct Result {
    std::vector<float> w, m, v, average;
    std::vector<double> penalties;

    std::vector<uint8_t> bits() const {
        std::vector<uint8_t> all;
        for (const auto* values : {&w, &m, &v, &average}) {
            append(all, *values);
        }
        append(all, penalties);
        return all;
    }
};

/* Calls update(step, result, penalty) kSteps times, from the same start. */
template <class Update>
Result steps(const std::vector<float>& start, const Update& update) {
    Result result{start, std::vector<float>(start.size()), std::vector<float>(start.size()), start, {}};
    for (int step = 0; step < kSteps; ++step) {
        double penalty = 0.0;
        update(step, result, penalty);
        result.penalties.push_back(penalty);
    }
    return result;
}

/* The ranges cut into pieces of `most` elements. */
std::vector<convoke_parameter> pieces(const std::vector<convoke_parameter>& ranges, int64_t most) {
    std::vector<convoke_parameter> result;
    for (convoke_parameter range : ranges) {
        const int64_t end = range.offset + range.length;
        for (; range.offset < end; range.offset += most) {
            range.length = end - range.offset < most ? end - range.offset : most;
            result.push_back(range);
        }
    }
    return result;
}

void update(Check& check, const std::string& what, convoke_update_rule rule, const Rule& formula) {
    const Arena arena;
    Numbers numbers(31);
    std::vector<float> start = numbers.floats(arena.size);
    start[5] = 0.0f;
    std::vector<std::vector<float>> gradients;
    for (int step = 0; step < kSteps; ++step) {
        gradients.push_back(arena.gradients(numbers));
    }
    std::vector<double> w(start.begin(), start.end()), average = w;
    for (size_t i = 0; i < arena.size; ++i) {
        State state{start[i], 0.0, 0.0, start[i]};
        for (int step = 0; arena.is_moved(i) && step < kSteps; ++step) {
            const convoke_parameter& range = *arena.range_of(i);
            rule.step = step + 1;
            const double gradient = total_gradient(rule, range, gradients[static_cast<size_t>(step)][i], state.w) *
                                    static_cast<double>(rule.gradient_scale);
            formula(rule, static_cast<double>(rule.learning_rate) * range.rate_factor, range.weight_decay, gradient,
                    state);
            state.average = static_cast<double>(kDecay) * state.average + (1.0 - static_cast<double>(kDecay)) * state.w;
        }
        w[i] = state.w;
        average[i] = state.average;
    }
    rule.average_decay = kDecay;
    rule.learning_rate *= check.planted() ? 1.01f : 1.0f;
    const auto run = [&](const std::vector<convoke_parameter>& ranges, bool averaged, int32_t threads) {
        return steps(start, [&](int step, Result& r, double& penalty) {
            convoke_update_rule of_step = rule;
            of_step.step = step + 1;
            const double before =
                convoke_parameters_penalty(r.w.data(), ranges.data(), static_cast<int32_t>(ranges.size()), threads);
            convoke_parameters_update(&of_step, r.w.data(), gradients[static_cast<size_t>(step)].data(), r.m.data(),
                                      r.v.data(), averaged ? r.average.data() : nullptr, ranges.data(),
                                      static_cast<int32_t>(ranges.size()), &penalty, threads);
            check.that(penalty == before, what + ": penalty before the update");
        });
    };
    Result result;
    check.everywhere(what, [&](int32_t threads) {
        result = run(arena.ranges, true, threads);
        return result.bits();
    });
    check.close(result.w, w, kWeightTolerance, 1e-6, what);
    check.close(result.average, average, kWeightTolerance, 1e-6, what + ", average");
    bool left = true;
    for (size_t i = 0; i < arena.size; ++i) {
        left = left && (arena.is_moved(i) || (result.w[i] == start[i] && result.m[i] == 0.0f && result.v[i] == 0.0f &&
                                              result.average[i] == start[i]));
    }
    check.that(left, what + ", what is frozen or not covered is left");
    check.same_bits(run(arena.ranges, false, 2).w, result.w, what + ", without an average");
    Result cut = run(pieces(arena.ranges, 611), true, 3);
    check.that(std::fabs(cut.penalties[0] - result.penalties[0]) <= kSumTolerance * result.penalties[0],
               what + ", penalty of ranges that are cut");
    cut.penalties = result.penalties;
    check.same_bits(cut.bits(), result.bits(), what + ", ranges that are cut");
    const Result apart = steps(start, [&](int step, Result& r, double&) {
        convoke_update_rule of_step = rule;
        of_step.step = step + 1;
        for (const convoke_parameter& range : pieces(arena.ranges, 997)) {
            convoke_parameters_update(&of_step, r.w.data(), gradients[static_cast<size_t>(step)].data(), r.m.data(),
                                      r.v.data(), r.average.data(), &range, 1, nullptr, 1);
        }
    });
    check.same_bits(apart.w, result.w, what + ", a call for each range");
    check.same_bits(apart.average, result.average, what + ", averages of a call for each range");
}

/* Of frozen ranges too. */
void penalty(Check& check) {
    const Arena arena;
    std::vector<float> w = Numbers(41).floats(arena.size);
    double expected = 0.0;
    for (size_t i = 0; i < arena.size; ++i) {
        const convoke_parameter* range = arena.range_of(i);
        const double value = w[i];
        expected += range == nullptr ? 0.0 : range->l1 * std::fabs(value) + range->l2 * value * value;
    }
    w[3] += check.planted() ? 1.0f : 0.0f;
    const std::vector<double> actual = check.everywhere("penalty", [&](int32_t threads) {
        return std::vector<double>{convoke_parameters_penalty(w.data(), arena.ranges.data(), arena.count(), threads)};
    });
    check.that(std::fabs(actual[0] - expected) <= kSumTolerance * expected, "penalty");
}

void square_sum(Check& check, float clip_value) {
    const Arena arena;
    Numbers numbers(37);
    const std::vector<float> w = numbers.floats(arena.size);
    const std::vector<float> g = arena.gradients(numbers);
    convoke_update_rule rule{};
    rule.clip_value = clip_value;
    double squares = 0.0;
    for (size_t i = 0; i < arena.size; ++i) {
        if (arena.is_moved(i)) {
            const double gradient = total_gradient(rule, *arena.range_of(i), g[i], w[i]);
            squares += gradient * gradient;
        }
    }
    const float used = check.planted() ? 0.5f * clip_value + 0.3f : clip_value;
    const std::vector<double> actual = check.everywhere("square sum", [&](int32_t threads) {
        return std::vector<double>{
            convoke_parameters_square_sum(w.data(), g.data(), used, arena.ranges.data(), arena.count(), threads)};
    });
    check.that(std::fabs(actual[0] - squares) <= kSumTolerance * squares, "square sum of gradients");
}

void accumulate(Check& check) {
    const Arena arena;
    Numbers numbers(43);
    const std::vector<float> first = arena.gradients(numbers);
    const std::vector<float> second = arena.gradients(numbers);
    std::vector<float> expected(arena.size, 5.0f);
    for (size_t i = 0; i < arena.size; ++i) {
        expected[i] = arena.is_moved(i) ? first[i] + second[i] : expected[i];
    }
    const std::vector<float> sum = check.everywhere("accumulation", [&](int32_t threads) {
        std::vector<float> values(arena.size, 5.0f);
        convoke_accumulate(values.data(), first.data(), arena.ranges.data(), arena.count(), check.planted() ? 0 : 1,
                           threads);
        convoke_accumulate(values.data(), second.data(), arena.ranges.data(), arena.count(), 0, threads);
        return values;
    });
    check.same_bits(sum, expected, "accumulation");
}

void adam(const convoke_update_rule& rule, double rate, double gradient, State& s) {
    const double beta1 = rule.beta1, beta2 = rule.beta2;
    s.m = beta1 * s.m + (1 - beta1) * gradient;
    s.v = beta2 * s.v + (1 - beta2) * gradient * gradient;
    const double t = static_cast<double>(rule.step);
    s.w -= rate * std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t)) * s.m / (std::sqrt(s.v) + rule.epsilon);
}

void mean_square(const convoke_update_rule& rule, double gradient, State& s) {
    const double rho = rule.rho;
    s.v = rho * s.v + (1 - rho) * gradient * gradient;
}

convoke_update_rule rule_of(int32_t kind, float rate) {
    convoke_update_rule rule{};
    rule.kind = kind;
    rule.learning_rate = rate;
    rule.rho = 0.9f;
    rule.beta1 = 0.9f;
    rule.beta2 = 0.999f;
    rule.epsilon = 1e-3f;
    rule.gradient_scale = 1.0f;
    return rule;
}

/* One weight by hand: w = 1, g = 0.5, learning rate 0.1. Without momentum and state each first step is known. */
void by_hand(Check& check) {
    const convoke_parameter one{0, 1, 0.0f, 0.0f, 0.5f, 1.0f, 0, 0};
    const auto first_step = [&](int32_t kind) {
        convoke_update_rule rule = rule_of(kind, 0.1f);
        rule.epsilon = 1e-7f;
        rule.step = 1;
        float w = 1.0f, m = 0.0f, v = 0.0f;
        const float g = 0.5f;
        convoke_parameters_update(&rule, &w, &g, &m, &v, nullptr, &one, 1, nullptr, 1);
        return std::vector<float>{w};
    };
    check.close(first_step(CONVOKE_SGD), std::vector<double>{0.95}, 1e-7, 0, "SGD by hand");
    /* v = 0.1 * 0.25; 0.1 * 0.5 / (sqrt(0.025) + 1e-7) = 0.316228 */
    check.close(first_step(CONVOKE_RMSPROP), std::vector<double>{1.0 - 0.3162276}, 1e-6, 0, "RMSprop by hand");
    /* The bias corrections make Adam's first step the learning rate: 0.1 * sqrt(0.001) / 0.1 * 0.05 / sqrt(0.00025). */
    check.close(first_step(CONVOKE_ADAM), std::vector<double>{0.9}, 2e-6, 0, "Adam by hand");
    check.close(first_step(CONVOKE_ADAMW), std::vector<double>{0.9 - 0.1 * 0.5}, 2e-6, 0, "AdamW by hand");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("parameters", argc, argv);
    by_hand(check);
    convoke_update_rule sgd = rule_of(CONVOKE_SGD, 0.01f);
    sgd.gradient_scale = 0.5f;
    sgd.clip_value = 0.75f;
    update(check, "SGD, clipped", sgd,
           [](const convoke_update_rule&, double rate, double, double g, State& s) { s.w -= rate * g; });
    convoke_update_rule momentum = rule_of(CONVOKE_SGD, 0.01f);
    momentum.momentum = 0.9f;
    update(check, "SGD with momentum", momentum,
           [](const convoke_update_rule& rule, double rate, double, double g, State& s) {
               s.m = static_cast<double>(rule.momentum) * s.m - rate * g;
               s.w += s.m;
           });
    convoke_update_rule nesterov = momentum;
    nesterov.nesterov = 1;
    update(check, "SGD with Nesterov momentum", nesterov,
           [](const convoke_update_rule& rule, double rate, double, double g, State& s) {
               s.m = static_cast<double>(rule.momentum) * s.m - rate * g;
               s.w += static_cast<double>(rule.momentum) * s.m - rate * g;
           });
    const convoke_update_rule rmsprop = rule_of(CONVOKE_RMSPROP, 0.001f);
    update(check, "RMSprop", rmsprop, [](const convoke_update_rule& rule, double rate, double, double g, State& s) {
        mean_square(rule, g, s);
        s.w -= rate * g / (std::sqrt(s.v) + rule.epsilon);
    });
    convoke_update_rule inside = rmsprop;
    inside.epsilon_inside_root = 1;
    update(check, "RMSprop, epsilon inside the root", inside,
           [](const convoke_update_rule& rule, double rate, double, double g, State& s) {
               mean_square(rule, g, s);
               s.w -= rate * g / std::sqrt(s.v + rule.epsilon);
           });
    convoke_update_rule rmsprop_momentum = rmsprop;
    rmsprop_momentum.momentum = 0.5f;
    for (int32_t epsilon_inside_root : {0, 1}) {
        rmsprop_momentum.epsilon_inside_root = epsilon_inside_root;
        update(check, "RMSprop with momentum", rmsprop_momentum,
               [](const convoke_update_rule& rule, double rate, double, double g, State& s) {
                   mean_square(rule, g, s);
                   s.m = static_cast<double>(rule.momentum) * s.m + rate * g / std::sqrt(s.v + rule.epsilon);
                   s.w -= s.m;
               });
    }
    const convoke_update_rule adam_rule = rule_of(CONVOKE_ADAM, 0.001f);
    update(check, "Adam", adam_rule,
           [](const convoke_update_rule& rule, double rate, double, double g, State& s) { adam(rule, rate, g, s); });
    const convoke_update_rule adamw = rule_of(CONVOKE_ADAMW, 0.001f);
    update(check, "AdamW", adamw, [](const convoke_update_rule& rule, double rate, double decay, double g, State& s) {
        s.w -= rate * decay * s.w;
        adam(rule, rate, g, s);
    });
    penalty(check);
    square_sum(check, 0.0f);
    square_sum(check, 0.5f);
    accumulate(check);
    return check.finish();
}
