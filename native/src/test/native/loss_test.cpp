/* Softmax cross-entropy against double, ties, saturation; the float exp, log and erf against libm's double ones. */
#include "check.h"
#include "functors/elementary.h"

using namespace convoke::test;

namespace {

/* One exponential, ten additions and one division: a few units in the last place of values up to 1. */
constexpr double kProbabilityTolerance = 1e-6;

/* A loss is a difference of numbers up to 40 in float. */
constexpr double kLossTolerance = 1e-5;

struct Problem {
    int32_t n;
    int32_t classes;
    float smoothing;
    std::vector<float> logits;
    std::vector<uint8_t> labels;
};

struct Answer {
    std::vector<double> losses;
    std::vector<double> gradients;
    std::vector<double> confidences;
    std::vector<uint8_t> predictions;
    std::vector<uint8_t> correct;
    int64_t hits = 0;
};

Answer answer(const Problem& problem, double scale) {
    Answer a;
    for (int32_t i = 0; i < problem.n; ++i) {
        const float* row = &problem.logits[static_cast<size_t>(i) * problem.classes];
        int32_t best = 0;
        for (int32_t k = 1; k < problem.classes; ++k) {
            best = row[k] > row[best] ? k : best;
        }
        double sum = 0.0;
        for (int32_t k = 0; k < problem.classes; ++k) {
            sum += std::exp(static_cast<double>(row[k]) - row[best]);
        }
        double loss = 0.0;
        for (int32_t k = 0; k < problem.classes; ++k) {
            const double log_probability = static_cast<double>(row[k]) - row[best] - std::log(sum);
            const double target = (k == problem.labels[i] ? 1.0 - problem.smoothing : 0.0) +
                                  static_cast<double>(problem.smoothing) / problem.classes;
            loss -= target * log_probability;
            a.gradients.push_back((std::exp(log_probability) - target) * scale);
        }
        a.losses.push_back(loss);
        a.confidences.push_back(1.0 / sum);
        a.predictions.push_back(static_cast<uint8_t>(best));
        a.correct.push_back(best == problem.labels[i]);
        a.hits += best == problem.labels[i];
    }
    return a;
}

void loss(Check& check, int32_t n, int32_t classes, float smoothing, float range) {
    const std::string what = "loss " + std::to_string(n) + "x" + std::to_string(classes);
    Numbers numbers(23);
    Problem problem{n, classes, smoothing, numbers.floats(static_cast<size_t>(n) * classes, -range, range),
                    numbers.bytes(static_cast<size_t>(n), static_cast<uint32_t>(classes))};
    if (classes > 4) {
        problem.logits[4] = problem.logits[3] = range; /* a tie */
    }
    const float scale = 1.0f / static_cast<float>(n);
    const Answer expected = answer(problem, scale);
    std::vector<float> losses(n), gradients(problem.logits.size()), confidences(n);
    std::vector<uint8_t> predictions(n), correct(n);
    double loss_sum = 0.0;
    int64_t hits = 0;
    const float used_smoothing = check.planted() ? smoothing + 0.001f : smoothing;
    check.everywhere(what, [&](int32_t threads) {
        loss_sum = 0.5;
        hits = 3;
        gradients = problem.logits;
        convoke_softmax_cross_entropy(gradients.data(), problem.labels.data(), n, classes, used_smoothing, scale,
                                      gradients.data(), losses.data(), correct.data(), predictions.data(),
                                      confidences.data(), &loss_sum, &hits, threads);
        std::vector<uint8_t> bits;
        append(bits, losses);
        append(bits, gradients);
        append(bits, confidences);
        append(bits, std::vector<double>{loss_sum});
        append(bits, predictions);
        append(bits, correct);
        append(bits, std::vector<int64_t>{hits});
        return bits;
    });
    check.close(losses, expected.losses, kLossTolerance, 1e-6, what + ", losses");
    check.close(gradients, expected.gradients, kProbabilityTolerance * scale, 1e-6, what + ", gradients");
    check.close(confidences, expected.confidences, kProbabilityTolerance, 0.0, what + ", confidences");
    check.same_bits(predictions, expected.predictions, what + ", predictions");
    check.same_bits(correct, expected.correct, what + ", correct");
    check.that(hits == expected.hits + 3, what + ", correct count is added to");
    double sum = 0.5;
    for (double value : expected.losses) {
        sum += value;
    }
    check.that(std::fabs(loss_sum - sum) <= kLossTolerance * n, what + ", loss sum is added to");
}

void without_gradient(Check& check) {
    const float logits[] = {1000.0f, -1000.0f, 0.0f};
    const uint8_t label = 1;
    float value = 0.0f;
    double sum = 0.0;
    int64_t hits = 0;
    convoke_softmax_cross_entropy(logits, &label, 1, 3, 0.0f, 1.0f, nullptr, &value, nullptr, nullptr, nullptr, &sum,
                                  &hits, 1);
    check.that(value == 2000.0f && sum == 2000.0 && hits == 0, "far logits neither overflow nor vanish");
}

/* The greatest error of `actual` in units of the last place of the expected float. */
template <class Actual, class Expected>
double worst_error(float low, float high, const Actual& actual, const Expected& expected) {
    double worst = 0.0;
    const int steps = 200000;
    for (int i = 0; i <= steps; ++i) {
        const float x = low + (high - low) * static_cast<float>(i) / steps;
        const double want = expected(static_cast<double>(x));
        const double unit = std::ldexp(1.0, std::ilogb(want == 0.0 ? 1.0 : want) - 23);
        worst = std::fmax(worst, std::fabs(actual(x) - want) / unit);
    }
    return worst;
}

void elementary(Check& check) {
    using namespace convoke::portable;
    const auto exp_float = [](float x) { return exponential(x); };
    const auto exp_double = [](double x) { return std::exp(x); };
    check.that(worst_error(-86.0f, 88.7f, exp_float, exp_double) <= 2.0, "exp within 2 units in the last place");
    const auto log_float = [](float x) { return logarithm(x); };
    const auto log_double = [](double x) { return std::log(x); };
    check.that(worst_error(0.001f, 0.9f, log_float, log_double) <= 2.0, "log below 1 within 2 units");
    check.that(worst_error(1.001f, 300.0f, log_float, log_double) <= 2.0, "log above 1 within 2 units");
    const auto erf_float = [](float x) { return error_function(x); };
    const auto erf_double = [](double x) { return std::erf(x); };
    check.that(worst_error(-6.0f, 6.0f, erf_float, erf_double) <= 3.0, "erf within 3 units");
    check.that(exponential(0.0f) == 1.0f && logarithm(1.0f) == 0.0f, "exp 0 and log 1 are exact");
    check.that(exponential(-200.0f) == 0.0f && std::isinf(exponential(100.0f)), "exp at its ends");
    check.that(std::isnan(exponential(NAN)) && std::isnan(error_function(NAN)), "NaN stays NaN");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("loss", argc, argv);
    elementary(check);
    loss(check, 32, 10, 0.0f, 5.0f);
    loss(check, 7, 10, 0.1f, 20.0f);
    loss(check, 1, 1, 0.0f, 1.0f);
    loss(check, 3001, 47, 0.05f, 3.0f);
    loss(check, 13, 256, 0.2f, 9.0f);
    without_gradient(check);
    return check.finish();
}
