/* Version, choice of the instruction set, transposition there and back. */
#include <cstdlib>

#include "check.h"

using namespace convoke::test;

namespace {

void permute(Check& check) {
    const int32_t nchw[] = {2, 3, 4, 5};
    const int32_t nhwc[] = {2, 4, 5, 3};
    const int32_t to_nhwc[] = {0, 2, check.planted() ? 1 : 3, check.planted() ? 3 : 1};
    const int32_t to_nchw[] = {0, 3, 1, 2};
    const std::vector<float> in = Numbers(59).floats(120);
    std::vector<float> out(120), back(120);
    convoke_permute(in.data(), nchw, to_nhwc, out.data());
    bool right = true;
    for (int n = 0; n < 2; ++n) {
        for (int c = 0; c < 3; ++c) {
            for (int p = 0; p < 20; ++p) {
                const size_t to = static_cast<size_t>((n * 20 + p) * 3 + c);
                const size_t from = static_cast<size_t>((n * 3 + c) * 20 + p);
                right = right && out[to] == in[from];
            }
        }
    }
    check.that(right, "NCHW to NHWC");
    convoke_permute(out.data(), nhwc, to_nchw, back.data());
    check.same_bits(back, in, "NHWC to NCHW");
}

void library(Check& check) {
    /* First of all: the choice is made once. */
    const char* asked = std::getenv("CONVOKE_ISA");
    if (asked != nullptr) {
        check.that(std::string(convoke_instruction_set()) == asked, "CONVOKE_ISA is obeyed");
    }
    check.that(convoke_abi_version() == CONVOKE_ABI_VERSION, "ABI version");
    check.that(convoke_force_instruction_set("sparc") == 1, "an unknown instruction set is refused");
    check.that(convoke_force_instruction_set("portable") == 0, "the portable one always runs");
    check.that(std::string(convoke_instruction_set()) == "portable", "the forced one is in use");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("library", argc, argv);
    library(check);
    permute(check);
    return check.finish();
}
