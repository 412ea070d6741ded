/*
 * Updates of parameters against double: gradients that are added up over steps, frozen ranges, rate factors, clipping,
 * averages, the bfloat16 copy, the penalty.
 */
#include <functional>

#include "cuda_test.h"

namespace convoke::test {
namespace {

/* A few updates of a few roundings each on weights up to 1. */
constexpr double kWeightTolerance = 3e-6;

/* The penalty's terms are double; the norm's are squares of floats. */
constexpr double kSumTolerance = 1e-6;

constexpr int kSteps = 6;
constexpr int32_t kBatch = 32;

/* What is not to be written keeps this. */
constexpr float kUntouched = 5.0f;

/* Steps 0 to 2 move together, 3 alone, 4 and 5 together. */
constexpr int32_t kUpdates[kSteps] = {0, 0, 1, 1, 0, 1};

struct Moments {
    double w;
    double m;
    double v;
    double average;
};

/* Ranges with a gap before, between and after them, one of them frozen; beginnings and lengths that no vector divides.
 */
struct Arena {
    std::vector<convoke_parameter> ranges{
        {3, 1000, 0.01f, 0.02f, 0.1f, 1.0f, 0, 0},    {1010, 1, 0.0f, 0.0f, 0.0f, 0.25f, 0, 0},
        {1011, 5003, 0.001f, 0.5f, 0.1f, 1.0f, 1, 0}, {6014, 3004, 0.001f, 0.0f, 0.1f, 2.0f, 0, 0},
        {9019, 3, 0.0f, 0.0f, 0.0f, 1.0f, 1, 0},      {9022, 77, 0.0f, 0.3f, 0.0f, 1.0f, 0, 0}};
    size_t size = 9101;

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

using UpdateRule = convoke_cuda_update_rule;
using Formula =
    std::function<void(const UpdateRule&, int update, double rate, double decay, double gradient, Moments&)>;

double total_gradient(const UpdateRule& rule, const convoke_parameter& range, double gradient, double w) {
    const double sign = w > 0 ? 1.0 : (w < 0 ? -1.0 : 0.0);
    const double sum = gradient + static_cast<double>(range.l1) * sign + 2.0 * static_cast<double>(range.l2) * w;
    const double bound = rule.clip_value > 0.0f ? static_cast<double>(rule.clip_value) : INFINITY;
    return std::fmin(std::fmax(sum, -bound), bound);
}

double penalty_of(const Arena& arena, const std::vector<double>& w) {
    double penalty = 0.0;
    for (size_t i = 0; i < arena.size; ++i) {
        const convoke_parameter* range = arena.range_of(i);
        if (range != nullptr) {
            penalty += range->l1 * std::fabs(w[i]) + static_cast<double>(range->l2) * w[i] * w[i];
        }
    }
    return penalty;
}

/* The learning rate falls from step to step. */
double rate_of(int step) { return 0.01 / (step + 1); }

std::vector<convoke_step_plan> plans_of(const UpdateRule& rule, float factor) {
    std::vector<convoke_step_plan> plans;
    int update = 0;
    for (int step = 0; step < kSteps; ++step) {
        update += kUpdates[step];
        const double correction = rule.kind >= CONVOKE_ADAM
                                      ? std::sqrt(1 - std::pow(static_cast<double>(rule.beta2), update)) /
                                            (1 - std::pow(static_cast<double>(rule.beta1), update))
                                      : 1.0;
        plans.push_back({static_cast<float>(rate_of(step)) * factor,
                         static_cast<float>(rate_of(step) * correction) * factor, 1.0f, kUpdates[step]});
    }
    return plans;
}

/* What the steps should come to. */
struct Expected {
    Arena arena;
    std::vector<float> start;
    std::vector<std::vector<float>> gradients;
    std::vector<double> w, average;
    double penalty_sum = 0.0;

    Expected(const UpdateRule& rule, const Formula& formula) {
        Numbers numbers(31);
        start = numbers.floats(arena.size);
        start[5] = 0.0f;
        w.assign(start.begin(), start.end());
        average = w;
        std::vector<double> m(arena.size), v(arena.size), sum(arena.size);
        int update = 0;
        for (int step = 0; step < kSteps; ++step) {
            gradients.push_back(arena.gradients(numbers));
            penalty_sum += penalty_of(arena, w) * kBatch;
            for (size_t i = 0; i < arena.size; ++i) {
                const bool first = step == 0 || kUpdates[step - 1] == 1;
                sum[i] = (first ? 0.0 : sum[i]) + gradients.back()[i];
            }
            if (kUpdates[step] == 1) {
                ++update;
                move(rule, formula, step, update, sum, m, v);
            }
        }
    }

private:
    void move(const UpdateRule& rule, const Formula& formula, int step, int update, const std::vector<double>& sum,
              std::vector<double>& m, std::vector<double>& v) {
        double squares = 0.0;
        for (size_t i = 0; i < arena.size; ++i) {
            const double g = arena.is_moved(i) ? total_gradient(rule, *arena.range_of(i), sum[i], w[i]) : 0.0;
            squares += g * g;
        }
        const double norm = std::sqrt(squares);
        const double scale = rule.clip_norm > 0.0f && norm > rule.clip_norm ? rule.clip_norm / norm : 1.0;
        for (size_t i = 0; i < arena.size; ++i) {
            if (arena.is_moved(i)) {
                const convoke_parameter& range = *arena.range_of(i);
                Moments moments{w[i], m[i], v[i], average[i]};
                formula(rule, update, rate_of(step) * range.rate_factor, range.weight_decay,
                        total_gradient(rule, range, sum[i], w[i]) * scale, moments);
                const double decay = rule.average_decay;
                w[i] = moments.w;
                m[i] = moments.m;
                v[i] = moments.v;
                average[i] = decay * average[i] + (1.0 - decay) * w[i];
            }
        }
    }
};

void update(Check& check, const std::string& what, const UpdateRule& rule, const Formula& formula) {
    const Expected expected(rule, formula);
    const Arena& arena = expected.arena;
    const int64_t size = static_cast<int64_t>(arena.size);
    Memory<float> w(arena.size), m(arena.size), v(arena.size), g(arena.size), sum(arena.size), average(arena.size);
    Tensor compute(CONVOKE_BFLOAT16, arena.size);
    const Memory<convoke_parameter> ranges(arena.ranges);
    const Memory<convoke_step_plan> plans(plans_of(rule, check.planted() ? 1.01f : 1.0f));
    const Memory<uint8_t> workspace(static_cast<size_t>(convoke_cuda_optimizer_workspace_bytes(size)));
    Memory<convoke_step_state> state(1);
    repeatedly(check, what, [&] {
        w.write(expected.start);
        average.write(expected.start);
        sum.write(std::vector<float>(arena.size, kUntouched));
        m.write(std::vector<float>(arena.size));
        v.write(std::vector<float>(arena.size));
        compute.write(std::vector<float>(arena.size, kUntouched));
        state.write({state_at(0, 64)});
        for (int step = 0; step < kSteps; ++step) {
            g.write(expected.gradients[static_cast<size_t>(step)]);
            queued(check,
                   convoke_cuda_accumulate(sum.get(), g.get(), ranges.get(), arena.count(), size, plans.get(), kSteps,
                                           state.get(), stream()),
                   what + ", accumulated");
            if (rule.clip_norm > 0.0f) {
                queued(check,
                       convoke_cuda_parameters_clip(&rule, w.get(), sum.get(), ranges.get(), arena.count(), size,
                                                    plans.get(), kSteps, workspace.get(), state.get(), stream()),
                       what + ", clip");
            }
            queued(check,
                   convoke_cuda_parameters_update(&rule, w.get(), sum.get(), m.get(), v.get(), average.get(),
                                                  compute.get(), ranges.get(), arena.count(), size, plans.get(), kSteps,
                                                  kBatch, workspace.get(), state.get(), stream()),
                   what);
        }
        std::vector<uint8_t> bits;
        for (const Memory<float>* values : {&w, &m, &v, &sum, &average}) {
            append(bits, values->read());
        }
        append(bits, compute.read());
        append(bits, state.read());
        return bits;
    });
    const std::vector<float> updated = w.read();
    const std::vector<float> averaged = average.read();
    check.close(updated, expected.w, kWeightTolerance, 1e-6, what);
    check.close(averaged, expected.average, kWeightTolerance, 1e-6, what + ", average");
    std::vector<float> copy = rounded(updated, CONVOKE_BFLOAT16);
    const std::vector<float> sums = sum.read(), first = m.read(), second = v.read();
    bool left = true;
    for (size_t i = 0; i < arena.size; ++i) {
        copy[i] = arena.is_moved(i) ? copy[i] : kUntouched;
        left = left && (arena.is_moved(i) || (updated[i] == expected.start[i] && averaged[i] == expected.start[i] &&
                                              first[i] == 0.0f && second[i] == 0.0f && sums[i] == kUntouched));
    }
    check.that(left, what + ", what is frozen or not covered is left");
    check.same_bits(compute.read(), copy, what + ", bfloat16 copy");
    const convoke_step_state after = state.read()[0];
    check.that(std::fabs(after.penalty_sum - expected.penalty_sum) <= kSumTolerance * expected.penalty_sum,
               what + ", penalty before each step");
    check.that(after.step == kSteps && after.images == kSteps * kBatch &&
                   after.first_position == 64 + kSteps * kBatch && after.blocks_done == 0,
               what + ", the state is advanced");
}

/* The penalty of the parameters as they are. */
void penalty(Check& check) {
    const Arena arena;
    Numbers numbers(43);
    std::vector<float> start = numbers.floats(arena.size);
    const std::vector<double> w(start.begin(), start.end());
    start[3] += check.planted() ? 1.0f : 0.0f;
    const int64_t size = static_cast<int64_t>(arena.size);
    const Memory<float> parameters(start);
    const Memory<convoke_parameter> ranges(arena.ranges);
    const Memory<uint8_t> workspace(static_cast<size_t>(convoke_cuda_optimizer_workspace_bytes(size)));
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    const Memory<double> result(1);
    const std::vector<double> actual = repeatedly(check, "penalty", [&] {
        queued(check,
               convoke_cuda_parameters_penalty(parameters.get(), ranges.get(), arena.count(), size, workspace.get(),
                                               result.get(), state.get(), stream()),
               "penalty");
        return result.read();
    });
    const double expected = penalty_of(arena, w);
    check.that(std::fabs(actual[0] - expected) <= kSumTolerance * expected, "penalty");
}

void adam(const UpdateRule& rule, int update, double rate, double gradient, Moments& s) {
    const double beta1 = rule.beta1;
    const double beta2 = rule.beta2;
    s.m += (1 - beta1) * (gradient - s.m);
    s.v += (1 - beta2) * (gradient * gradient - s.v);
    s.w -= rate * std::sqrt(1 - std::pow(beta2, update)) / (1 - std::pow(beta1, update)) * s.m /
           (std::sqrt(s.v) + rule.epsilon);
}

void mean_square(const UpdateRule& rule, double gradient, Moments& s) {
    const double rho = rule.rho;
    s.v = rho * s.v + (1 - rho) * gradient * gradient;
}

UpdateRule rule_of(int32_t kind, float momentum, float clip_norm) {
    return {kind, 0, 0, 0, momentum, 0.9f, 0.9f, 0.999f, 1e-3f, 0.0f, clip_norm, 0.875f};
}

}  // namespace

void test_parameters(Check& check) {
    const auto plain_adam = [](const UpdateRule& rule, int update, double rate, double, double g, Moments& s) {
        adam(rule, update, rate, g, s);
    };
    UpdateRule clipped = rule_of(CONVOKE_SGD, 0.0f, 20.0f);
    clipped.clip_value = 0.75f;
    update(check, "SGD, clipped by value and norm", clipped,
           [](const UpdateRule&, int, double rate, double, double g, Moments& s) { s.w -= rate * g; });
    const UpdateRule momentum = rule_of(CONVOKE_SGD, 0.9f, 0.0f);
    update(check, "SGD with momentum", momentum,
           [](const UpdateRule& rule, int, double rate, double, double g, Moments& s) {
               s.m = static_cast<double>(rule.momentum) * s.m - rate * g;
               s.w += s.m;
           });
    UpdateRule nesterov = momentum;
    nesterov.nesterov = 1;
    update(check, "SGD with Nesterov momentum", nesterov,
           [](const UpdateRule& rule, int, double rate, double, double g, Moments& s) {
               s.m = static_cast<double>(rule.momentum) * s.m - rate * g;
               s.w += static_cast<double>(rule.momentum) * s.m - rate * g;
           });
    UpdateRule rmsprop = rule_of(CONVOKE_RMSPROP, 0.0f, 0.0f);
    update(check, "RMSprop", rmsprop, [](const UpdateRule& rule, int, double rate, double, double g, Moments& s) {
        mean_square(rule, g, s);
        s.w -= rate * g / (std::sqrt(s.v) + rule.epsilon);
    });
    rmsprop.epsilon_inside_root = 1;
    update(check, "RMSprop, epsilon inside the root", rmsprop,
           [](const UpdateRule& rule, int, double rate, double, double g, Moments& s) {
               mean_square(rule, g, s);
               s.w -= rate * g / std::sqrt(s.v + rule.epsilon);
           });
    const UpdateRule rmsprop_momentum = rule_of(CONVOKE_RMSPROP, 0.5f, 0.0f);
    update(check, "RMSprop with momentum", rmsprop_momentum,
           [](const UpdateRule& rule, int, double rate, double, double g, Moments& s) {
               mean_square(rule, g, s);
               s.m = static_cast<double>(rule.momentum) * s.m + rate * g / std::sqrt(s.v + rule.epsilon);
               s.w -= s.m;
           });
    update(check, "Adam, clipped by norm", rule_of(CONVOKE_ADAM, 0.0f, 20.0f), plain_adam);
    update(check, "Adam, nothing to clip", rule_of(CONVOKE_ADAM, 0.0f, 1e6f), plain_adam);
    update(check, "AdamW", rule_of(CONVOKE_ADAMW, 0.0f, 0.0f),
           [](const UpdateRule& rule, int at, double rate, double decay, double g, Moments& s) {
               s.w -= rate * decay * s.w;
               adam(rule, at, rate, g, s);
           });
    penalty(check);
}

}  // namespace convoke::test
