/*
 * Checks dense layers against plain loops in double on every instruction set: the report's layers and odd sizes, zeros
 * as ReLU, pooling and dropout leave them, and that neither the split of images nor that of units changes a bit.
 */
#include "check.h"

using namespace convoke::test;

namespace {

/*
 * Errors are relative to the largest true value. Blocks of 32 products are added up in float32, and the blocks' sums
 * again: 2304 products stay below 100 roundings of half a unit each, and those partly cancel. A wrong or missing
 * product is off by 1e-3 and more.
 */
constexpr double kSumTolerance = 4e-6;

struct Shape {
    int32_t n;
    int32_t inputs;
    int32_t units;
};

struct Layer {
    Shape shape;
    std::vector<float> x, weights, bias, dy;

    Layer(const Shape& s, uint32_t seed) : shape(s) {
        Numbers numbers(seed);
        x = with_zeros(numbers.floats((size_t)s.n * s.inputs), numbers.bytes((size_t)s.n * s.inputs, 2));
        weights = numbers.floats((size_t)s.units * s.inputs);
        bias = numbers.floats((size_t)s.units);
        dy = with_zeros(numbers.floats((size_t)s.n * s.units), numbers.bytes((size_t)s.n * s.units, 4));
    }

    static std::vector<float> with_zeros(std::vector<float> values, const std::vector<uint8_t>& kept) {
        for (size_t i = 0; i < values.size(); ++i) {
            values[i] = kept[i] != 0 ? values[i] : 0.0f;
        }
        return values;
    }

    std::string text() const {
        return std::to_string(shape.n) + " x " + std::to_string(shape.inputs) + " -> " + std::to_string(shape.units);
    }
};

struct Results {
    std::vector<float> y, dx, dweights, dbias;

    explicit Results(const Shape& s)
        : y((size_t)s.n * s.units), dx((size_t)s.n * s.inputs), dweights((size_t)s.units * s.inputs),
          dbias((size_t)s.units) {}
};

/* All passes, images cut after `images`, units after `units`. */
Results run(const Layer& layer, int32_t images, int32_t units, int32_t rectified) {
    const Shape& s = layer.shape;
    Results out(s);
    std::vector<float> transposed(convoke_dense_prepared_bytes(s.inputs, s.units) / sizeof(float));
    std::vector<float> workspace(convoke_dense_workspace_bytes(s.n, s.units) / sizeof(float));
    const int32_t unit_cuts[] = {0, units, s.units};
    const int32_t image_cuts[] = {0, images, s.n};
    for (int i = 0; i < 2; ++i) {
        convoke_dense_prepare(layer.weights.data(), s.inputs, s.units, unit_cuts[i], unit_cuts[i + 1],
                              transposed.data());
    }
    for (int i = 0; i < 2; ++i) {
        const size_t first = (size_t)image_cuts[i];
        const int32_t count = image_cuts[i + 1] - image_cuts[i];
        convoke_dense_forward(layer.x.data() + first * s.inputs, transposed.data(), layer.bias.data(), count, s.inputs,
                              s.units, rectified, out.y.data() + first * s.units, workspace.data());
        convoke_dense_backward_data(layer.dy.data() + first * s.units, layer.weights.data(), count, s.inputs, s.units,
                                    out.dx.data() + first * s.inputs);
    }
    for (int i = 0; i < 2; ++i) {
        convoke_dense_backward_units(layer.x.data(), layer.dy.data(), s.n, s.inputs, s.units, unit_cuts[i],
                                     unit_cuts[i + 1], out.dweights.data(), out.dbias.data(), workspace.data());
    }
    return out;
}

struct Expected {
    std::vector<double> y, dx, dweights, dbias;
};

Expected expected(const Layer& layer, bool rectified) {
    const Shape& s = layer.shape;
    Expected e{std::vector<double>((size_t)s.n * s.units), std::vector<double>((size_t)s.n * s.inputs),
               std::vector<double>((size_t)s.units * s.inputs), std::vector<double>((size_t)s.units)};
    for (int32_t image = 0; image < s.n; ++image) {
        for (int32_t unit = 0; unit < s.units; ++unit) {
            double sum = layer.bias[unit];
            const double slope = layer.dy[(size_t)image * s.units + unit];
            for (int32_t input = 0; input < s.inputs; ++input) {
                const double x = layer.x[(size_t)image * s.inputs + input];
                const size_t weight = (size_t)unit * s.inputs + input;
                sum += x * layer.weights[weight];
                e.dweights[weight] += slope * x;
                e.dx[(size_t)image * s.inputs + input] += slope * layer.weights[weight];
            }
            e.dbias[unit] += slope;
            e.y[(size_t)image * s.units + unit] = rectified && sum < 0 ? 0 : sum;
        }
    }
    return e;
}

void compare(Check& check, const std::vector<float>& got, const std::vector<double>& want, const std::string& what) {
    double largest = 0;
    for (double value : want) {
        largest = std::fmax(largest, std::fabs(value));
    }
    check.close(got, want, kSumTolerance * largest, 0, what);
}

void check_shape(Check& check, const Shape& shape, uint32_t seed) {
    const Layer layer(shape, seed);
    for (int32_t rectified = 0; rectified < 2; ++rectified) {
        const Expected want = expected(layer, rectified != 0);
        for (const char* isa : kInstructionSets) {
            if (convoke_force_instruction_set(isa) != 0) {
                continue;
            }
            const std::string what = layer.text() + ", " + isa;
            Results whole = run(layer, shape.n, shape.units, rectified);
            const Results cut = run(layer, shape.n / 3, shape.units / 2 / 16 * 16, rectified);
            if (check.planted()) {
                whole.dweights[whole.dweights.size() / 2] += 0.01f;
            }
            compare(check, whole.y, want.y, what + ": y");
            compare(check, whole.dx, want.dx, what + ": dx");
            compare(check, whole.dweights, want.dweights, what + ": dweights");
            compare(check, whole.dbias, want.dbias, what + ": dbias");
            check.same_bits(cut.y, whole.y, what + ": y in parts");
            check.same_bits(cut.dx, whole.dx, what + ": dx in parts");
            check.same_bits(cut.dweights, whole.dweights, what + ": dweights in ranges");
            check.same_bits(cut.dbias, whole.dbias, what + ": dbias in ranges");
        }
    }
}

/* A NaN weight that a value meets reaches the output: a network that diverged says so. */
void check_nan(Check& check) {
    Layer layer({1, 20, 10}, 5);
    layer.weights[3 * 20 + 7] = NAN;
    layer.x[7] = 1.0f;
    const Results out = run(layer, 1, 10, 1);
    check.that(std::isnan(out.y[3]) && !std::isnan(out.y[2]), "a NaN weight makes its unit NaN, no other");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("dense_test", argc, argv);
    const Shape shapes[] = {{32, 512, 128}, {32, 2304, 128}, {32, 128, 10}, {33, 1152, 128}, {1, 128, 10},
                            {70, 37, 33},   {5, 3, 1},       {1, 1, 16},    {129, 65, 40},   {2, 7, 200}};
    uint32_t seed = 1;
    for (const Shape& shape : shapes) {
        check_shape(check, shape, seed++);
    }
    check_nan(check);
    return check.finish();
}
