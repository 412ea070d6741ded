/* Every optimizer for several steps against its formulas in double; penalty, clipping, the bfloat16 copy, the state. */
#include <functional>

#include "cuda_test.h"

namespace convoke::test {
namespace {

/* Four steps of a few roundings each on weights up to 1. */
constexpr double kWeightTolerance = 2e-6;

/* The penalty's terms are double; the norm's are squares of floats. */
constexpr double kSumTolerance = 1e-6;

constexpr int kSteps = 4;
constexpr int32_t kBatch = 32;

struct Moments {
    double w;
    double m;
    double v;
};

/* Segments with a gap before, between and after them; beginnings and lengths that no vector divides. */
struct Layout {
    std::vector<convoke_segment> segments{{3, 1000, 0.01f, 0.02f, 0.1f, 0.0f},
                                          {1010, 1, 0.0f, 0.0f, 0.0f, 0.0f},
                                          {1011, 36007, 0.001f, 0.0f, 0.1f, 0.0f},
                                          {40000, 77, 0.0f, 0.3f, 0.0f, 0.0f}};
    size_t size = 40101;

    const convoke_segment* segment_of(size_t i) const {
        for (const convoke_segment& segment : segments) {
            const int64_t at = static_cast<int64_t>(i) - segment.offset;
            if (at >= 0 && at < segment.length) {
                return &segment;
            }
        }
        return nullptr;
    }
};

double total_gradient(const convoke_segment& segment, double gradient, double w) {
    const double sign = w > 0 ? 1.0 : (w < 0 ? -1.0 : 0.0);
    return gradient + static_cast<double>(segment.l1) * sign + 2.0 * static_cast<double>(segment.l2) * w;
}

double penalty_of(const Layout& layout, const std::vector<double>& w) {
    double penalty = 0.0;
    for (size_t i = 0; i < layout.size; ++i) {
        const convoke_segment* segment = layout.segment_of(i);
        if (segment != nullptr) {
            penalty += segment->l1 * std::fabs(w[i]) + static_cast<double>(segment->l2) * w[i] * w[i];
        }
    }
    return penalty;
}

/* The factor of clipping by the norm of all penalised gradients. */
double clip_factor(const Layout& layout, const std::vector<double>& w, const std::vector<float>& g, double most) {
    double squares = 0.0;
    for (size_t i = 0; i < layout.size; ++i) {
        const convoke_segment* segment = layout.segment_of(i);
        if (segment != nullptr) {
            const double gradient = total_gradient(*segment, g[i], w[i]);
            squares += gradient * gradient;
        }
    }
    return most > 0.0 && std::sqrt(squares) > most ? most / std::sqrt(squares) : 1.0;
}

/* The learning rate falls from step to step. */
double rate_of(int step) { return 0.01 / (step + 1); }

using Optimizer = convoke_cuda_optimizer;
using Rule = std::function<void(const Optimizer&, const convoke_segment&, int step, double gradient, Moments&)>;

/* What the host fills in for an epoch of kSteps. */
std::vector<convoke_step_rates> rates_of(const Optimizer& o) {
    std::vector<convoke_step_rates> rates;
    for (int step = 0; step < kSteps; ++step) {
        const double correction = o.kind == CONVOKE_ADAM || o.kind == CONVOKE_ADAMW
                                      ? std::sqrt(1 - std::pow(static_cast<double>(o.beta2), step + 1)) /
                                            (1 - std::pow(static_cast<double>(o.beta1), step + 1))
                                      : 1.0;
        rates.push_back({static_cast<float>(rate_of(step)), static_cast<float>(rate_of(step) * correction)});
    }
    return rates;
}

struct Run {
    Layout layout;
    std::vector<float> start;
    std::vector<std::vector<float>> gradients;
    std::vector<double> w;
    double penalty_sum = 0.0;

    Run(const Optimizer& o, const Rule& rule) {
        Numbers numbers(31);
        start = numbers.floats(layout.size);
        start[5] = 0.0f;
        w.assign(start.begin(), start.end());
        std::vector<double> m(layout.size), v(layout.size);
        for (int step = 0; step < kSteps; ++step) {
            gradients.push_back(numbers.floats(layout.size));
            penalty_sum += penalty_of(layout, w) * kBatch;
            const double factor = clip_factor(layout, w, gradients.back(), o.clip_norm);
            for (size_t i = 0; i < layout.size; ++i) {
                const convoke_segment* segment = layout.segment_of(i);
                if (segment != nullptr) {
                    Moments moments{w[i], m[i], v[i]};
                    rule(o, *segment, step, total_gradient(*segment, gradients.back()[i], w[i]) * factor, moments);
                    w[i] = moments.w;
                    m[i] = moments.m;
                    v[i] = moments.v;
                }
            }
        }
    }
};

void optimizer(Check& check, const std::string& what, Optimizer o, const Rule& rule) {
    const Run run(o, rule);
    const Layout& layout = run.layout;
    const int32_t count = static_cast<int32_t>(layout.segments.size());
    const int64_t size = static_cast<int64_t>(layout.size);
    std::vector<convoke_step_rates> schedule = rates_of(o);
    for (convoke_step_rates& rates : schedule) {
        rates.learning_rate *= check.planted() ? 1.01f : 1.0f;
        rates.step_size *= check.planted() ? 1.01f : 1.0f;
    }
    Memory<float> w(layout.size), m(layout.size), v(layout.size), g(layout.size);
    Tensor compute(CONVOKE_BFLOAT16, layout.size);
    const Memory<convoke_segment> segments(layout.segments);
    const Memory<convoke_step_rates> rates(schedule);
    const Memory<uint8_t> workspace(static_cast<size_t>(convoke_cuda_optimizer_workspace_bytes(size)));
    Memory<convoke_step_state> state(1);
    repeatedly(check, what, [&] {
        w.write(run.start);
        m.write(std::vector<float>(layout.size));
        v.write(std::vector<float>(layout.size));
        compute.write(std::vector<float>(layout.size, 5.0f));
        state.write({state_at(0, 64)});
        for (int step = 0; step < kSteps; ++step) {
            g.write(run.gradients[static_cast<size_t>(step)]);
            if (o.clip_norm > 0.0f) {
                queued(check,
                       convoke_cuda_clip(&o, w.get(), g.get(), segments.get(), count, size, workspace.get(),
                                         state.get(), stream()),
                       what + ", clip");
            }
            queued(check,
                   convoke_cuda_optimizer_update(&o, w.get(), g.get(), m.get(), v.get(), compute.get(), segments.get(),
                                                 count, size, rates.get(), kSteps, kBatch, workspace.get(), state.get(),
                                                 stream()),
                   what);
        }
        std::vector<uint8_t> bits;
        append(bits, w.read());
        append(bits, m.read());
        append(bits, v.read());
        append(bits, compute.read());
        append(bits, state.read());
        return bits;
    });
    const std::vector<float> updated = w.read();
    check.close(updated, run.w, kWeightTolerance, 1e-6, what);
    std::vector<float> copy = rounded(updated, CONVOKE_BFLOAT16);
    for (size_t i = 0; i < layout.size; ++i) {
        copy[i] = layout.segment_of(i) == nullptr ? 5.0f : copy[i];
    }
    check.same_bits(compute.read(), copy, what + ", bfloat16 copy");
    const convoke_step_state after = state.read()[0];
    check.that(std::fabs(after.penalty_sum - run.penalty_sum) <= kSumTolerance * run.penalty_sum,
               what + ", penalty before each update");
    check.that(after.step == kSteps && after.images == kSteps * kBatch &&
                   after.first_position == 64 + kSteps * kBatch && after.blocks_done == 0,
               what + ", the state is advanced");
}

void penalty(Check& check) {
    const Layout layout;
    const std::vector<float> values = Numbers(37).floats(layout.size);
    const double expected = penalty_of(layout, std::vector<double>(values.begin(), values.end()));
    const Memory<float> w(values);
    const Memory<convoke_segment> segments(layout.segments);
    const int64_t size = static_cast<int64_t>(layout.size);
    const Memory<uint8_t> workspace(static_cast<size_t>(convoke_cuda_optimizer_workspace_bytes(size)));
    const Memory<double> result(1);
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    const std::vector<double> actual = repeatedly(check, "penalty", [&] {
        queued(check,
               convoke_cuda_penalty(w.get(), segments.get(), 4, size, workspace.get(), result.get(), state.get(),
                                    stream()),
               "penalty");
        return result.read();
    });
    check.that(std::fabs(actual[0] - expected) <= kSumTolerance * expected, "penalty");
}

void adam_rule(const Optimizer& o, int step, double gradient, Moments& s) {
    const double beta1 = o.beta1;
    const double beta2 = o.beta2;
    s.m += (1 - beta1) * (gradient - s.m);
    s.v += (1 - beta2) * (gradient * gradient - s.v);
    s.w -= rate_of(step) * std::sqrt(1 - std::pow(beta2, step + 1)) / (1 - std::pow(beta1, step + 1)) * s.m /
           (std::sqrt(s.v) + o.epsilon);
}

}  // namespace

void test_optimizer(Check& check) {
    const auto adam = [](const Optimizer& o, const convoke_segment&, int step, double g, Moments& s) {
        adam_rule(o, step, g, s);
    };
    optimizer(
        check, "SGD", {CONVOKE_SGD, 0, 0, 0, 0, 0, 0, 0},
        [](const Optimizer&, const convoke_segment&, int step, double g, Moments& s) { s.w -= rate_of(step) * g; });
    optimizer(check, "SGD with momentum", {CONVOKE_SGD, 0, 0.9f, 0, 0, 0, 0, 0},
              [](const Optimizer& o, const convoke_segment&, int step, double g, Moments& s) {
                  s.m = static_cast<double>(o.momentum) * s.m - rate_of(step) * g;
                  s.w += s.m;
              });
    optimizer(check, "SGD with Nesterov momentum", {CONVOKE_SGD, 1, 0.9f, 0, 0, 0, 0, 0},
              [](const Optimizer& o, const convoke_segment&, int step, double g, Moments& s) {
                  s.m = static_cast<double>(o.momentum) * s.m - rate_of(step) * g;
                  s.w += static_cast<double>(o.momentum) * s.m - rate_of(step) * g;
              });
    optimizer(check, "RMSprop", {CONVOKE_RMSPROP, 0, 0, 0.9f, 0, 0, 1e-7f, 0},
              [](const Optimizer& o, const convoke_segment&, int step, double g, Moments& s) {
                  s.v = static_cast<double>(o.rho) * s.v + (1 - static_cast<double>(o.rho)) * g * g;
                  s.w -= rate_of(step) * g / (std::sqrt(s.v) + o.epsilon);
              });
    optimizer(check, "RMSprop with momentum", {CONVOKE_RMSPROP, 0, 0.5f, 0.9f, 0, 0, 1e-3f, 0},
              [](const Optimizer& o, const convoke_segment&, int step, double g, Moments& s) {
                  s.v = static_cast<double>(o.rho) * s.v + (1 - static_cast<double>(o.rho)) * g * g;
                  s.m = static_cast<double>(o.momentum) * s.m + rate_of(step) * g / std::sqrt(s.v + o.epsilon);
                  s.w -= s.m;
              });
    optimizer(check, "Adam", {CONVOKE_ADAM, 0, 0, 0, 0.9f, 0.999f, 1e-7f, 0}, adam);
    optimizer(check, "Adam, clipped", {CONVOKE_ADAM, 0, 0, 0, 0.9f, 0.999f, 1e-7f, 5.0f}, adam);
    optimizer(check, "Adam, nothing to clip", {CONVOKE_ADAM, 0, 0, 0, 0.9f, 0.999f, 1e-7f, 1e6f}, adam);
    optimizer(check, "AdamW", {CONVOKE_ADAMW, 0, 0, 0, 0.9f, 0.999f, 1e-7f, 0},
              [](const Optimizer& o, const convoke_segment& segment, int step, double g, Moments& s) {
                  s.w -= rate_of(step) * segment.weight_decay * s.w;
                  adam_rule(o, step, g, s);
              });
    penalty(check);
}

}  // namespace convoke::test
