/* Softmax cross-entropy against double: both shapes of threads, smoothing, ties, a last batch that is filled up. */
#include "cuda_test.h"

namespace convoke::test {
namespace {

/* One exponential, additions over at most eight numbers a lane and five shuffles, one division. */
constexpr double kProbabilityTolerance = 1e-6;

/* A loss is a difference of numbers up to 40 in float. */
constexpr double kLossTolerance = 1e-5;

struct Problem {
    int32_t type;
    int32_t count;
    int32_t positions;
    int32_t first_position;
    int32_t classes;
    float smoothing;
    float range;
};

struct Answer {
    std::vector<double> losses;
    std::vector<double> gradients;
    std::vector<double> confidences;
    std::vector<uint8_t> predictions;
    double loss_sum = 0.0;
    int64_t hits = 0;
};

/* Where nothing is written the buffers keep these. */
constexpr uint8_t kUntouched = 77;

Answer answer(const Problem& p, const std::vector<float>& logits, const std::vector<uint8_t>& labels, double scale) {
    Answer a;
    a.confidences.assign(static_cast<size_t>(p.positions), kUntouched);
    a.predictions.assign(static_cast<size_t>(p.positions), kUntouched);
    for (int32_t i = 0; i < p.count; ++i) {
        const float* row = &logits[static_cast<size_t>(i) * p.classes];
        const bool counts = p.first_position + i < p.positions;
        int32_t best = 0;
        double sum = 0.0;
        for (int32_t k = 1; k < p.classes; ++k) {
            best = row[k] > row[best] ? k : best;
        }
        for (int32_t k = 0; k < p.classes; ++k) {
            sum += std::exp(static_cast<double>(row[k]) - row[best]);
        }
        double loss = 0.0;
        for (int32_t k = 0; k < p.classes; ++k) {
            const double log_probability = static_cast<double>(row[k]) - row[best] - std::log(sum);
            const double target =
                (k == labels[i] ? 1.0 - p.smoothing : 0.0) + static_cast<double>(p.smoothing) / p.classes;
            loss -= target * log_probability;
            a.gradients.push_back(counts ? (std::exp(log_probability) - target) * scale : 0.0);
        }
        a.losses.push_back(counts ? loss : 0.0);
        if (counts) {
            a.loss_sum += loss;
            a.hits += best == labels[i];
            a.confidences[static_cast<size_t>(p.first_position + i)] = 1.0 / sum;
            a.predictions[static_cast<size_t>(p.first_position + i)] = static_cast<uint8_t>(best);
        }
    }
    return a;
}

void loss(Check& check, const Problem& p) {
    const std::string what =
        "loss " + std::to_string(p.count) + "x" + std::to_string(p.classes) + " " + name_of(p.type);
    Numbers numbers(23);
    std::vector<float> logits = numbers.floats(static_cast<size_t>(p.count) * p.classes, -p.range, p.range);
    const std::vector<uint8_t> labels = numbers.bytes(static_cast<size_t>(p.count), static_cast<uint32_t>(p.classes));
    if (p.classes > 4) {
        logits[4] = logits[3] = p.range; /* a tie */
    }
    logits = rounded(logits, p.type);
    const float scale = 1.0f / static_cast<float>(p.count);
    const Answer expected = answer(p, logits, labels, scale);
    const float smoothing = check.planted() ? p.smoothing + 0.001f : p.smoothing;

    Tensor gradients(p.type, logits.size());
    const Memory<uint8_t> targets(labels);
    const Memory<float> losses(static_cast<size_t>(p.count));
    Memory<uint8_t> predictions(static_cast<size_t>(p.positions));
    Memory<float> confidences(static_cast<size_t>(p.positions));
    Memory<convoke_step_state> state(1);
    repeatedly(check, what, [&] {
        gradients.write(logits);
        predictions.write(std::vector<uint8_t>(static_cast<size_t>(p.positions), kUntouched));
        confidences.write(std::vector<float>(static_cast<size_t>(p.positions), kUntouched));
        convoke_step_state before = state_at(2, p.first_position);
        before.loss_sum = 0.5;
        before.correct = 3;
        state.write({before});
        queued(check,
               convoke_cuda_softmax_cross_entropy(p.type, gradients.get(), targets.get(), p.count, p.positions,
                                                  p.classes, smoothing, scale, gradients.get(), losses.get(),
                                                  predictions.get(), confidences.get(), state.get(), stream()),
               what);
        std::vector<uint8_t> bits;
        append(bits, gradients.read());
        append(bits, losses.read());
        append(bits, predictions.read());
        append(bits, confidences.read());
        append(bits, state.read());
        return bits;
    });
    check.close(losses.read(), expected.losses, kLossTolerance, 1e-6, what + ", losses");
    check.close(gradients.read(), expected.gradients, kProbabilityTolerance * scale, 1e-6 + rounding_of(p.type),
                what + ", gradients");
    check.close(confidences.read(), expected.confidences, kProbabilityTolerance, 0.0, what + ", confidences");
    check.same_bits(predictions.read(), expected.predictions, what + ", predictions");
    const convoke_step_state after = state.read()[0];
    check.that(after.correct == expected.hits + 3, what + ", correct count is added to");
    check.that(std::fabs(after.loss_sum - 0.5 - expected.loss_sum) <= kLossTolerance * p.count,
               what + ", loss sum is added to");
    check.that(after.blocks_done == 0 && after.step == 0 && after.images == 0,
               what + ", the rest of the state is left");
}

void without_gradient(Check& check) {
    const Tensor logits(CONVOKE_FLOAT32, {1000.0f, -1000.0f, 0.0f});
    const Memory<uint8_t> label(std::vector<uint8_t>{1});
    const Memory<float> losses(1);
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    queued(check,
           convoke_cuda_softmax_cross_entropy(CONVOKE_FLOAT32, logits.get(), label.get(), 1, 1, 3, 0.0f, 1.0f, nullptr,
                                              losses.get(), nullptr, nullptr, state.get(), stream()),
           "loss alone");
    const convoke_step_state after = state.read()[0];
    check.that(losses.read()[0] == 2000.0f && after.loss_sum == 2000.0 && after.correct == 0,
               "far logits neither overflow nor vanish");
}

}  // namespace

void test_loss(Check& check) {
    for (int32_t type : kTypes) {
        loss(check, {type, 32, 1000, 64, 10, 0.0f, 5.0f});
        loss(check, {type, 7, 30, 2, 10, 0.1f, 20.0f});
        loss(check, {type, 33, 21, 0, 16, 0.1f, 4.0f}); /* 12 images too many */
        loss(check, {type, 1, 1, 0, 1, 0.0f, 1.0f});
        loss(check, {type, 1001, 1001, 0, 47, 0.05f, 3.0f});
        loss(check, {type, 13, 99, 80, 256, 0.2f, 9.0f});
    }
    without_gradient(check);
}

}  // namespace convoke::test
