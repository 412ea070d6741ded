/*
 * A device made of software that runs PTX, where there is no GPU, and checks every access: bounds to the byte,
 * alignment, bytes that nothing has written, races within a block and between blocks, barriers and shuffles that not
 * all threads come to, deadlock. docs/cuda-kernels.md says what that shows and what it cannot.
 */
#ifndef CONVOKE_PTX_INTERPRETER_H
#define CONVOKE_PTX_INTERPRETER_H

#include <random>
#include <string>
#include <vector>

#include "ptx/memory.h"

namespace convoke::ptx {

/* In which order threads get their turns. */
enum class Order {
    kLockstep, /* blocks one after the other, a warp's lanes together, warps from the first to the last */
    kBackward, /* the same from the last block and the last warp on */
    kRandom    /* six blocks at a time, and lanes that part and go on for a while each, as chance has it */
};

struct Extent {
    uint32_t x;
    uint32_t y;
    uint32_t z;
    uint32_t size() const { return x * y * z; }
};

/* One place in the PTX at which one kind of fault was found. */
struct Violation {
    Fault fault;
    std::string kernel;
    std::string place;  /* file, line and instruction */
    std::string detail; /* of the first time */
    uint64_t times;
};

class Interpreter {
public:
    Memory memory;
    Program program;
    /* Warp instructions of a launch, beyond which it counts as endless; the longest of our tests takes a hundredth. */
    uint64_t most_instructions = 1'000'000'000;

    /* The seed counts for kRandom alone. */
    void set_order(Order order, uint32_t seed);

    /* Runs a kernel to its end, or until it cannot go on. */
    void launch(const std::string& name, Extent grid, Extent block, void* const* arguments);

    void report(const Finding& finding, const std::string& kernel, const std::string& place);

    const std::vector<Violation>& violations() const { return violations_; }
    void clear_violations() { violations_.clear(); }
    uint64_t launches() const { return launches_; }

private:
    enum class State : uint8_t { kRuns, kAtBarrier, kAtShuffle, kReturned };

    struct Warp {
        int number = 0;
        uint32_t exist = 0; /* lanes that are threads */
        int at[kLanes] = {};
        State state[kLanes] = {};
        bool fenced[kLanes] = {}; /* since the last barrier and its own last write */
        std::vector<uint64_t> registers;

        uint64_t* of(int which) { return registers.data() + static_cast<size_t>(which) * kLanes; }
        uint32_t in(State wanted) const;
    };

    struct Block {
        uint32_t number = 0;
        uint32_t alive = 0;
        uint16_t epoch = 0;
        std::vector<Warp> warps;
        SharedMemory shared;
        std::vector<uint8_t> local;
        std::vector<bool> local_written;
        std::vector<Acquisition> acquired;
        std::vector<Acquisition> pending; /* acquired at the thread's next fence */
    };

    void start(Block& block, uint32_t number, Extent grid, Extent threads);
    bool run_in_turn(std::vector<std::unique_ptr<Block>>& blocks);
    bool run_by_chance(std::vector<std::unique_ptr<Block>>& blocks);
    bool run(Block& block, Warp& warp, uint64_t budget);
    uint64_t run_together(Block& block, Warp& warp, int at, uint32_t lanes, bool all, uint64_t budget);
    uint32_t active_lanes(Warp& warp, const Instruction& instruction, uint32_t lanes);
    void move(Block& block, Warp& warp, Instruction& instruction, uint32_t lanes);
    uint8_t* locate(Block& block, Warp& warp, Instruction& instruction, int lane);
    void add_atomically(Block& block, Warp& warp, Instruction& instruction, uint32_t lanes);
    void fence(Block& block, Warp& warp, uint32_t lanes);
    void shuffle(Warp& warp, const Instruction& instruction, uint32_t lanes);
    void shuffle_what_came(Warp& warp);
    bool pass_barrier(Block& block);
    void violate(Fault fault, const Instruction& instruction, const std::string& detail);
    Actor actor(const Block& block, const Warp& warp, int lane) const;

    Order order_ = Order::kLockstep;
    std::mt19937 chance_;
    Kernel* kernel_ = nullptr;
    std::vector<uint8_t> parameters_;
    std::vector<Memory::Block*> hints_; /* by instruction: the memory that it touched last */
    uint64_t left_ = 0;                 /* instructions of the launch, before it counts as endless */
    std::vector<Violation> violations_;
    uint64_t launches_ = 0;
};

/* The device that the CUDA runtime of cudart.cpp stands for. */
Interpreter& interpreter();

}  // namespace convoke::ptx

#endif
