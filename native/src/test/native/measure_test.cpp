/* The measured limits do the work that they count. */
#include "check.h"

using namespace convoke::test;

namespace {

/* Mean of the values 0 .. CONVOKE_MEASURE_CHAINS - 1 that the chains start from. */
constexpr float kStart = (CONVOKE_MEASURE_CHAINS - 1) / 2.0f;

void multiply_add(Check& check) {
    const int64_t rounds = check.planted() ? 6 : 5;
    /* Small integers: exact in every order. */
    const std::vector<float> sum = check.everywhere("multiply-adds", [&](int32_t threads) {
        std::vector<float> means(static_cast<size_t>(threads));
        convoke_measure_multiply_add(rounds, 1.0f, 2.0f, means.data(), threads);
        check.same_bits(means, std::vector<float>(means.size(), means[0]), "every thread's chains");
        return std::vector<float>{means[0]};
    });
    check.same_bits(sum, std::vector<float>{kStart + 10.0f}, "five summands");
    const std::vector<float> limit = check.everywhere("a chain that converges", [&](int32_t threads) {
        std::vector<float> means(static_cast<size_t>(threads));
        convoke_measure_multiply_add(100, 0.5f, 1.0f, means.data(), threads);
        return means.size() > 1 ? std::vector<float>{means[1]} : means;
    });
    check.same_bits(limit, std::vector<float>{2.0f}, "z = z / 2 + 1 ends at 2");
}

void counts(Check& check) {
    for (const char* name : kInstructionSets) {
        if (convoke_force_instruction_set(name) == 0) {
            const int64_t lanes = std::strcmp(name, "avx512") == 0 ? 16 : std::strcmp(name, "avx2") == 0 ? 8 : 4;
            float means[3];
            check.that(
                convoke_measure_multiply_add(7, 1.0f, 1.0f, means, 3) == 2 * 7 * CONVOKE_MEASURE_CHAINS * lanes * 3,
                std::string("operations counted, ") + name);
        }
    }
}

void bfloat16(Check& check) {
    for (int32_t threads : kThreads) {
        std::vector<float> means(static_cast<size_t>(threads));
        const int64_t operations = convoke_measure_bfloat16(5, 2.0f, means.data(), threads);
        if (operations == 0) {
            std::printf("measure: this processor has no bfloat16 products, nothing to measure\n");
            return;
        }
        check.that(operations == 2 * 5 * CONVOKE_MEASURE_CHAINS * 32 * threads, "bfloat16 operations counted");
        check.same_bits(means, std::vector<float>(means.size(), kStart + 40.0f), "five times two products of 4");
    }
}

void copy(Check& check) {
    const std::vector<float> from = Numbers(71).floats(40003);
    const std::vector<float> to = check.everywhere("copy", [&](int32_t threads) {
        std::vector<float> out(from.size());
        convoke_measure_copy(from.data(), out.data(), static_cast<int64_t>(out.size()), 2, threads);
        return out;
    });
    check.same_bits(to, from, "copy");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("measure", argc, argv);
    multiply_add(check);
    counts(check);
    bfloat16(check);
    copy(check);
    return check.finish();
}
