/*
 * The CUDA kernels' tests as one program. On a machine with a GPU:
 *
 *   convoke_cuda_test                        every family; exit code 1 when a check failed, 6 without a GPU
 *   convoke_cuda_test pooling loss           these families
 *   convoke_cuda_test FAMILY --self-check-plant   with a mistake made on purpose: must fail
 *   convoke_cuda_test --bandwidth            how near the element-wise kernels come to a copy on the device
 *   compute-sanitizer --tool memcheck convoke_cuda_test, and --tool racecheck
 */
#include <algorithm>

#include "cuda_test.h"

using namespace convoke::test;

namespace {

bool is_known(const std::string& name) {
    return std::any_of(std::begin(kFamilies), std::end(kFamilies),
                       [&](const Family& family) { return name == family.name; });
}

/* Exit codes beside 0 and 1. */
constexpr int kUsage = 2;
constexpr int kNoDevice = 6;

int usage(const std::string& argument) {
    std::printf("unknown argument '%s'; families:", argument.c_str());
    for (const Family& family : kFamilies) {
        std::printf(" %s", family.name);
    }
    std::printf("; options: --self-check-plant, --bandwidth\n");
    return kUsage;
}

int run(const Family& family, bool planted) {
    const std::string program = std::string("cuda ") + family.name;
    char plant[] = "--self-check-plant";
    char* arguments[] = {nullptr, plant};
    Check check(program.c_str(), planted ? 2 : 1, arguments);
    family.test(check);
#if !defined(CONVOKE_REAL_GPU)
    std::vector<char> text(4096);
    const int32_t violations = sim_violations(text.data(), text.size());
    check.that(violations == 0, violations == 0 ? "the simulated device has nothing to say" : text.data());
    sim_clear_violations();
#endif
    return check.finish();
}

/* Whether there is a device; if not, the runtime's own words are printed. */
bool has_device() {
    int32_t count = 0;
    const int32_t error = convoke_cuda_device_count(&count);
    if (count == 0) {
        std::printf("no GPU: %s\n", convoke_cuda_error_text(error));
    }
    return count > 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> wanted;
    bool planted = false;
    bool bandwidth = false;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        bandwidth = bandwidth || argument == "--bandwidth";
        planted = planted || argument == "--self-check-plant";
        if (is_known(argument)) {
            wanted.push_back(argument);
        } else if (argument != "--self-check-plant" && argument != "--bandwidth") {
            return usage(argument);
        }
    }
    if (!has_device()) {
        return kNoDevice;
    }
    if (bandwidth) {
        measure_bandwidth();
        return 0;
    }
    int failures = 0;
    for (const Family& family : kFamilies) {
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), family.name) != wanted.end()) {
            failures += run(family, planted);
        }
    }
    return failures == 0 ? 0 : 1;
}
