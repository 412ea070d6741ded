/* Batch normalisation in training, backward and inference against plain loops in double. */
#include "check.h"

using namespace convoke::test;

namespace {

/* A few roundings of normalised values up to about 5. */
constexpr double kValueTolerance = 1e-5;

/* Sums over up to 5000 rows, in float over 64 of them; relative to their size. */
constexpr double kSumTolerance = 2e-5;

constexpr float kEpsilon = 1e-3f;
constexpr float kMomentum = 0.99f;

struct Expected {
    std::vector<double> y, mean, inv_std, running_mean, running_variance, dgamma, dbeta, dx, inference;
};

struct Input {
    int64_t rows;
    int32_t channels;
    std::vector<float> x, dy, gamma, beta, running_mean, running_variance;
};

Expected expect(const Input& in, bool unbiased) {
    const size_t channels = static_cast<size_t>(in.channels);
    const double rows = static_cast<double>(in.rows);
    Expected e{std::vector<double>(in.x.size()), {}, {}, {}, {}, {}, {}, std::vector<double>(in.x.size()),
               std::vector<double>(in.x.size())};
    for (size_t c = 0; c < channels; ++c) {
        double mean = 0.0, squares = 0.0, dgamma = 0.0, dbeta = 0.0;
        for (size_t i = c; i < in.x.size(); i += channels) {
            mean += static_cast<double>(in.x[i]) / rows;
        }
        for (size_t i = c; i < in.x.size(); i += channels) {
            squares += (in.x[i] - mean) * (in.x[i] - mean);
        }
        const double inv_std = 1.0 / std::sqrt(squares / rows + static_cast<double>(kEpsilon));
        for (size_t i = c; i < in.x.size(); i += channels) {
            dbeta += static_cast<double>(in.dy[i]);
            dgamma += in.dy[i] * (in.x[i] - mean) * inv_std;
        }
        for (size_t i = c; i < in.x.size(); i += channels) {
            const double normalised = (in.x[i] - mean) * inv_std;
            e.y[i] = normalised * in.gamma[c] + in.beta[c];
            e.dx[i] = in.gamma[c] * inv_std * (in.dy[i] - dbeta / rows - normalised * dgamma / rows);
            e.inference[i] = (in.x[i] - static_cast<double>(in.running_mean[c])) /
                                 std::sqrt(static_cast<double>(in.running_variance[c]) + kEpsilon) * in.gamma[c] +
                             in.beta[c];
        }
        const double kept = kMomentum;
        const double variance = squares / (unbiased && in.rows > 1 ? rows - 1.0 : rows);
        e.mean.push_back(mean);
        e.inv_std.push_back(inv_std);
        e.running_mean.push_back(kept * in.running_mean[c] + (1 - kept) * mean);
        e.running_variance.push_back(kept * in.running_variance[c] + (1 - kept) * variance);
        e.dgamma.push_back(dgamma);
        e.dbeta.push_back(dbeta);
    }
    return e;
}

void batch_norm(Check& check, int64_t rows, int32_t channels, convoke_running_variance kind) {
    const std::string what = "batch norm " + std::to_string(rows) + "x" + std::to_string(channels);
    Numbers numbers(47);
    const size_t n = static_cast<size_t>(rows) * channels;
    const size_t c = static_cast<size_t>(channels);
    const Input in{rows,
                   channels,
                   numbers.floats(n, 2.0f, 5.0f),
                   numbers.floats(n),
                   numbers.floats(c, 0.5f, 1.5f),
                   numbers.floats(c),
                   numbers.floats(c),
                   numbers.floats(c, 0.5f, 1.5f)};
    const Expected expected = expect(in, kind == CONVOKE_UNBIASED);
    std::vector<double> workspace(static_cast<size_t>(convoke_batch_norm_workspace_bytes(channels)) / 8 + 1);
    std::vector<float> y(n), mean(c), inv_std(c), dgamma(c), dbeta(c), dx(n), running_mean, running_variance;
    const float epsilon = check.planted() ? 2.0f * kEpsilon : kEpsilon;
    check.everywhere(what, [&](int32_t threads) {
        running_mean = in.running_mean;
        running_variance = in.running_variance;
        convoke_batch_norm_forward(in.x.data(), rows, channels, in.gamma.data(), in.beta.data(), epsilon, kMomentum,
                                   kind, running_mean.data(), running_variance.data(), mean.data(), inv_std.data(),
                                   y.data(), workspace.data(), threads);
        dx = in.dy;
        convoke_batch_norm_backward(in.x.data(), dx.data(), rows, channels, in.gamma.data(), mean.data(),
                                    inv_std.data(), dgamma.data(), dbeta.data(), dx.data(), workspace.data(), threads);
        std::vector<uint8_t> bits;
        for (const auto* values : {&y, &mean, &inv_std, &running_mean, &running_variance, &dgamma, &dbeta, &dx}) {
            append(bits, *values);
        }
        return bits;
    });
    const double sums = kSumTolerance * static_cast<double>(rows);
    check.close(mean, expected.mean, kValueTolerance, 0, what + ", mean");
    check.close(inv_std, expected.inv_std, 0, kSumTolerance, what + ", inverse deviation");
    check.close(running_mean, expected.running_mean, kValueTolerance, 0, what + ", running mean");
    check.close(running_variance, expected.running_variance, 0, 1e-6, what + ", running variance");
    check.close(y, expected.y, kValueTolerance, 1e-5, what + ", y");
    check.close(dbeta, expected.dbeta, sums, 0, what + ", dbeta");
    check.close(dgamma, expected.dgamma, sums, 0, what + ", dgamma");
    check.close(dx, expected.dx, 1e-4, 0, what + ", dx");
    const std::vector<float> inferred = check.everywhere(what + ", inference", [&](int32_t threads) {
        std::vector<float> out(in.x);
        convoke_batch_norm_inference(out.data(), rows, channels, in.gamma.data(), in.beta.data(), kEpsilon,
                                     in.running_mean.data(), in.running_variance.data(), out.data(), threads);
        return out;
    });
    check.close(inferred, expected.inference, kValueTolerance, 1e-5, what + ", inference");
}

/* Without gamma and beta, and with nowhere to put their gradients: the bits of gamma = 1 and beta = 0. */
void without_parameters(Check& check, int64_t rows, int32_t channels) {
    const std::string what = "batch norm without parameters " + std::to_string(rows) + "x" + std::to_string(channels);
    Numbers numbers(53);
    const size_t c = static_cast<size_t>(channels);
    const std::vector<float> x = numbers.floats(static_cast<size_t>(rows) * c, 2.0f, 5.0f);
    const std::vector<float> dy = numbers.floats(x.size());
    const std::vector<float> ones(c, check.planted() ? 1.5f : 1.0f), zeros(c);
    std::vector<double> workspace(static_cast<size_t>(convoke_batch_norm_workspace_bytes(channels)) / 8 + 1);
    const auto run = [&](bool scaled, bool shifted, int32_t threads) {
        std::vector<float> y(x.size()), mean(c), inv_std(c), dgamma(c), dbeta(c), dx(x.size()), inferred(x.size());
        std::vector<float> running_mean(c, 0.5f), running_variance(c, 2.0f);
        const float* gamma = scaled ? ones.data() : nullptr;
        const float* beta = shifted ? zeros.data() : nullptr;
        convoke_batch_norm_forward(x.data(), rows, channels, gamma, beta, kEpsilon, kMomentum, CONVOKE_BIASED,
                                   running_mean.data(), running_variance.data(), mean.data(), inv_std.data(), y.data(),
                                   workspace.data(), threads);
        convoke_batch_norm_backward(x.data(), dy.data(), rows, channels, gamma, mean.data(), inv_std.data(),
                                    scaled ? dgamma.data() : nullptr, shifted ? dbeta.data() : nullptr, dx.data(),
                                    workspace.data(), threads);
        convoke_batch_norm_inference(x.data(), rows, channels, gamma, beta, kEpsilon, running_mean.data(),
                                     running_variance.data(), inferred.data(), threads);
        std::vector<uint8_t> bits;
        for (const auto* values : {&y, &mean, &inv_std, &running_mean, &running_variance, &dx, &inferred}) {
            append(bits, *values);
        }
        return bits;
    };
    const std::vector<uint8_t> expected = run(true, true, 1);
    for (const bool scaled : {false, true}) {
        const std::string which = what + (scaled ? ", without beta" : ", without gamma");
        check.same_bits(check.everywhere(which, [&](int32_t threads) { return run(scaled, !scaled, threads); }),
                        expected, which);
    }
    check.same_bits(check.everywhere(what, [&](int32_t threads) { return run(false, false, threads); }), expected,
                    what);
}

}  // namespace

int main(int argc, char** argv) {
    Check check("batch_norm", argc, argv);
    batch_norm(check, 5000, 64, CONVOKE_UNBIASED);
    batch_norm(check, 4901, 3, CONVOKE_BIASED);
    batch_norm(check, 5, 70, CONVOKE_UNBIASED);
    batch_norm(check, 1000, 129, CONVOKE_BIASED);
    without_parameters(check, 4901, 3);
    without_parameters(check, 300, 70);
    return check.finish();
}
