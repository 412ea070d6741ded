/*
 * The frame of the native test programs: counts, comparisons, and the sweep over instruction sets and thread counts.
 * A program prints every failure and a last line `name: N passed, M failed`, and exits with 1 when M > 0.
 *
 * With --self-check-plant a program makes one mistake on purpose, the one its `planted` names, and must then fail: so
 * the checks are known to be able to.
 */
#ifndef CONVOKE_TEST_CHECK_H
#define CONVOKE_TEST_CHECK_H

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernels.h"

namespace convoke::test {

inline const char* const kInstructionSets[] = {"portable", "avx2", "avx512"};
inline const int32_t kThreads[] = {1, 2, 3, 7};

class Check {
public:
    Check(const char* program, int argc, char** argv) : program_(program) {
        planted_ = argc == 2 && std::strcmp(argv[1], "--self-check-plant") == 0;
    }

    /* Whether the program is to make its mistake. */
    bool planted() const { return planted_; }

    void that(bool condition, const std::string& what) {
        condition ? ++passed_ : ++failed_;
        if (!condition) {
            std::printf("%s: FAILED %s\n", program_, what.c_str());
        }
    }

    /* |actual - expected| <= absolute + relative * |expected|, element by element. */
    template <class Expected>
    void close(const std::vector<float>& actual, const std::vector<Expected>& expected, double absolute,
               double relative, const std::string& what) {
        if (actual.size() != expected.size()) {
            that(false, what + ": size");
            return;
        }
        for (size_t i = 0; i < actual.size(); ++i) {
            const double want = static_cast<double>(expected[i]);
            if (!(std::fabs(actual[i] - want) <= absolute + relative * std::fabs(want))) {
                that(false, what + ": element " + std::to_string(i) + " is " + std::to_string(actual[i]) +
                                ", expected " + std::to_string(want));
                return;
            }
        }
        that(true, what);
    }

    template <class T>
    void same_bits(const std::vector<T>& actual, const std::vector<T>& expected, const std::string& what) {
        that(actual.size() == expected.size() &&
                 std::memcmp(actual.data(), expected.data(), actual.size() * sizeof(T)) == 0,
             what + ": same bits");
    }

    /*
     * Runs compute(threads), which returns a vector, on every instruction set of this machine and every thread count;
     * all must give the same bits, which are returned.
     */
    template <class Compute>
    auto everywhere(const std::string& what, const Compute& compute) -> decltype(compute(1)) {
        decltype(compute(1)) first;
        bool have_first = false;
        for (const char* name : kInstructionSets) {
            if (convoke_force_instruction_set(name) != 0) {
                continue;
            }
            for (int32_t threads : kThreads) {
                auto result = compute(threads);
                if (!have_first) {
                    first = result;
                    have_first = true;
                } else {
                    same_bits(result, first, what + ", " + name + ", threads " + std::to_string(threads));
                }
            }
        }
        that(have_first, what + ": some instruction set ran");
        return first;
    }

    int passed() const { return passed_; }
    int failed() const { return failed_; }

    int finish() const {
        std::printf("%s: %d passed, %d failed\n", program_, passed_, failed_);
        return failed_ == 0 && passed_ > 0 ? 0 : 1;
    }

private:
    const char* program_;
    bool planted_ = false;
    int passed_ = 0;
    int failed_ = 0;
};

/* Reproducible inputs. */
class Numbers {
public:
    explicit Numbers(uint32_t seed) : engine_(seed) {}

    std::vector<float> floats(size_t count, float low = -1.0f, float high = 1.0f) {
        std::vector<float> values(count);
        for (float& value : values) {
            value = low + (high - low) * static_cast<float>(engine_() >> 8) * 0x1p-24f;
        }
        return values;
    }

    std::vector<uint8_t> bytes(size_t count, uint32_t bound = 256) {
        std::vector<uint8_t> values(count);
        for (uint8_t& value : values) {
            value = static_cast<uint8_t>(engine_() % bound);
        }
        return values;
    }

    std::vector<int32_t> indices(size_t count, uint32_t bound) {
        std::vector<int32_t> values(count);
        for (int32_t& value : values) {
            value = static_cast<int32_t>(engine_() % bound);
        }
        return values;
    }

private:
    std::mt19937 engine_;
};

/* Appends one vector's bits to another, so that several outputs are compared as one. */
template <class T>
void append(std::vector<uint8_t>& bits, const std::vector<T>& values) {
    const size_t before = bits.size();
    bits.resize(before + values.size() * sizeof(T));
    std::memcpy(bits.data() + before, values.data(), values.size() * sizeof(T));
}

}  // namespace convoke::test

#endif
