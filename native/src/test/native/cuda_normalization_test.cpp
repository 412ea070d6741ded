/* Batch normalisation against double: few rows, which one block takes, and many; both running variances. */
#include "cuda_test.h"

namespace convoke::test {
namespace {

/* Sums of up to 20000 floats near 1; the results are of order 1. */
constexpr double kTolerance = 2e-5;

/* Gradients of the parameters are sums over rows. */
constexpr double kSumTolerance = 4e-6;

constexpr float kEpsilon = 1e-3f;
constexpr float kMomentum = 0.9f;

struct Problem {
    int32_t type;
    int64_t rows;
    int32_t channels;
    int32_t running_kind;
};

struct Answer {
    std::vector<double> y, dx, mean, inv_std, running_mean, running_variance, dgamma, dbeta, inferred;
};

struct Data {
    std::vector<float> x, dy, gamma, beta, running_mean, running_variance;

    Data(const Problem& p) {
        Numbers numbers(67);
        const size_t channels = static_cast<size_t>(p.channels);
        x = numbers.floats(static_cast<size_t>(p.rows) * channels, -1.0f, 2.0f);
        dy = rounded(numbers.floats(x.size()), p.type);
        gamma = numbers.floats(channels, 0.5f, 1.5f);
        beta = numbers.floats(channels);
        running_mean = numbers.floats(channels);
        running_variance = numbers.floats(channels, 0.5f, 2.0f);
        for (size_t i = 0; i < x.size(); ++i) {
            x[i] += 3.0f * static_cast<float>(i % channels % 3); /* means apart from 0 */
        }
        x = rounded(x, p.type);
    }
};

Answer answer(const Problem& p, const Data& d) {
    const size_t channels = static_cast<size_t>(p.channels);
    const double rows = static_cast<double>(p.rows);
    Answer a;
    a.y.resize(d.x.size());
    a.dx.resize(d.x.size());
    a.inferred.resize(d.x.size());
    for (size_t c = 0; c < channels; ++c) {
        double mean = 0.0, squares = 0.0, sum_dy = 0.0, sum_product = 0.0;
        for (size_t i = c; i < d.x.size(); i += channels) {
            mean += d.x[i] / rows;
        }
        for (size_t i = c; i < d.x.size(); i += channels) {
            squares += (d.x[i] - mean) * (d.x[i] - mean);
        }
        const double inv_std = 1.0 / std::sqrt(squares / rows + kEpsilon);
        for (size_t i = c; i < d.x.size(); i += channels) {
            sum_dy += d.dy[i];
            sum_product += d.dy[i] * (d.x[i] - mean) * inv_std;
        }
        const double inference = 1.0 / std::sqrt(static_cast<double>(d.running_variance[c]) + kEpsilon);
        for (size_t i = c; i < d.x.size(); i += channels) {
            const double x_hat = (d.x[i] - mean) * inv_std;
            a.y[i] = x_hat * d.gamma[c] + d.beta[c];
            a.dx[i] = d.gamma[c] * inv_std * (d.dy[i] - sum_dy / rows - x_hat * sum_product / rows);
            a.inferred[i] = (static_cast<double>(d.x[i]) - d.running_mean[c]) * inference * d.gamma[c] + d.beta[c];
        }
        const double divisor = p.running_kind == CONVOKE_UNBIASED && p.rows > 1 ? rows - 1 : rows;
        a.mean.push_back(mean);
        a.inv_std.push_back(inv_std);
        a.running_mean.push_back(kMomentum * d.running_mean[c] + (1.0 - kMomentum) * mean);
        a.running_variance.push_back(kMomentum * d.running_variance[c] + (1.0 - kMomentum) * squares / divisor);
        a.dgamma.push_back(sum_product);
        a.dbeta.push_back(sum_dy);
    }
    return a;
}

void batch_norm(Check& check, const Problem& p) {
    const std::string what = "batch norm " + std::to_string(p.rows) + "x" + std::to_string(p.channels) + " " +
                             name_of(p.type) + (p.running_kind == CONVOKE_UNBIASED ? " unbiased" : "");
    const Data data(p);
    const Answer expected = answer(p, data);
    const size_t channels = static_cast<size_t>(p.channels);
    const Tensor x(p.type, data.x), y(p.type, data.x.size());
    Tensor gradients(p.type, data.x.size());
    const Memory<float> gamma(data.gamma), beta(data.beta);
    Memory<float> mean(channels), inv_std(channels), running_mean(channels), running_variance(channels),
        dgamma(channels), dbeta(channels);
    const Memory<uint8_t> workspace(static_cast<size_t>(convoke_cuda_batch_norm_workspace_bytes(p.rows, p.channels)));
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    const float epsilon = check.planted() ? 2 * kEpsilon : kEpsilon;
    repeatedly(check, what, [&] {
        running_mean.write(data.running_mean);
        running_variance.write(data.running_variance);
        gradients.write(data.dy);
        queued(
            check,
            convoke_cuda_batch_norm_forward(p.type, x.get(), p.rows, p.channels, gamma.get(), beta.get(), epsilon,
                                            kMomentum, p.running_kind, running_mean.get(), running_variance.get(),
                                            mean.get(), inv_std.get(), y.get(), workspace.get(), state.get(), stream()),
            what);
        queued(check,
               convoke_cuda_batch_norm_backward(p.type, x.get(), gradients.get(), p.rows, p.channels, gamma.get(),
                                                mean.get(), inv_std.get(), dgamma.get(), dbeta.get(), gradients.get(),
                                                workspace.get(), state.get(), stream()),
               what + ", backward");
        std::vector<uint8_t> bits;
        append(bits, y.read());
        append(bits, gradients.read());
        for (Memory<float>* statistic : {&mean, &inv_std, &running_mean, &running_variance, &dgamma, &dbeta}) {
            append(bits, statistic->read());
        }
        return bits;
    });
    const double rounding = rounding_of(p.type);
    check.close(y.read(), expected.y, kTolerance, 1e-6 + rounding, what);
    check.close(gradients.read(), expected.dx, kTolerance, 1e-5 + rounding, what + ", dx");
    check.close(mean.read(), expected.mean, kTolerance, 0.0, what + ", mean");
    check.close(inv_std.read(), expected.inv_std, 0.0, kTolerance, what + ", inverse deviation");
    check.close(running_mean.read(), expected.running_mean, kTolerance, 0.0, what + ", running mean");
    check.close(running_variance.read(), expected.running_variance, 0.0, kTolerance, what + ", running variance");
    const double sum_tolerance = kSumTolerance * static_cast<double>(p.rows);
    check.close(dgamma.read(), expected.dgamma, sum_tolerance, 0.0, what + ", dgamma");
    check.close(dbeta.read(), expected.dbeta, sum_tolerance, 0.0, what + ", dbeta");

    running_mean.write(data.running_mean);
    running_variance.write(data.running_variance);
    const std::vector<float> inferred = repeatedly(check, what + ", inference", [&] {
        queued(check,
               convoke_cuda_batch_norm_inference(p.type, x.get(), p.rows, p.channels, gamma.get(), beta.get(), epsilon,
                                                 running_mean.get(), running_variance.get(), y.get(), stream()),
               what + ", inference");
        return y.read();
    });
    check.close(inferred, expected.inferred, kTolerance, 1e-6 + rounding, what + ", inference");
}

/* Without gamma and beta, and with nowhere to put their gradients: the bits of gamma = 1 and beta = 0. */
void without_parameters(Check& check, const Problem& p) {
    const std::string what = "batch norm without parameters " + std::to_string(p.rows) + "x" +
                             std::to_string(p.channels) + " " + name_of(p.type);
    const Data data(p);
    const size_t channels = static_cast<size_t>(p.channels);
    const Tensor x(p.type, data.x), dy(p.type, data.dy);
    const Tensor y(p.type, data.x.size()), dx(p.type, data.x.size()), inferred(p.type, data.x.size());
    const Memory<float> ones(std::vector<float>(channels, check.planted() ? 1.5f : 1.0f));
    const Memory<float> zeros{std::vector<float>(channels)};
    Memory<float> mean(channels), inv_std(channels), running_mean(channels), running_variance(channels),
        dgamma(channels), dbeta(channels);
    const Memory<uint8_t> workspace(static_cast<size_t>(convoke_cuda_batch_norm_workspace_bytes(p.rows, p.channels)));
    const Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(0, 0)});
    const auto run = [&](bool scaled, bool shifted) {
        running_mean.write(data.running_mean);
        running_variance.write(data.running_variance);
        const float* gamma = scaled ? ones.get() : nullptr;
        const float* beta = shifted ? zeros.get() : nullptr;
        queued(check,
               convoke_cuda_batch_norm_forward(p.type, x.get(), p.rows, p.channels, gamma, beta, kEpsilon, kMomentum,
                                               p.running_kind, running_mean.get(), running_variance.get(), mean.get(),
                                               inv_std.get(), y.get(), workspace.get(), state.get(), stream()),
               what);
        queued(check,
               convoke_cuda_batch_norm_backward(p.type, x.get(), dy.get(), p.rows, p.channels, gamma, mean.get(),
                                                inv_std.get(), scaled ? dgamma.get() : nullptr,
                                                shifted ? dbeta.get() : nullptr, dx.get(), workspace.get(), state.get(),
                                                stream()),
               what + ", backward");
        queued(check,
               convoke_cuda_batch_norm_inference(p.type, x.get(), p.rows, p.channels, gamma, beta, kEpsilon,
                                                 running_mean.get(), running_variance.get(), inferred.get(), stream()),
               what + ", inference");
        std::vector<uint8_t> bits;
        for (const Tensor* values : {&y, &dx, &inferred}) {
            append(bits, values->read());
        }
        for (const Memory<float>* values : {&mean, &inv_std, &running_mean, &running_variance}) {
            append(bits, values->read());
        }
        return bits;
    };
    const std::vector<uint8_t> expected = run(true, true);
    check.same_bits(run(true, false), expected, what + ", without beta");
    check.same_bits(run(false, true), expected, what + ", without gamma");
    check.same_bits(run(false, false), expected, what);
}

}  // namespace

void test_normalization(Check& check) {
    for (int32_t type : kTypes) {
        batch_norm(check, {type, 32, 128, CONVOKE_BIASED});
        batch_norm(check, {type, 2, 13, CONVOKE_BIASED});
        batch_norm(check, {type, 1, 4, CONVOKE_UNBIASED});
        batch_norm(check, {type, 1000, 40, CONVOKE_BIASED});
        batch_norm(check, {type, 1000, 33, CONVOKE_UNBIASED});
        batch_norm(check, {type, 5000, 32, CONVOKE_UNBIASED});
        batch_norm(check, {type, 2100, 7, CONVOKE_BIASED});
        without_parameters(check, {type, 33, 24, CONVOKE_BIASED});
        without_parameters(check, {type, 2100, 7, CONVOKE_UNBIASED});
    }
}

}  // namespace convoke::test
