/* Version, choice of the instruction set. */
#include <cstdlib>

#include "check.h"

using namespace convoke::test;

namespace {

void library(Check& check) {
    /* First of all: the choice is made once. */
    const char* asked = std::getenv("CONVOKE_ISA");
    if (asked != nullptr) {
        check.that(std::string(convoke_instruction_set()) == asked, "CONVOKE_ISA is obeyed");
    }
    check.that(convoke_abi_version() == CONVOKE_ABI_VERSION + (check.planted() ? 1 : 0), "ABI version");
    check.that(convoke_force_instruction_set("sparc") == 1, "an unknown instruction set is refused");
    check.that(convoke_force_instruction_set("portable") == 0, "the portable one always runs");
    check.that(std::string(convoke_instruction_set()) == "portable", "the forced one is in use");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("library", argc, argv);
    library(check);
    return check.finish();
}
