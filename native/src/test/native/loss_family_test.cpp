/* Every loss against double: values, gradients, metrics, answers; weights, smoothing, ties, one output and thousands.
 */
#include "loss_reference.h"

using namespace convoke::test;

namespace {

/* One exponential, ten additions and one division: a few units in the last place of values up to 1. */
constexpr double kProbabilityTolerance = 1e-6;

/* A loss is a difference of numbers up to 40 in float, or a mean of squares. */
constexpr double kLossTolerance = 1e-5;
constexpr double kRelativeTolerance = 2e-6;

/* The sum of exponentials of thousands of classes is a float. */
constexpr double kManyClasses = 2e-5;

std::string describe(const convoke_loss& loss, int32_t n, bool weighted) {
    return std::string(name_of_loss(loss.kind)) + " " + std::to_string(n) + "x" + std::to_string(loss.outputs) +
           (weighted ? " weighted" : "");
}

void run(Check& check, const convoke_loss& loss, int32_t n, float range, bool weighted) {
    const std::string what = describe(loss, n, weighted);
    LossProblem problem(loss, n, range, 23);
    const float* weights = weighted ? problem.weights.data() : nullptr;
    const size_t k = static_cast<size_t>(loss.outputs);
    const float scale = 1.0f / static_cast<float>(n);
    std::vector<double> losses, gradients, metrics, confidences, answers;
    std::vector<int32_t> predictions;
    const bool classifies = loss.kind <= CONVOKE_SIGMOID_CROSS_ENTROPY;
    for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
        const ReferenceImage image(loss, &problem.outputs[i * k], problem.classes[i], &problem.targets[i * k], weights);
        losses.push_back(image.loss);
        metrics.push_back(image.first);
        metrics.push_back(image.second);
        predictions.push_back(classifies ? image.prediction : -1);
        confidences.push_back(classifies ? image.confidence : -1.0);
        for (size_t j = 0; j < k; ++j) {
            gradients.push_back(image.gradient[j] * static_cast<double>(scale));
            answers.push_back(image.answers[j]);
        }
    }
    if (check.planted()) {
        problem.outputs[0] += 0.5f;
    }
    const void* targets = problem.targets_of(loss.kind);
    std::vector<float> actual_losses, gradient, actual_metrics, actual_confidences, actual_answers;
    std::vector<int32_t> actual_predictions;
    const std::vector<uint8_t> bits = check.everywhere(what, [&](int32_t threads) {
        gradient = problem.outputs;
        actual_losses.assign(losses.size(), 7.0f);
        actual_metrics.assign(metrics.size(), 7.0f);
        actual_confidences.assign(losses.size(), -1.0f);
        actual_predictions.assign(losses.size(), -1);
        actual_answers.assign(answers.size(), 7.0f);
        convoke_loss_run(&loss, gradient.data(), targets, weights, n, scale, gradient.data(), actual_losses.data(),
                         actual_metrics.data(), actual_predictions.data(), actual_confidences.data(),
                         actual_answers.data(), threads);
        std::vector<uint8_t> all;
        append(all, actual_losses);
        append(all, actual_metrics);
        append(all, gradient);
        append(all, actual_predictions);
        append(all, actual_confidences);
        append(all, actual_answers);
        return all;
    });
    const double sums = loss.outputs > 1000 ? kManyClasses : kProbabilityTolerance;
    check.close(actual_losses, losses, kLossTolerance, kRelativeTolerance, what + ", losses");
    check.close(gradient, gradients, sums * scale / (loss.kind == CONVOKE_SOFTMAX_CROSS_ENTROPY ? 1.0 : k),
                kRelativeTolerance, what + ", gradients");
    check.close(actual_metrics, metrics, 0.0, kRelativeTolerance, what + ", metrics");
    check.close(actual_confidences, confidences, sums, 0.0, what + ", confidences");
    check.close(actual_answers, answers, sums, 0.0, what + ", answers");
    check.same_bits(actual_predictions, predictions, what + ", predictions");

    /* Whatever else is asked for, losses and metrics are the same. */
    std::vector<float> alone(losses.size()), metrics_alone(metrics.size());
    convoke_loss_run(&loss, problem.outputs.data(), targets, weights, n, scale, nullptr, alone.data(),
                     metrics_alone.data(), nullptr, nullptr, nullptr, 2);
    check.same_bits(alone, actual_losses, what + ", losses alone");
    check.same_bits(metrics_alone, actual_metrics, what + ", metrics alone");
}

/* One image by hand. */
void by_hand(Check& check) {
    const auto value = [](const convoke_loss& loss, float output, float target) {
        float result = 0.0f, metrics[2];
        convoke_loss_run(&loss, &output, &target, nullptr, 1, 1.0f, nullptr, &result, metrics, nullptr, nullptr,
                         nullptr, 1);
        return result;
    };
    const convoke_loss sigmoid{CONVOKE_SIGMOID_CROSS_ENTROPY, 1, 0.0f, 0.0f, 0, 0};
    const convoke_loss huber{CONVOKE_HUBER, 1, 0.0f, 0.5f, 0, 0};
    check.close({value(sigmoid, 0.0f, 1.0f)}, std::vector<double>{std::log(2.0)}, 1e-7, 0, "sigmoid of 0");
    check.close({value(sigmoid, 20.0f, 1.0f)}, std::vector<double>{2.0611536e-9}, 0, 1e-6, "a small loss is exact");
    check.that(value(sigmoid, -1000.0f, 1.0f) == 1000.0f, "far outputs neither overflow nor vanish");
    check.that(value(huber, 2.0f, 0.0f) == 0.875f && value(huber, 0.25f, 0.5f) == 0.03125f, "Huber by hand");
    check.that(std::isnan(value(sigmoid, NAN, 1.0f)), "NaN stays NaN");
    const convoke_loss softmax{CONVOKE_SOFTMAX_CROSS_ENTROPY, 3, 0.0f, 0.0f, 1, 0};
    const float far[] = {1000.0f, -1000.0f, 0.0f};
    const int32_t label = 1;
    float loss = 0.0f, metrics[2];
    convoke_loss_run(&softmax, far, &label, nullptr, 1, 1.0f, nullptr, &loss, metrics, nullptr, nullptr, nullptr, 1);
    check.that(loss == 2000.0f && metrics[0] == 0.0f, "far logits neither overflow nor vanish");
}

/* Which of five equal outputs is the class makes no difference to the second metric, whatever NaN stands there. */
void top_k(Check& check) {
    const float outputs[] = {1.0f, 3.0f, 2.0f, 2.0f, 0.0f, NAN, 3.0f, 2.0f, 2.0f, 0.0f};
    const auto second = [&](int32_t top, const std::vector<int32_t>& classes) {
        const convoke_loss loss{CONVOKE_SOFTMAX_CROSS_ENTROPY, 5, 0.0f, 0.0f, top, 0};
        float losses[2], metrics[4];
        convoke_loss_run(&loss, outputs, classes.data(), nullptr, 2, 1.0f, nullptr, losses, metrics, nullptr, nullptr,
                         nullptr, 1);
        return std::vector<float>{metrics[1], metrics[3]};
    };
    check.same_bits(second(2, {3, 2}), std::vector<float>{1.0f, 0.0f}, "top 2 with a tie, and behind a NaN");
    check.same_bits(second(3, {0, 2}), std::vector<float>{0.0f, 1.0f}, "top 3");
    check.same_bits(second(4, {0, 0}), std::vector<float>{1.0f, 0.0f}, "top 4, and a NaN that is the class");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("loss_family", argc, argv);
    by_hand(check);
    top_k(check);
    for (const bool weighted : {false, true}) {
        run(check, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 10, 0.1f, 0.0f, 3, 0}, 32, 5.0f, weighted);
        run(check, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 47, 0.05f, 0.0f, 2, 0}, 3001, 3.0f, weighted);
        run(check, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 1, 0.0f, 0.0f, 1, 0}, 3, 1.0f, weighted);
        run(check, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 257, 0.2f, 0.0f, 5, 0}, 301, 8.0f, weighted);
        run(check, {CONVOKE_SOFTMAX_CROSS_ENTROPY, 5001, 0.0f, 0.0f, 1000, 0}, 7, 3.0f, weighted);
        run(check, {CONVOKE_SIGMOID_CROSS_ENTROPY, 1, 0.0f, 0.0f, 0, 0}, 65, 6.0f, weighted);
        run(check, {CONVOKE_SIGMOID_CROSS_ENTROPY, 7, 0.1f, 0.0f, 0, 0}, 33, 20.0f, weighted);
        run(check, {CONVOKE_SIGMOID_CROSS_ENTROPY, 1701, 0.0f, 0.0f, 0, 0}, 5, 4.0f, weighted);
        run(check, {CONVOKE_MEAN_SQUARED_ERROR, 1, 0.0f, 0.0f, 0, 0}, 129, 2.0f, weighted);
        run(check, {CONVOKE_MEAN_SQUARED_ERROR, 1023, 0.0f, 0.0f, 0, 0}, 17, 1.0f, weighted);
        run(check, {CONVOKE_HUBER, 3, 0.0f, 0.75f, 0, 0}, 1001, 2.0f, weighted);
        run(check, {CONVOKE_HUBER, 40, 0.0f, 1.0f, 0, 0}, 9, 3.0f, weighted);
    }
    return check.finish();
}
