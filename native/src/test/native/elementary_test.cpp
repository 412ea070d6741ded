/* The float exp, log and erf against libm's double ones. */
#include "functors/elementary.h"

#include "check.h"

using namespace convoke::test;

namespace {

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
    const float factor = check.planted() ? 1.000001f : 1.0f;
    const auto exp_float = [=](float x) { return exponential(x) * factor; };
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
    Check check("elementary", argc, argv);
    elementary(check);
    return check.finish();
}
