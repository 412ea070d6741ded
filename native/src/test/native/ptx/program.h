/*
 * PTX as the interpreter runs it: kernels whose operands are numbered registers and whose branches are indices. Only
 * the forms that nvcc makes of our kernels are understood; any other ends the program with file, line and text, so that
 * a new one is noticed and not guessed at.
 */
#ifndef CONVOKE_PTX_PROGRAM_H
#define CONVOKE_PTX_PROGRAM_H

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace convoke::ptx {

constexpr int kLanes = 32;

/* Applies a function to the lanes of a warp that `lanes` has a bit for; a register is kLanes neighbouring words. */
using Arithmetic = void (*)(uint64_t* to, const uint64_t* const* from, uint32_t lanes);

/* Sources of an arithmetic instruction, at most. */
constexpr int kMostSources = 4;

struct ArithmeticForm {
    Arithmetic function = nullptr;
    int sources = 0;
};

/* The function of an opcode such as add.s32; none where there is no such opcode. */
ArithmeticForm arithmetic_of(const std::string& opcode);

enum class Kind : uint8_t {
    kArithmetic,
    kPack,   /* several registers to the parts of one */
    kUnpack, /* and back */
    kLoad,
    kStore,
    kAtomicAdd,
    kShuffle,
    kBarrier,
    kFence,
    kBranch,
    kReturn,
    kNothing /* what a mutant leaves of an instruction */
};

enum class Space : uint8_t { kParameter, kGlobal, kShared, kLocal, kGeneric };

/* Where shared and local memory begin in the generic address space; below lies global memory, the host's own. */
constexpr uint64_t kSharedWindow = uint64_t{0x7f} << 56;
constexpr uint64_t kLocalWindow = uint64_t{0x7e} << 56;

struct Instruction {
    Kind kind = Kind::kNothing;
    Space space = Space::kGeneric;
    Arithmetic function = nullptr;
    int predicate = -1;
    bool negated = false;
    bool is_label = false; /* a branch leads here */
    bool is_signed = false;
    bool past_first_cache = false; /* .cg, .volatile: sees what other multiprocessors have written */
    bool read_only = false;        /* .nc: memory that the kernel never writes */
    bool acquires_and_releases = false;
    uint8_t width = 0; /* bytes of one element */
    std::vector<int> to;
    std::vector<int> from;
    int base = -1; /* of an address, or -1 */
    int64_t offset = 0;
    int target = -1;
    int line = 0;
    std::string text;
    uint64_t executed = 0;
};

struct Variable {
    std::string name;
    uint32_t bytes;
    uint32_t alignment;
    uint32_t offset; /* in its space */
};

struct Kernel {
    std::string name; /* as C++ writes it */
    std::string file;
    std::vector<Variable> parameters;
    uint32_t parameter_bytes = 0;
    std::vector<Variable> shared;
    uint32_t shared_bytes = 0;
    std::vector<Variable> local;
    uint32_t local_bytes = 0;
    uint32_t most_threads = 0; /* of a block; 0 where nothing is said */
    std::vector<Instruction> code;
    std::vector<uint8_t> register_bytes;
    std::vector<std::pair<int, uint64_t>> constants; /* register and value */
    std::map<std::string, int> specials;             /* such as %tid.x, and their registers */
    uint64_t launches = 0;
};

/* Kernels by the names that the host knows. */
using Program = std::map<std::string, std::unique_ptr<Kernel>>;

/* Adds the kernels of a file. */
void read_ptx(const std::string& path, Program& program);

/* Ends the program with what cannot be interpreted. */
[[noreturn]] void not_understood(const std::string& what);

}  // namespace convoke::ptx

#endif
