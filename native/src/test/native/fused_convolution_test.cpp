/*
 * Checks the fused convolution against plain loops in double: every instruction set of this processor, every forward
 * algorithm, the shapes of the report's networks and odd ones, images and filters cut anyhow, ties, dead windows, NaN,
 * and bytes around every buffer. Prints the largest error of each kernel relative to the largest true value, then
 * `N passed, N failed`.
 *
 *   fused_convolution_test                      the checks
 *   fused_convolution_test --self-check-plant   the same with one wrong number in each result; must fail
 *   fused_convolution_test --time [BATCH [ISA]] images per second of the report's layers; 32 and all if not given
 */
#include "cpu/fused_convolution.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <algorithm>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

extern "C" int32_t convoke_force_instruction_set(const char* name);

namespace {

/*
 * Errors are relative to the largest true value of the tensor. Sums of up to 9 * 128 products rounded to float32 in
 * short chains stay well below 1e-6; a wrong or missing product is off by 1e-3 and more.
 */
constexpr double kSumTolerance = 2e-6;

/* F(4x4, 3x3) multiplies by up to 8 and cancels again: about ten times the rounding error of a plain sum. */
constexpr double kWinograd4Tolerance = 2e-5;

constexpr int kGuard = 32;
constexpr int kTaps = 9;

struct Shape {
    int n, h, w, c, f, pad;

    int pooledHeight() const { return (h + 2 * pad - 2) / 2; }
    int pooledWidth() const { return (w + 2 * pad - 2) / 2; }
    int windows() const { return pooledHeight() * pooledWidth(); }
    size_t xSize() const { return (size_t)n * h * w * c; }
    size_t ySize() const { return (size_t)n * windows() * f; }
    size_t weightSize() const { return (size_t)f * kTaps * c; }
    std::string text() const {
        char line[96];
        snprintf(line, sizeof line, "%d x %dx%dx%d -> %d, pad %d", n, h, w, c, f, pad);
        return line;
    }
};

int passed = 0;
int failed = 0;
bool planted = false;
std::map<std::string, double> worst;

void check(bool good, const std::string& what) {
    ++(good ? passed : failed);
    if (!good && failed <= 20) {
        printf("FAILED: %s\n", what.c_str());
    }
}

/* A buffer whose surroundings are watched. */
template <typename T>
class Guarded {
public:
    explicit Guarded(size_t size) : size_(size), bytes_(size * sizeof(T) + 2 * kGuard + 64, kFill) {
        const auto address = reinterpret_cast<uintptr_t>(bytes_.data()) + kGuard;
        start_ = bytes_.data() + ((address + 63) & ~(uintptr_t)63) - reinterpret_cast<uintptr_t>(bytes_.data());
    }

    T* data() { return reinterpret_cast<T*>(start_); }
    size_t size() const { return size_; }

    bool intact() const {
        for (const uint8_t* b = bytes_.data(); b < bytes_.data() + bytes_.size(); ++b) {
            const bool inside = b >= start_ && b < start_ + size_ * sizeof(T);
            if (!inside && *b != kFill) {
                return false;
            }
        }
        return true;
    }

private:
    static constexpr uint8_t kFill = 0xA5;
    size_t size_;
    std::vector<uint8_t> bytes_;
    uint8_t* start_;
};

/* Allocates as the engine does: tensors start at a cache line. */
template <typename T>
struct LineAllocator {
    using value_type = T;
    LineAllocator() = default;
    template <typename U>
    LineAllocator(const LineAllocator<U>&) {}
    T* allocate(size_t count) { return static_cast<T*>(operator new(count * sizeof(T), std::align_val_t(64))); }
    void deallocate(T* p, size_t) { operator delete(p, std::align_val_t(64)); }
    template <typename U>
    bool operator==(const LineAllocator<U>&) const { return true; }
    template <typename U>
    bool operator!=(const LineAllocator<U>&) const { return false; }
};

using Floats = std::vector<float, LineAllocator<float>>;
using Bytes = std::vector<uint8_t, LineAllocator<uint8_t>>;

struct Problem {
    Shape shape;
    Floats x, weights, bias, dy;
    Bytes codes;
    /* in double: every convolution output of every window [N, PH, PW, 4, F], and the gradients */
    std::vector<double> z, dweights, dbias, dx;
};

Floats normals(size_t count, float scale, std::mt19937& random) {
    std::normal_distribution<float> normal(0, scale);
    Floats values(count);
    for (float& value : values) {
        value = normal(random);
    }
    return values;
}

/* Calls visit(image, window, f, code, input index or -1, weight index) for each product of the convolution. */
template <typename Visit>
void eachProduct(const Shape& s, int image, int window, int f, int code, Visit visit) {
    const int top = 2 * (window / s.pooledWidth()) + code / 2 - s.pad;
    const int left = 2 * (window % s.pooledWidth()) + code % 2 - s.pad;
    for (int tap = 0; tap < kTaps; ++tap) {
        const int row = top + tap / 3;
        const int column = left + tap % 3;
        if (row < 0 || row >= s.h || column < 0 || column >= s.w) {
            continue;
        }
        for (int c = 0; c < s.c; ++c) {
            visit((((size_t)image * s.h + row) * s.w + column) * s.c + c, ((size_t)f * kTaps + tap) * s.c + c);
        }
    }
}

void referenceForward(Problem& p) {
    const Shape& s = p.shape;
    p.z.assign(s.ySize() * 4, 0);
    for (int image = 0; image < s.n; ++image) {
        for (int window = 0; window < s.windows(); ++window) {
            for (int code = 0; code < 4; ++code) {
                for (int f = 0; f < s.f; ++f) {
                    double sum = 0;
                    eachProduct(s, image, window, f, code,
                                [&](size_t in, size_t weight) { sum += (double)p.x[in] * p.weights[weight]; });
                    p.z[(((size_t)image * s.windows() + window) * 4 + code) * s.f + f] = sum;
                }
            }
        }
    }
}

void referenceBackward(Problem& p) {
    const Shape& s = p.shape;
    p.dweights.assign(s.weightSize(), 0);
    p.dbias.assign(s.f, 0);
    p.dx.assign(s.xSize(), 0);
    for (int image = 0; image < s.n; ++image) {
        for (int window = 0; window < s.windows(); ++window) {
            for (int f = 0; f < s.f; ++f) {
                const size_t at = ((size_t)image * s.windows() + window) * s.f + f;
                if (p.codes[at] == CONVOKE_FUSED_CONVOLUTION_DEAD) {
                    continue;
                }
                const double g = p.dy[at];
                p.dbias[f] += g;
                eachProduct(s, image, window, f, p.codes[at], [&](size_t in, size_t weight) {
                    p.dweights[weight] += g * p.x[in];
                    p.dx[in] += g * p.weights[weight];
                });
            }
        }
    }
}

/* Random data as behind ReLU; a gradient in every window, live or not, with zeros as dropout leaves them. */
Problem makeProblem(const Shape& shape, unsigned seed) {
    std::mt19937 random(seed);
    Problem p;
    p.shape = shape;
    p.x = normals(shape.xSize(), 1, random);
    for (float& value : p.x) {
        value = value > -0.5f ? value : 0;
    }
    p.weights = normals(shape.weightSize(), sqrtf(2.0f / (kTaps * shape.c)), random);
    p.bias = normals(shape.f, 0.5f, random);
    for (float& value : p.bias) {
        value -= 1;
    }
    p.dy = normals(shape.ySize(), 1, random);
    for (float& value : p.dy) {
        value = random() % 4 == 0 ? 0 : value;
    }
    referenceForward(p);
    p.codes.resize(shape.ySize());
    for (size_t at = 0; at < shape.ySize(); ++at) {
        const double* z = &p.z[at / shape.f * 4 * shape.f + at % shape.f];
        int best = 0;
        for (int code = 1; code < 4; ++code) {
            best = z[(size_t)code * shape.f] > z[(size_t)best * shape.f] ? code : best;
        }
        const bool dead = z[(size_t)best * shape.f] + p.bias[at % shape.f] <= 0;
        p.codes[at] = dead ? CONVOKE_FUSED_CONVOLUTION_DEAD : (uint8_t)best;
    }
    referenceBackward(p);
    return p;
}

double largest(const std::vector<double>& values) {
    double most = 0;
    for (double value : values) {
        most = std::max(most, fabs(value));
    }
    return most;
}

void compare(const std::string& kernel, const std::string& where, float* got, const std::vector<double>& want,
             double tolerance) {
    if (planted) {
        got[want.size() / 2] += 0.01f * (float)largest(want) + 1e-3f;
    }
    const double scale = std::max(largest(want), 1e-30);
    double error = 0;
    for (size_t i = 0; i < want.size(); ++i) {
        const double difference = fabs(got[i] - want[i]) / scale;
        error = difference <= error ? error : difference;
    }
    double& most = worst[kernel];
    most = std::max(most, error);
    char text[64];
    snprintf(text, sizeof text, ": error %.3g", error);
    check(error <= tolerance, kernel + " " + where + text);
}

struct Outputs {
    Guarded<float> y, dweights, dbias, dx;
    Guarded<uint8_t> codes;

    explicit Outputs(const Shape& s)
        : y(s.ySize()), dweights(s.weightSize()), dbias(s.f), dx(s.xSize()), codes(s.ySize()) {}

    bool intact() const {
        return y.intact() && dweights.intact() && dbias.intact() && dx.intact() && codes.intact();
    }
};

/* One algorithm's filters in the order of the passes, prepared range by range. */
struct Prepared {
    Guarded<uint8_t> bytes;
    int algorithm;

    Prepared(const Problem& p, int algorithmOfForward)
        : bytes((size_t)convoke_fused_convolution_prepared_bytes(p.shape.c, p.shape.f, algorithmOfForward)),
          algorithm(algorithmOfForward) {
        for (int from = 0; from < p.shape.f; from += 16) {
            convoke_fused_convolution_prepare(p.weights.data(), p.shape.c, p.shape.f, algorithm, from, from + 16,
                                              bytes.data());
        }
        check(bytes.intact(), "filters stay in their buffer, " + p.shape.text());
    }
};

struct Workspace {
    Guarded<uint8_t> bytes;

    Workspace(const Shape& s, int n, int algorithm)
        : bytes((size_t)convoke_fused_convolution_part_workspace(n, s.h, s.w, s.c, s.f, s.pad, algorithm)) {}
};

/* Images [from, to), in a workspace for as many. */
void forwardPart(const Problem& p, Prepared& prepared, int from, int to, Outputs& out, bool withCodes) {
    const Shape& s = p.shape;
    const size_t y = (size_t)from * s.windows() * s.f;
    Workspace workspace(s, to - from, prepared.algorithm);
    convoke_fused_convolution_forward_part(p.x.data() + (size_t)from * s.h * s.w * s.c, prepared.bytes.data(),
                                           p.bias.data(), to - from, s.h, s.w, s.c, s.f, s.pad, prepared.algorithm,
                                           out.y.data() + y, withCodes ? out.codes.data() + y : nullptr,
                                           workspace.bytes.data());
    check(workspace.bytes.intact(), "forward stays in its workspace, " + s.text());
}

void forward(const Problem& p, int algorithm, Outputs& out, bool withCodes) {
    Prepared prepared(p, algorithm);
    forwardPart(p, prepared, 0, p.shape.n, out, withCodes);
}

void backwardDataPart(const Problem& p, Prepared& prepared, int from, int to, Outputs& out) {
    const Shape& s = p.shape;
    const size_t y = (size_t)from * s.windows() * s.f;
    Workspace workspace(s, to - from, prepared.algorithm);
    convoke_fused_convolution_backward_data_part(p.dy.data() + y, p.codes.data() + y, prepared.bytes.data(), to - from,
                                                 s.h, s.w, s.c, s.f, s.pad, prepared.algorithm,
                                                 out.dx.data() + (size_t)from * s.h * s.w * s.c,
                                                 workspace.bytes.data());
    check(workspace.bytes.intact(), "the gradient of data stays in its workspace, " + s.text());
}

/* c > 1, in ranges of `step` filters. */
void backwardOfFilters(const Problem& p, Prepared& prepared, int step, Outputs& out) {
    const Shape& s = p.shape;
    Workspace workspace(s, s.n, prepared.algorithm);
    for (int from = 0; from < s.f; from += step) {
        convoke_fused_convolution_backward_filters(p.x.data(), p.dy.data(), p.codes.data(), s.n, s.h, s.w, s.c, s.f,
                                                   s.pad, from, std::min(s.f, from + step), out.dweights.data(),
                                                   out.dbias.data(), workspace.bytes.data());
    }
    check(workspace.bytes.intact(), "filters stay in their workspace, " + s.text());
}

/* c = 1, in parts of `step` groups. */
void backwardOfGroups(const Problem& p, Prepared& prepared, int step, Outputs& out) {
    const Shape& s = p.shape;
    const int groups = (s.n + CONVOKE_FUSED_CONVOLUTION_GROUP - 1) / CONVOKE_FUSED_CONVOLUTION_GROUP;
    const size_t groupSize = (size_t)(kTaps + 1) * s.f;
    Guarded<float> sums(groups * groupSize);
    Workspace workspace(s, s.n, prepared.algorithm);
    for (int group = 0; group < groups; group += step) {
        const int from = group * CONVOKE_FUSED_CONVOLUTION_GROUP;
        const size_t y = (size_t)from * s.windows() * s.f;
        convoke_fused_convolution_backward_groups(p.x.data() + (size_t)from * s.h * s.w, p.dy.data() + y,
                                                  p.codes.data() + y,
                                                  std::min(s.n - from, step * CONVOKE_FUSED_CONVOLUTION_GROUP), s.h,
                                                  s.w, s.f, s.pad, sums.data() + group * groupSize,
                                                  workspace.bytes.data());
    }
    convoke_fused_convolution_combine_groups(sums.data(), s.n, s.f, out.dweights.data(), out.dbias.data());
    check(sums.intact() && workspace.bytes.intact(), "groups stay in their buffers, " + s.text());
}

/* Both gradients, of everything at once. */
void backward(const Problem& p, int algorithm, Outputs& out) {
    Prepared prepared(p, algorithm);
    backwardDataPart(p, prepared, 0, p.shape.n, out);
    if (p.shape.c == 1) {
        backwardOfGroups(p, prepared, p.shape.n, out);
    } else {
        backwardOfFilters(p, prepared, p.shape.f, out);
    }
}

template <typename T>
bool sameBits(Guarded<T>& a, Guarded<T>& b) {
    return memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/* A code is right if it points at a largest output, up to rounding, and says dead exactly where y = 0. */
bool codesRight(const Problem& p, Outputs& out, double tolerance) {
    const Shape& s = p.shape;
    const double slack = 2 * tolerance * std::max(largest(p.z), 1e-30);
    for (size_t at = 0; at < s.ySize(); ++at) {
        const double* z = &p.z[at / s.f * 4 * s.f + at % s.f];
        const double most =
            std::max(std::max(z[0], z[(size_t)s.f]), std::max(z[(size_t)2 * s.f], z[(size_t)3 * s.f]));
        const int code = out.codes.data()[at];
        const bool dead = code == CONVOKE_FUSED_CONVOLUTION_DEAD;
        if (code > CONVOKE_FUSED_CONVOLUTION_DEAD || dead != (out.y.data()[at] == 0)) {
            return false;
        }
        if (dead ? most + p.bias[at % s.f] > slack : z[(size_t)code * s.f] < most - slack) {
            return false;
        }
    }
    return true;
}

const char* algorithmName(int algorithm) {
    switch (algorithm) {
    case CONVOKE_FUSED_CONVOLUTION_SINGLE_CHANNEL: return "single channel";
    case CONVOKE_FUSED_CONVOLUTION_DIRECT: return "direct";
    case CONVOKE_FUSED_CONVOLUTION_WINOGRAD_2: return "winograd 2";
    default: return "winograd 4";
    }
}

std::vector<int> algorithmsOf(const Shape& s) {
    if (s.c == 1) {
        return {CONVOKE_FUSED_CONVOLUTION_SINGLE_CHANNEL};
    }
    return {CONVOKE_FUSED_CONVOLUTION_DIRECT, CONVOKE_FUSED_CONVOLUTION_WINOGRAD_2,
            CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4};
}

int algorithmOf(const Shape& s) {
    return convoke_fused_convolution_forward_algorithm(s.n, s.h, s.w, s.c, s.f, s.pad);
}

double toleranceOf(int algorithm) {
    return algorithm == CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4 ? kWinograd4Tolerance : kSumTolerance;
}

void checkForward(const std::string& isa, const Problem& p, int algorithm) {
    const Shape& s = p.shape;
    const std::string name = isa + " forward " + algorithmName(algorithm);
    Outputs out(s);
    forward(p, algorithm, out, true);
    std::vector<double> want(s.ySize());
    for (size_t at = 0; at < s.ySize(); ++at) {
        const double* z = &p.z[at / s.f * 4 * s.f + at % s.f];
        const double most =
            std::max(std::max(z[0], z[(size_t)s.f]), std::max(z[(size_t)2 * s.f], z[(size_t)3 * s.f]));
        want[at] = std::max(0.0, most + p.bias[at % s.f]);
    }
    check(codesRight(p, out, toleranceOf(algorithm)), name + ": codes, " + s.text());
    Outputs inference(s);
    forward(p, algorithm, inference, false);
    check(sameBits(out.y, inference.y) && inference.intact(), name + ": same without codes, " + s.text());
    compare(name, s.text(), out.y.data(), want, toleranceOf(algorithm));
}

void checkBackward(const std::string& isa, const Problem& p) {
    const Shape& s = p.shape;
    Outputs out(s);
    backward(p, algorithmsOf(s)[0], out);
    const std::string kind = s.c == 1 ? " single channel" : " sparse";
    compare(isa + kind + " dweights", s.text(), out.dweights.data(), p.dweights, kSumTolerance);
    compare(isa + kind + " dbias", s.text(), out.dbias.data(), p.dbias, kSumTolerance);
    compare(isa + kind + " dx", s.text(), out.dx.data(), p.dx, kSumTolerance);
}

/* However images and filters are cut, the bits are the same. */
void checkParts(const std::string& isa, const Problem& p) {
    const Shape& s = p.shape;
    for (int algorithm : algorithmsOf(s)) {
        const std::string where = isa + ", " + algorithmName(algorithm) + ", " + s.text();
        Outputs whole(s);
        forward(p, algorithm, whole, true);
        backward(p, algorithm, whole);
        Prepared prepared(p, algorithm);
        for (int images : {1, 5, 12}) {
            Outputs parts(s);
            for (int from = 0; from < s.n; from += images) {
                const int to = std::min(s.n, from + images);
                forwardPart(p, prepared, from, to, parts, true);
                backwardDataPart(p, prepared, from, to, parts);
            }
            if (planted) {
                parts.y.data()[s.ySize() / 2] += 1;
            }
            check(sameBits(whole.y, parts.y) && sameBits(whole.codes, parts.codes), "forward in parts, " + where);
            check(sameBits(whole.dx, parts.dx), "data gradient in parts, " + where);
            if (s.c == 1) {
                backwardOfGroups(p, prepared, (images + 3) / 4, parts);
            } else {
                backwardOfFilters(p, prepared, images < 12 ? 16 * images : 48, parts);
            }
            check(sameBits(whole.dweights, parts.dweights) && sameBits(whole.dbias, parts.dbias),
                  "weight gradient in parts, " + where);
            check(prepared.bytes.intact() && parts.intact(), "parts write inside their buffers, " + where);
        }
    }
}

/* Equal outputs in a window: the first one is the maximum. Small whole numbers keep every sum exact. */
void checkTies(const std::string& isa) {
    for (int c : {1, 16}) {
        const Shape s = {2, 8, 9, c, 32, 0};
        for (int algorithm : algorithmsOf(s)) {
            Problem p;
            p.shape = s;
            /* F(4x4) has sixths in its weights, so only zeros are exact there. */
            const float value = algorithm == CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4 ? 0.0f : 1.0f;
            p.x.assign(s.xSize(), value);
            p.weights.assign(s.weightSize(), 2);
            p.bias.assign(s.f, 3);
            Outputs out(s);
            forward(p, algorithm, out, true);
            bool first = true;
            for (size_t at = 0; at < s.ySize(); ++at) {
                first = first && out.codes.data()[at] == 0 && out.y.data()[at] == 3 + value * 2 * kTaps * c;
            }
            check(first, isa + " " + algorithmName(algorithm) + ": the first of equal outputs wins");
        }
    }
}

/*
 * Pictures have backgrounds: where a window sees zeros alone its outputs are zero, whatever else lies in its tile, and
 * with a bias of zero it is dead. A form that lets the neighbours' rounding errors in makes half of them alive.
 */
void checkBackground(const std::string& isa) {
    const Shape s = {2, 14, 14, 32, 32, 1};
    Problem p = makeProblem(s, 11);
    std::fill(p.bias.begin(), p.bias.end(), 0.0f);
    for (size_t pixel = 0; pixel < p.x.size() / s.c; ++pixel) {
        if (pixel % s.w >= 5) {
            std::fill_n(p.x.begin() + pixel * s.c, s.c, 0.0f);
        }
    }
    for (int algorithm : algorithmsOf(s)) {
        Outputs out(s);
        forward(p, algorithm, out, true);
        bool dead = !planted;
        for (size_t at = 0; at < s.ySize(); ++at) {
            const bool background = at / s.f % s.pooledWidth() >= 3;
            dead &= !background ||
                    (out.y.data()[at] == 0 && out.codes.data()[at] == CONVOKE_FUSED_CONVOLUTION_DEAD);
        }
        check(dead, "windows of zeros are dead, " + isa + ", " + algorithmName(algorithm));
    }
}

void checkDeadAndNan(const std::string& isa) {
    for (int c : {1, 32}) {
        Problem p = makeProblem({3, 7, 7, c, 32, 1}, 11);
        const Shape& s = p.shape;
        const int algorithm = algorithmOf(s);
        p.bias.assign(s.f, -1000);
        Outputs out(s);
        forward(p, algorithm, out, true);
        bool dead = true;
        for (size_t at = 0; at < s.ySize(); ++at) {
            dead = dead && out.codes.data()[at] == CONVOKE_FUSED_CONVOLUTION_DEAD && out.y.data()[at] == 0;
        }
        check(dead, isa + ": a very negative bias kills every window");
        p.codes.assign(s.ySize(), CONVOKE_FUSED_CONVOLUTION_DEAD);
        backward(p, algorithm, out);
        bool zero = true;
        for (size_t i = 0; i < s.weightSize(); ++i) {
            zero = zero && out.dweights.data()[i] == 0;
        }
        for (size_t i = 0; i < s.xSize(); ++i) {
            zero = zero && out.dx.data()[i] == 0;
        }
        check(zero, isa + ": dead windows have no gradient");
        for (size_t i = 0; i < (size_t)kTaps * c; ++i) {
            p.weights[(size_t)5 * kTaps * c + i] = NAN;
        }
        forward(p, algorithm, out, true);
        bool nan = true;
        for (size_t at = 0; at < s.ySize(); ++at) {
            nan = nan && (isnan(out.y.data()[at]) != 0) == (at % s.f == 5);
        }
        check(nan, isa + ": NaN weights show in their filter and only there");
    }
}

void checkSupports() {
    check(convoke_fused_convolution_supports(1, 32, 3, 1, 1, 2, 2) == 1, "one channel is supported");
    check(convoke_fused_convolution_supports(64, 128, 3, 1, 0, 2, 2) == 1, "64 channels are supported");
    check(convoke_fused_convolution_supports(3, 32, 3, 1, 1, 2, 2) == 0, "3 channels are not");
    check(convoke_fused_convolution_supports(32, 40, 3, 1, 1, 2, 2) == 0, "40 filters are not");
    check(convoke_fused_convolution_supports(32, 64, 5, 1, 1, 2, 2) == 0, "a 5x5 kernel is not");
    check(convoke_fused_convolution_supports(32, 64, 3, 2, 1, 2, 2) == 0, "stride 2 is not");
    check(convoke_fused_convolution_supports(32, 64, 3, 1, 2, 2, 2) == 0, "padding 2 is not");
    check(convoke_fused_convolution_supports(32, 64, 3, 1, 1, 3, 2) == 0, "3x3 pooling is not");
}

std::vector<const char*> instructionSets() {
    std::vector<const char*> available;
    for (const char* isa : {"portable", "avx2", "avx512"}) {
        if (convoke_force_instruction_set(isa) == 0) {
            available.push_back(isa);
        } else {
            printf("%s: not on this processor, not checked\n", isa);
        }
    }
    return available;
}

int runChecks() {
    const std::vector<Shape> shapes = {
        {3, 28, 28, 1, 32, 1},  {32, 14, 14, 32, 64, 0}, {33, 6, 6, 64, 128, 0}, {3, 14, 14, 32, 64, 1},
        {32, 7, 7, 64, 64, 1},  {33, 3, 3, 64, 128, 1},  {33, 28, 28, 1, 16, 0}, {1, 14, 14, 32, 64, 0},
        {1, 28, 28, 1, 48, 1},  {1, 6, 6, 64, 128, 0},   {3, 4, 4, 16, 16, 0},   {3, 5, 13, 48, 80, 0},
        {3, 13, 5, 16, 96, 1},  {1, 12, 11, 128, 16, 1}, {32, 3, 4, 32, 48, 1},  {33, 9, 8, 16, 32, 1},
        {2, 20, 22, 16, 32, 1}, {3, 10, 10, 80, 128, 0}, {3, 11, 6, 1, 64, 0},   {33, 3, 3, 1, 80, 1},
        {3, 2, 2, 16, 16, 1},   {3, 2, 3, 1, 16, 1},
    };
    checkSupports();
    const std::vector<const char*> sets = instructionSets();
    unsigned seed = 1;
    for (const Shape& shape : shapes) {
        const Problem p = makeProblem(shape, seed++);
        for (const char* isa : sets) {
            convoke_force_instruction_set(isa);
            for (int algorithm : algorithmsOf(shape)) {
                checkForward(isa, p, algorithm);
            }
            checkBackward(isa, p);
            checkParts(isa, p);
        }
    }
    for (const char* isa : sets) {
        convoke_force_instruction_set(isa);
        checkTies(isa);
        checkDeadAndNan(isa);
        checkBackground(isa);
    }
    for (const auto& [kernel, error] : worst) {
        printf("%-40s max relative error %.2e\n", kernel.c_str(), error);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

/* ---- timing ---- */

/* Processor time, which other processes do not lengthen. */
double secondsNow() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Seconds of one call: the best of many short rounds. */
template <typename Call>
double secondsOf(Call call) {
    call();
    double best = 1e30;
    for (int round = 0; round < 40; ++round) {
        int calls = 0;
        const double start = secondsNow();
        double seconds = 0;
        do {
            call();
            ++calls;
            seconds = secondsNow() - start;
        } while (seconds < 0.001);
        best = std::min(best, seconds / calls);
    }
    return best;
}

/* A bias for each filter that leaves half of its windows alive. */
void balance(Problem& p) {
    const Shape& s = p.shape;
    const float lift = 1000;
    p.bias.assign(s.f, lift);
    Outputs out(s);
    forward(p, algorithmOf(s), out, false);
    for (int f = 0; f < s.f; ++f) {
        std::vector<float> values;
        for (size_t at = f; at < s.ySize(); at += s.f) {
            values.push_back(out.y.data()[at] - lift);
        }
        std::nth_element(values.begin(), values.begin() + (long)values.size() / 2, values.end());
        p.bias[f] = -values[values.size() / 2];
    }
}

Problem timingProblem(const Shape& s) {
    std::mt19937 random(7);
    Problem p;
    p.shape = s;
    p.x = normals(s.xSize(), 1, random);
    for (float& value : p.x) {
        value = std::max(0.0f, value + 0.5f);
    }
    p.weights = normals(s.weightSize(), sqrtf(2.0f / (kTaps * s.c)), random);
    balance(p);
    p.dy = normals(s.ySize(), 1, random);
    Outputs out(s);
    forward(p, algorithmOf(s), out, true);
    p.codes.assign(out.codes.data(), out.codes.data() + s.ySize());
    return p;
}

double aliveShare(const Problem& p) {
    size_t alive = 0;
    for (uint8_t code : p.codes) {
        alive += code != CONVOKE_FUSED_CONVOLUTION_DEAD;
    }
    return (double)alive / (double)p.codes.size();
}

/* Seconds of a step of this layer on one thread, its filters' preparation included; prints each part. */
double timeLayer(const Problem& p) {
    const Shape& s = p.shape;
    Outputs out(s);
    std::string forwards;
    double best = 0;
    const int chosen = algorithmOf(s);
    for (int algorithm : algorithmsOf(s)) {
        Prepared prepared(p, algorithm);
        Workspace workspace(s, s.n, algorithm);
        const double seconds = secondsOf([&] {
            convoke_fused_convolution_prepare(p.weights.data(), s.c, s.f, algorithm, 0, s.f, prepared.bytes.data());
            convoke_fused_convolution_forward_part(p.x.data(), prepared.bytes.data(), p.bias.data(), s.n, s.h, s.w, s.c,
                                                   s.f, s.pad, algorithm, out.y.data(), out.codes.data(),
                                                   workspace.bytes.data());
        });
        char text[64];
        snprintf(text, sizeof text, "  %s%s %9.0f", algorithm == chosen ? "*" : "", algorithmName(algorithm),
                 s.n / seconds);
        forwards += text;
        best = algorithm == chosen ? seconds : best;
    }
    Prepared prepared(p, chosen);
    Workspace workspace(s, s.n, chosen);
    Guarded<float> sums((size_t)s.n * (kTaps + 1) * s.f);
    const double weights = secondsOf([&] {
        if (s.c == 1) {
            convoke_fused_convolution_backward_groups(p.x.data(), p.dy.data(), p.codes.data(), s.n, s.h, s.w, s.f,
                                                      s.pad, sums.data(), workspace.bytes.data());
            convoke_fused_convolution_combine_groups(sums.data(), s.n, s.f, out.dweights.data(), out.dbias.data());
        } else {
            convoke_fused_convolution_backward_filters(p.x.data(), p.dy.data(), p.codes.data(), s.n, s.h, s.w, s.c,
                                                       s.f, s.pad, 0, s.f, out.dweights.data(), out.dbias.data(),
                                                       workspace.bytes.data());
        }
    });
    const double data = s.c == 1 ? 0 : secondsOf([&] {
        convoke_fused_convolution_backward_data_part(p.dy.data(), p.codes.data(), prepared.bytes.data(), s.n, s.h, s.w,
                                                     s.c, s.f, s.pad, chosen, out.dx.data(), workspace.bytes.data());
    });
    printf("  %-28s alive %.2f  weights %9.0f  data %9.0f  forward%s\n", s.text().c_str(), aliveShare(p),
           s.n / weights, data > 0 ? s.n / data : 0, forwards.c_str());
    return best + weights + data;
}

void timeNetwork(const char* name, const std::vector<Shape>& layers) {
    double seconds = 0;
    for (const Shape& layer : layers) {
        seconds += timeLayer(timingProblem(layer));
    }
    printf("  %s, all layers: %.0f images/s, %.1f us an image\n", name, layers[0].n / seconds,
           1e6 * seconds / layers[0].n);
}

void runTiming(int n, const char* only) {
    for (const char* isa : instructionSets()) {
        if (only != nullptr && strcmp(only, isa) != 0) {
            continue;
        }
        convoke_force_instruction_set(isa);
        printf("%s, one thread, images/s; * is chosen\n", isa);
        timeNetwork("base", {{n, 28, 28, 1, 32, 1}, {n, 14, 14, 32, 64, 0}, {n, 6, 6, 64, 128, 0}});
        timeNetwork("four blocks",
                    {{n, 28, 28, 1, 32, 1}, {n, 14, 14, 32, 64, 1}, {n, 7, 7, 64, 64, 1}, {n, 3, 3, 64, 128, 1}});
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && strcmp(argv[1], "--time") == 0) {
        runTiming(argc > 2 ? atoi(argv[2]) : 32, argc > 3 ? argv[3] : nullptr);
        return 0;
    }
    planted = argc > 1 && strcmp(argv[1], "--self-check-plant") == 0;
    return runChecks();
}
