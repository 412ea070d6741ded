/* Every loss against double: each shape of threads, weights, schedules, a last batch that is filled up, several sums.
 */
#include "cuda_test.h"
#include "loss_reference.h"

namespace convoke::test {
namespace {

/* One exponential, additions over a few numbers a lane and up to nine shuffles, one division. */
constexpr double kProbabilityTolerance = 1e-6;

/* A loss is a difference of numbers up to 40 in float, or a mean of squares. */
constexpr double kLossTolerance = 1e-5;
constexpr double kRelativeTolerance = 2e-6;

/* Where nothing is written the buffers keep these. */
constexpr int32_t kUntouched = 77;

struct Problem {
    int32_t type;
    convoke_loss loss;
    int32_t count;
    int32_t positions;
    int32_t first_position;
    float range;
    bool weighted;
};

struct Answer {
    std::vector<double> losses, gradients, metrics, confidences, answers;
    std::vector<int32_t> predictions;
    double sums[3] = {};
};

Answer answer(const Problem& p, const LossProblem& of, const float* weights, double scale) {
    const size_t k = static_cast<size_t>(p.loss.outputs);
    const size_t positions = static_cast<size_t>(p.positions);
    Answer a;
    a.confidences.assign(positions, kUntouched);
    a.answers.assign(positions * k, kUntouched);
    a.predictions.assign(positions, kUntouched);
    for (size_t i = 0; i < static_cast<size_t>(p.count); ++i) {
        const ReferenceImage image(p.loss, &of.outputs[i * k], of.classes[i], &of.targets[i * k], weights);
        const size_t position = static_cast<size_t>(p.first_position) + i;
        const bool counts = position < positions;
        const double of_image[] = {image.loss, image.first, image.second};
        for (int sum = 0; sum < 3; ++sum) {
            a.sums[sum] += counts ? of_image[sum] : 0.0;
        }
        a.losses.push_back(counts ? image.loss : 0.0);
        a.metrics.push_back(counts ? image.first : 0.0);
        a.metrics.push_back(counts ? image.second : 0.0);
        for (size_t j = 0; j < k; ++j) {
            a.gradients.push_back(counts ? image.gradient[j] * scale : 0.0);
            if (counts) {
                a.answers[position * k + j] = image.answers[j];
            }
        }
        if (counts && p.loss.kind <= CONVOKE_SIGMOID_CROSS_ENTROPY) {
            a.predictions[position] = image.prediction;
            a.confidences[position] = image.confidence;
        }
    }
    return a;
}

bool near(double actual, double expected, double tolerance) { return std::fabs(actual - expected) <= tolerance; }

void run(Check& check, const Problem& p) {
    const std::string what = std::string(name_of_loss(p.loss.kind)) + " " + std::to_string(p.count) + "x" +
                             std::to_string(p.loss.outputs) + " " + name_of(p.type) + (p.weighted ? " weighted" : "");
    LossProblem problem(p.loss, p.count, p.range, 23);
    problem.outputs = rounded(problem.outputs, p.type);
    const size_t k = static_cast<size_t>(p.loss.outputs);
    const size_t positions = static_cast<size_t>(p.positions);
    const float weight = 0.5f;
    /* The second step of three; a step beyond the last takes the last one's. */
    const std::vector<convoke_step_plan> schedule{{0, 0, 9.0f, 0}, {0, 0, 0.125f, 1}, {0, 0, 9.0f, 1}};
    const Answer expected = answer(p, problem, p.weighted ? problem.weights.data() : nullptr, 0.125 * 0.5);
    if (check.planted()) {
        problem.outputs[0] += 0.5f;
    }
    Tensor outputs(p.type, problem.outputs.size());
    const Memory<int32_t> classes(problem.classes);
    const Memory<float> targets(problem.targets), class_weights(problem.weights);
    const Memory<convoke_step_plan> plans(schedule);
    const Memory<float> losses(static_cast<size_t>(p.count)), metrics(2 * static_cast<size_t>(p.count));
    Memory<int32_t> predictions(positions);
    Memory<float> confidences(positions), answers(positions * k);
    Memory<double> sums(3);
    Memory<convoke_step_state> state(1);
    const void* aims =
        p.loss.kind == CONVOKE_SOFTMAX_CROSS_ENTROPY ? static_cast<const void*>(classes.get()) : targets.get();
    repeatedly(check, what, [&] {
        outputs.write(problem.outputs);
        predictions.write(std::vector<int32_t>(positions, kUntouched));
        confidences.write(std::vector<float>(positions, kUntouched));
        answers.write(std::vector<float>(positions * k, kUntouched));
        sums.write({0.25, 1.0, 2.0});
        convoke_step_state before = state_at(2, p.first_position);
        before.step = 1;
        before.loss_sum = 0.5;
        before.metric_sums[0] = 3.0;
        before.metric_sums[1] = 4.0;
        before.images = 5;
        state.write({before});
        queued(
            check,
            convoke_cuda_loss(&p.loss, p.type, outputs.get(), aims, p.weighted ? class_weights.get() : nullptr, p.count,
                              p.positions, weight, plans.get(), 3, outputs.get(), losses.get(), metrics.get(),
                              predictions.get(), confidences.get(), answers.get(), sums.get(), state.get(), stream()),
            what);
        std::vector<uint8_t> bits;
        append(bits, outputs.read());
        append(bits, losses.read());
        append(bits, metrics.read());
        append(bits, predictions.read());
        append(bits, confidences.read());
        append(bits, answers.read());
        append(bits, sums.read());
        append(bits, state.read());
        return bits;
    });
    const double of_output = p.loss.kind == CONVOKE_SOFTMAX_CROSS_ENTROPY ? 1.0 : 1.0 / static_cast<double>(k);
    check.close(losses.read(), expected.losses, kLossTolerance, kRelativeTolerance, what + ", losses");
    check.close(outputs.read(), expected.gradients, kProbabilityTolerance * of_output,
                kRelativeTolerance + rounding_of(p.type), what + ", gradients");
    check.close(metrics.read(), expected.metrics, 0.0, kRelativeTolerance, what + ", metrics");
    check.close(confidences.read(), expected.confidences, kProbabilityTolerance, 0.0, what + ", confidences");
    check.close(answers.read(), expected.answers, kProbabilityTolerance, 0.0, what + ", answers");
    check.same_bits(predictions.read(), expected.predictions, what + ", predictions");
    const convoke_step_state after = state.read()[0];
    const std::vector<double> own = sums.read();
    const double loss_tolerance = kLossTolerance * p.count + kRelativeTolerance * expected.sums[0];
    check.that(near(after.loss_sum, 0.5 + 0.5 * expected.sums[0], loss_tolerance), what + ", loss sum is added to");
    check.that(near(own[0], 0.25 + expected.sums[0], loss_tolerance), what + ", its own loss sum is added to");
    for (int metric = 0; metric < 2; ++metric) {
        const double sum = expected.sums[metric + 1];
        check.that(near(after.metric_sums[metric], 3.0 + metric + sum, kRelativeTolerance * sum) &&
                       near(own[static_cast<size_t>(metric) + 1], 1.0 + metric + sum, kRelativeTolerance * sum),
                   what + ", metric sums are added to");
    }
    check.that(after.images == 5 && after.blocks_done == 0 && after.step == 1,
               what + ", the rest of the state is left");

    /* Losses and metrics alone. */
    outputs.write(problem.outputs);
    const std::vector<float> with_the_rest = losses.read();
    queued(check,
           convoke_cuda_loss(&p.loss, p.type, outputs.get(), aims, p.weighted ? class_weights.get() : nullptr, p.count,
                             p.positions, weight, nullptr, 0, nullptr, losses.get(), metrics.get(), nullptr, nullptr,
                             nullptr, nullptr, state.get(), stream()),
           what + ", alone");
    check.same_bits(losses.read(), with_the_rest, what + ", losses alone");
    check.same_bits(outputs.read(), problem.outputs, what + ", outputs stay");
}

}  // namespace

void test_loss_family(Check& check) {
    for (int32_t type : kTypes) {
        for (const bool weighted : {false, true}) {
            const convoke_loss softmax{CONVOKE_SOFTMAX_CROSS_ENTROPY, 10, 0.1f, 0.0f, 3, 0};
            run(check, {type, softmax, 33, 50, 30, 5.0f, weighted}); /* 13 images too many */
            run(check, {type, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 1, 0, 0, 1, 0}, 3, 9, 2, 1.0f, weighted});
            run(check, {type, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 257, 0.2f, 0, 5, 0}, 40, 90, 50, 8.0f, weighted});
            run(check, {type, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 3001, 0, 0, 900, 0}, 5, 8, 4, 3.0f, weighted});
            run(check, {type, {CONVOKE_SIGMOID_CROSS_ENTROPY, 1, 0, 0, 0, 0}, 65, 60, 0, 6.0f, weighted});
            run(check, {type, {CONVOKE_SIGMOID_CROSS_ENTROPY, 7, 0.1f, 0, 0, 0}, 33, 99, 66, 20.0f, weighted});
            run(check, {type, {CONVOKE_SIGMOID_CROSS_ENTROPY, 1701, 0, 0, 0, 0}, 4, 3, 0, 4.0f, weighted});
            run(check, {type, {CONVOKE_MEAN_SQUARED_ERROR, 1, 0, 0, 0, 0}, 129, 129, 0, 2.0f, weighted});
            run(check, {type, {CONVOKE_MEAN_SQUARED_ERROR, 1023, 0, 0, 0, 0}, 9, 20, 12, 1.0f, weighted});
            run(check, {type, {CONVOKE_HUBER, 3, 0, 0.75f, 0, 0}, 201, 900, 700, 2.0f, weighted});
            run(check, {type, {CONVOKE_HUBER, 40, 0, 1.0f, 0, 0}, 9, 12, 1, 3.0f, weighted});
        }
    }
}

}  // namespace convoke::test
