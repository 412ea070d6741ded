/* What the tests of the simulated libraries share: device memory with its values, and rules that must be enforced. */
#ifndef CONVOKE_SIMULATED_DEVICE_CHECK_H
#define CONVOKE_SIMULATED_DEVICE_CHECK_H

#include <string>
#include <vector>

#include "../../check.h"
#include "../cudart/cudart.h"
#include "../device.h"
#include "../numbers.h"

namespace convoke::test {

inline std::string violations() {
    std::vector<char> text(1 << 16, '\0');
    sim_violations(text.data(), text.size());
    return text.data();
}

inline std::string leaks() {
    std::vector<char> text(1 << 16, '\0');
    sim_leaks(text.data(), text.size());
    return text.data();
}

/* The rule is broken by what `breaks` does: the device must say so, in these words, and give an error. */
template <class Breaks>
void refused(Check& check, const std::string& rule, const std::string& words, const Breaks& breaks) {
    sim_clear_violations();
    const int64_t status = static_cast<int64_t>(breaks());
    const std::string said = violations();
    check.that(status != 0, rule + ": an error is given");
    check.that(said.find(words) != std::string::npos, rule + ": \"" + words + "\" is said; said was \"" + said + "\"");
    sim_clear_violations();
}

/* As `refused`, for what is found out after the call. */
template <class Breaks>
void found_out(Check& check, const std::string& rule, const std::string& words, const Breaks& breaks) {
    refused(check, rule, words, [&] {
        breaks();
        return 1;
    });
}

inline void clean(Check& check, const std::string& what) {
    check.that(violations().empty(), what + ": nothing is refused, but \"" + violations() + "\"");
    check.that(leaks().empty(), what + ": all is given back, but \"" + leaks() + "\"");
    sim_clear_violations();
}

/* Device memory that lives as long as this object. */
template <class T>
class OnDevice {
public:
    explicit OnDevice(size_t count) : count_(count) { cudaMalloc(&address_, count * sizeof(T)); }
    explicit OnDevice(const std::vector<T>& values) : OnDevice(values.size()) {
        cudaMemcpy(address_, values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice);
    }
    ~OnDevice() { cudaFree(address_); }
    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;

    T* get() const { return static_cast<T*>(address_); }

    std::vector<T> values() const {
        std::vector<T> values(count_);
        cudaMemcpy(values.data(), address_, count_ * sizeof(T), cudaMemcpyDeviceToHost);
        return values;
    }

private:
    void* address_ = nullptr;
    size_t count_;
};

inline std::vector<uint16_t> bfloat16(const std::vector<float>& values) {
    std::vector<uint16_t> rounded;
    for (float value : values) {
        rounded.push_back(simulated::to_bfloat16(value));
    }
    return rounded;
}

inline std::vector<float> widened(const std::vector<uint16_t>& values) {
    std::vector<float> wide;
    for (uint16_t value : values) {
        wide.push_back(simulated::from_bfloat16(value));
    }
    return wide;
}

}  // namespace convoke::test

#endif
