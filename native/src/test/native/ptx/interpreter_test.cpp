/*
 * The interpreter of PTX itself: what is right goes through in every order, and each kind of fault is found. The
 * kernels are in faults.ptx, the one argument.
 */
#include "ptx/interpreter.h"

#include <cstring>

#include "check.h"

using namespace convoke::ptx;
using convoke::test::Check;

namespace {

constexpr uint32_t kThreadsOfBlock = 64;

/* A kernel and the fault that it must show, if any. */
struct Case {
    const char* kernel;
    uint32_t blocks;
    bool is_wrong;
    Fault fault;
};

const Case kCases[] = {{"right", 1, false, Fault::kDeadlock},
                       {"right_last_block", 2, false, Fault::kDeadlock},
                       {"right_fences", 2, false, Fault::kDeadlock},
                       {"race_in_shared_memory", 1, true, Fault::kSharedRace},
                       {"race_in_a_warp", 1, true, Fault::kSharedRace},
                       {"race_of_two_blocks", 2, true, Fault::kGlobalRace},
                       {"race_in_a_block", 1, true, Fault::kGlobalRace},
                       {"beyond_the_end", 1, true, Fault::kOutOfBounds},
                       {"before_the_beginning", 1, true, Fault::kOutOfBounds},
                       {"beyond_shared_memory", 1, true, Fault::kOutOfBounds},
                       {"misaligned", 1, true, Fault::kMisaligned},
                       {"misaligned_vector", 1, true, Fault::kMisaligned},
                       {"uninitialized", 1, true, Fault::kUninitialized},
                       {"uninitialized_shared", 1, true, Fault::kUninitialized},
                       {"uninitialized_local", 1, true, Fault::kUninitialized},
                       {"barrier_in_a_branch", 1, true, Fault::kDifferentBarriers},
                       {"barrier_after_return", 1, true, Fault::kDifferentBarriers},
                       {"shuffle_of_half", 1, true, Fault::kMissingLanes},
                       {"endless", 1, true, Fault::kEndless},
                       {"launch_bounds", 1, true, Fault::kLaunchBounds},
                       {"read_only_load", 1, true, Fault::kReadOnlyRead},
                       {"unpublished", 2, true, Fault::kGlobalRace},
                       {"unacquired", 2, true, Fault::kGlobalRace},
                       {"fence_by_others", 2, true, Fault::kGlobalRace},
                       {"stale", 2, true, Fault::kStaleRead}};

struct Turn {
    const char* name;
    Order order;
    uint32_t seed;
};

const Turn kTurns[] = {{"lockstep", Order::kLockstep, 0},
                       {"backward", Order::kBackward, 0},
                       {"random 1", Order::kRandom, 1},
                       {"random 2", Order::kRandom, 2}};

/* `out` after the kernel. */
std::vector<uint32_t> run(Interpreter& device, const char* kernel, uint32_t blocks) {
    std::vector<uint32_t> numbers(kThreadsOfBlock);
    for (uint32_t i = 0; i + 1 < kThreadsOfBlock; ++i) {
        numbers[i] = 100 + i;
    }
    const size_t bytes = numbers.size() * sizeof(uint32_t);
    void* in = device.memory.allocate(bytes);
    void* out = device.memory.allocate(bytes);
    device.memory.host_writes(in, bytes);
    std::memcpy(in, numbers.data(), bytes);
    void* arguments[] = {&in, &out};
    device.launch(kernel, {blocks, 1, 1}, {kThreadsOfBlock, 1, 1}, arguments);
    std::vector<uint32_t> result(numbers.size() + 1);
    std::memcpy(result.data(), out, bytes);
    std::memcpy(&result.back(), in, sizeof(uint32_t));
    device.memory.release(in);
    device.memory.release(out);
    return result;
}

void faults(Check& check, Interpreter& device) {
    for (const Turn& turn : kTurns) {
        for (const Case& c : kCases) {
            device.clear_violations();
            device.set_order(turn.order, turn.seed);
            run(device, c.kernel, c.blocks);
            bool found = false;
            for (const Violation& violation : device.violations()) {
                found = found || violation.fault == c.fault;
            }
            const std::string what = std::string(c.kernel) + ", " + turn.name;
            if (c.is_wrong) {
                check.that(found, what + ": " + name_of(c.fault) + " is found");
            } else {
                check.that(device.violations().empty(),
                           what + ": nothing is wrong" +
                               (device.violations().empty() ? "" : ", but " + device.violations()[0].detail));
            }
        }
    }
}

void results(Check& check, Interpreter& device) {
    for (const Turn& turn : kTurns) {
        device.set_order(turn.order, turn.seed);
        const std::vector<uint32_t> reversed = run(device, "right", 1);
        const uint32_t first = check.planted() ? 101 : 100;
        check.that(reversed[0] == 0 && reversed[1] == 162 && reversed[63] == first,
                   std::string("numbers reversed, ") + turn.name);
        check.that(run(device, "right_last_block", 2).back() == 1, std::string("sum of the blocks, ") + turn.name);
    }
}

void host(Check& check, Interpreter& device) {
    void* memory = device.memory.allocate(8);
    check.that(device.memory.host_reads(memory, 8).found, "the host reads what nothing has written");
    check.that(!device.memory.host_writes(memory, 8).found, "the host writes");
    check.that(!device.memory.host_reads(memory, 8).found, "the host reads");
    check.that(device.memory.host_writes(memory, 9).found, "the host writes beyond the end");
    check.that(device.memory.release(memory) && !device.memory.release(memory), "memory is released once");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: ptx_interpreter_test faults.ptx [--self-check-plant]\n");
        return 2;
    }
    Check check("ptx interpreter", argc - 1, argv + 1);
    Interpreter& device = interpreter();
    device.most_instructions = 10'000;
    read_ptx(argv[1], device.program);
    faults(check, device);
    results(check, device);
    host(check, device);
    if (!check.planted()) {
        size_t wrong = 0;
        for (const Case& c : kCases) {
            wrong += c.is_wrong ? 1 : 0;
        }
        std::printf("ptx interpreter: %zu planted faults in %zu orders each\n", wrong, std::size(kTurns));
    }
    return check.finish();
}
