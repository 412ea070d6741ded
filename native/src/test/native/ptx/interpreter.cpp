#include "ptx/interpreter.h"

#include <algorithm>
#include <cstring>

namespace convoke::ptx {
namespace {

/* Blocks that are on the device together, where chance orders them. */
constexpr size_t kResident = 6;

constexpr uint64_t kNoEnd = ~uint64_t{0};

/* What a register holds before something is written: no number, no address, no predicate to rely on. */
constexpr uint64_t kGarbage = 0xdeadbeef7fc0ffee;

uint64_t low_bytes(uint64_t value, unsigned bytes) {
    return bytes >= 8 ? value : value & ((uint64_t{1} << 8 * bytes) - 1);
}

template <class Body>
void for_lanes(uint32_t lanes, const Body& body) {
    for (; lanes != 0; lanes &= lanes - 1) {
        body(__builtin_ctz(lanes));
    }
}

uint64_t special_value(const std::string& name, uint32_t thread, uint32_t block, Extent threads, Extent grid) {
    const char axis = name.back();
    const auto of = [&](Extent extent) { return axis == 'x' ? extent.x : axis == 'y' ? extent.y : extent.z; };
    const auto place = [&](uint32_t index, Extent extent) {
        return axis == 'x' ? index % extent.x : axis == 'y' ? index / extent.x % extent.y : index / extent.x / extent.y;
    };
    switch (name[1]) {
        case 't':
            return place(thread, threads);
        case 'c':
            return place(block, grid);
        case 'l':
            return thread % kLanes;
        default:
            return name.compare(0, 5, "%ntid") == 0 ? of(threads) : of(grid);
    }
}

}  // namespace

uint32_t Interpreter::Warp::in(State wanted) const {
    uint32_t lanes = 0;
    for (int lane = 0; lane < kLanes; ++lane) {
        lanes |= state[lane] == wanted ? uint32_t{1} << lane : 0;
    }
    return lanes & exist;
}

void Interpreter::set_order(Order order, uint32_t seed) {
    order_ = order;
    chance_.seed(seed);
}

Actor Interpreter::actor(const Block& block, const Warp& warp, int lane) const {
    return Actor{block.number, static_cast<uint16_t>(warp.number * kLanes + lane), block.epoch};
}

void Interpreter::report(const Finding& finding, const std::string& kernel, const std::string& place) {
    for (Violation& violation : violations_) {
        if (violation.fault == finding.fault && violation.kernel == kernel && violation.place == place) {
            ++violation.times;
            return;
        }
    }
    violations_.push_back(Violation{finding.fault, kernel, place, finding.detail, 1});
}

void Interpreter::violate(Fault fault, const Instruction& instruction, const std::string& detail) {
    report(Finding::of(fault, detail), kernel_->name,
           kernel_->file + ":" + std::to_string(instruction.line) + " `" + instruction.text + "`");
}

/* --- Memory ------------------------------------------------------------------------------------------------------- */

/* Where the bytes of a lane's access lie, after all checks; null where there are none. */
uint8_t* Interpreter::locate(Block& block, Warp& warp, Instruction& i, int lane) {
    const bool writes = i.kind != Kind::kLoad;
    const size_t bytes = i.width * (i.kind == Kind::kLoad ? i.to.size() : i.from.size());
    const bool narrow = i.base >= 0 && kernel_->register_bytes[static_cast<size_t>(i.base)] == 4;
    uint64_t address = (i.base >= 0 ? warp.of(i.base)[lane] : 0) + static_cast<uint64_t>(i.offset);
    address = narrow ? low_bytes(address, 4) : address;
    Space space = i.space;
    if (space == Space::kGeneric) {
        space = address >= kSharedWindow ? Space::kShared : address >= kLocalWindow ? Space::kLocal : Space::kGlobal;
        address -= space == Space::kShared ? kSharedWindow : space == Space::kLocal ? kLocalWindow : 0;
    }
    const Actor who = actor(block, warp, lane);
    const auto nowhere = [&](Fault fault, const std::string& detail) {
        violate(fault, i, describe(who) + ", " + detail);
        return static_cast<uint8_t*>(nullptr);
    };
    const auto inside = [&](const std::vector<Variable>& variables) {
        return std::any_of(variables.begin(), variables.end(), [&](const Variable& variable) {
            return address >= variable.offset && address + bytes <= variable.offset + variable.bytes;
        });
    };
    if (space == Space::kParameter) {
        return address + bytes <= kernel_->parameter_bytes ? parameters_.data() + address
                                                           : nowhere(Fault::kOutOfBounds, "beyond the parameters");
    }
    if (address % bytes != 0) {
        return nowhere(Fault::kMisaligned,
                       std::to_string(address % bytes) + " past a multiple of " + std::to_string(bytes));
    }
    if (space == Space::kShared) {
        if (!inside(kernel_->shared)) {
            return nowhere(Fault::kOutOfBounds, "at byte " + std::to_string(address) + " of shared memory");
        }
        const Finding finding = block.shared.touch(address, bytes, who, writes);
        if (finding.found) {
            violate(finding.fault, i, finding.detail);
        }
        return block.shared.at(address);
    }
    if (space == Space::kLocal) {
        if (!inside(kernel_->local)) {
            return nowhere(Fault::kOutOfBounds, "at byte " + std::to_string(address) + " of local memory");
        }
        const size_t at = who.thread * size_t{kernel_->local_bytes} + address;
        for (size_t byte = at; byte < at + bytes; ++byte) {
            if (!writes && !block.local_written[byte]) {
                violate(Fault::kUninitialized, i, describe(who) + ", in local memory");
            }
            block.local_written[byte] = true;
        }
        return block.local.data() + at;
    }
    Memory::Block*& hint = hints_[static_cast<size_t>(&i - kernel_->code.data())];
    hint = memory.find(address, bytes, hint);
    if (hint == nullptr) {
        return nowhere(Fault::kOutOfBounds, std::to_string(bytes) + " bytes that are in no memory of the device");
    }
    const size_t offset = address - reinterpret_cast<uint64_t>(hint->address);
    const Finding finding =
        memory.touch(*hint, offset, bytes,
                     Access{who, &block.acquired, writes, i.kind == Kind::kAtomicAdd, i.past_first_cache, i.read_only});
    if (finding.found) {
        violate(finding.fault, i, finding.detail);
    }
    if (i.kind == Kind::kStore) {
        warp.fenced[lane] = false;
    }
    return hint->address + offset;
}

void Interpreter::move(Block& block, Warp& warp, Instruction& i, uint32_t lanes) {
    for_lanes(lanes, [&](int lane) {
        uint8_t* bytes = locate(block, warp, i, lane);
        for (size_t element = 0; i.kind == Kind::kStore && bytes != nullptr && element < i.from.size(); ++element) {
            std::memcpy(bytes + element * i.width, warp.of(i.from[element]) + lane, i.width);
        }
        for (size_t element = 0; i.kind == Kind::kLoad && element < i.to.size(); ++element) {
            uint64_t value = kGarbage;
            if (bytes != nullptr) {
                value = 0;
                std::memcpy(&value, bytes + element * i.width, i.width);
            }
            const unsigned unused = 64 - 8 * i.width;
            if (i.is_signed) {
                value = static_cast<uint64_t>(static_cast<int64_t>(value << unused) >> unused);
            }
            const int to = i.to[element];
            warp.of(to)[lane] = low_bytes(value, kernel_->register_bytes[static_cast<size_t>(to)]);
        }
    });
}

void Interpreter::add_atomically(Block& block, Warp& warp, Instruction& i, uint32_t lanes) {
    for_lanes(lanes, [&](int lane) {
        const Actor who = actor(block, warp, lane);
        const uint64_t address = (i.base >= 0 ? warp.of(i.base)[lane] : 0) + static_cast<uint64_t>(i.offset);
        /* What a thread has fenced since the barrier is what it and, by the barrier, its block have done before. */
        const bool releases = i.acquires_and_releases || warp.fenced[lane];
        const Acquisition acquisition{address, memory.count(address, who, releases), who};
        (i.acquires_and_releases ? block.acquired : block.pending).push_back(acquisition);
        uint8_t* bytes = locate(block, warp, i, lane);
        if (bytes == nullptr) {
            return;
        }
        uint64_t value = 0;
        std::memcpy(&value, bytes, i.width);
        const uint64_t sum = value + warp.of(i.from[0])[lane];
        std::memcpy(bytes, &sum, i.width);
        warp.of(i.to[0])[lane] = value;
    });
}

void Interpreter::fence(Block& block, Warp& warp, uint32_t lanes) {
    for_lanes(lanes, [&](int lane) {
        const Actor who = actor(block, warp, lane);
        warp.fenced[lane] = true;
        for (size_t k = 0; k < block.pending.size();) {
            if (block.pending[k].by.thread == who.thread) {
                block.acquired.push_back(Acquisition{block.pending[k].counter, block.pending[k].order, who});
                block.pending.erase(block.pending.begin() + static_cast<std::ptrdiff_t>(k));
            } else {
                ++k;
            }
        }
    });
}

/* --- Threads ------------------------------------------------------------------------------------------------------ */

void Interpreter::shuffle(Warp& warp, const Instruction& i, uint32_t lanes) {
    uint64_t brought[kLanes];
    std::copy_n(warp.of(i.from[0]), kLanes, brought);
    for_lanes(lanes, [&](int lane) {
        const auto distance = static_cast<uint32_t>(warp.of(i.from[1])[lane]);
        const auto clamp = static_cast<uint32_t>(warp.of(i.from[2])[lane]);
        const uint32_t segment = clamp >> 8 & 31;
        const uint32_t last = (static_cast<uint32_t>(lane) & segment) | (clamp & 31 & ~segment);
        const uint32_t partner = static_cast<uint32_t>(lane) ^ distance;
        const bool in_range = partner <= last;
        const uint32_t source = in_range ? partner : static_cast<uint32_t>(lane);
        if ((lanes >> source & 1) == 0) {
            violate(Fault::kMissingLanes, i, "lane " + std::to_string(lane) + " reads lane " + std::to_string(source));
        }
        warp.of(i.to[0])[lane] = brought[source];
        if (i.to.size() > 1) {
            warp.of(i.to[1])[lane] = in_range ? 1 : 0;
        }
    });
}

/* A shuffle that some lanes wait at while no other can come: done with those that are there. */
void Interpreter::shuffle_what_came(Warp& warp) {
    const uint32_t waiting = warp.in(State::kAtShuffle);
    const int at = warp.at[__builtin_ctz(waiting)];
    uint32_t here = 0;
    for_lanes(waiting, [&](int lane) { here |= warp.at[lane] == at ? uint32_t{1} << lane : 0; });
    const Instruction& i = kernel_->code[static_cast<size_t>(at)];
    const auto wanted = static_cast<uint32_t>(warp.of(i.from[3])[__builtin_ctz(here)]);
    if (here != wanted) {
        violate(Fault::kMissingLanes, i, std::to_string(__builtin_popcount(here)) + " lanes came");
    }
    shuffle(warp, i, here);
    for_lanes(here, [&](int lane) {
        warp.state[lane] = State::kRuns;
        ++warp.at[lane];
    });
}

/* Lets the block's threads go on when all that have not returned wait at a barrier. */
bool Interpreter::pass_barrier(Block& block) {
    const Instruction* where = nullptr;
    bool different = false;
    uint32_t waiting = 0;
    uint32_t threads = 0;
    for (const Warp& warp : block.warps) {
        const uint32_t here = warp.in(State::kAtBarrier);
        waiting += static_cast<uint32_t>(__builtin_popcount(here));
        threads += static_cast<uint32_t>(__builtin_popcount(warp.exist));
        for_lanes(here, [&](int lane) {
            const Instruction* at = &kernel_->code[static_cast<size_t>(warp.at[lane]) - 1];
            different = different || (where != nullptr && where != at);
            where = at;
        });
    }
    if (waiting == 0 || waiting < block.alive) {
        return false;
    }
    if (different || waiting < threads) {
        violate(Fault::kDifferentBarriers, *where,
                different ? "threads of block " + std::to_string(block.number) + " wait at others"
                          : std::to_string(threads - waiting) + " threads have returned");
    }
    ++block.epoch;
    for (Warp& warp : block.warps) {
        for_lanes(warp.in(State::kAtBarrier), [&](int lane) {
            warp.state[lane] = State::kRuns;
            warp.fenced[lane] = false;
        });
    }
    return true;
}

uint32_t Interpreter::active_lanes(Warp& warp, const Instruction& instruction, uint32_t lanes) {
    if (instruction.predicate < 0) {
        return lanes;
    }
    uint32_t active = 0;
    const uint64_t* holds = warp.of(instruction.predicate);
    for_lanes(lanes,
              [&](int lane) { active |= ((holds[lane] & 1) != 0) != instruction.negated ? uint32_t{1} << lane : 0; });
    return active;
}

/*
 * Runs lanes that are all `at` one instruction until they part, wait, return, or `budget` is used up; where they are
 * not `all` that run, also until a place where others may join them. Returns the number of instructions.
 */
uint64_t Interpreter::run_together(Block& block, Warp& warp, int at, uint32_t lanes, bool all, uint64_t budget) {
    uint64_t executed = 0;
    const auto all_at = [&](int place) { for_lanes(lanes, [&](int lane) { warp.at[lane] = place; }); };
    const auto wait = [&](uint32_t which, State state) {
        for_lanes(which, [&](int lane) { warp.state[lane] = state; });
    };
    for (;;) {
        Instruction& i = kernel_->code[static_cast<size_t>(at)];
        const uint32_t active = active_lanes(warp, i, lanes);
        ++executed;
        ++i.executed;
        int next = at + 1;
        switch (active == 0 ? Kind::kNothing : i.kind) {
            case Kind::kArithmetic: {
                const uint64_t* from[kMostSources];
                for (int k = 0; k < kMostSources; ++k) {
                    from[k] = warp.of(i.from[static_cast<size_t>(k)]);
                }
                i.function(warp.of(i.to[0]), from, active);
                break;
            }
            case Kind::kPack:
                for_lanes(active, [&](int lane) {
                    uint64_t packed = 0;
                    for (size_t k = 0; k < i.from.size(); ++k) {
                        packed |= low_bytes(warp.of(i.from[k])[lane], i.width) << 8 * i.width * k;
                    }
                    warp.of(i.to[0])[lane] = packed;
                });
                break;
            case Kind::kUnpack:
                for_lanes(active, [&](int lane) {
                    const uint64_t packed = warp.of(i.from[0])[lane];
                    for (size_t k = 0; k < i.to.size(); ++k) {
                        if (i.to[k] >= 0) {
                            warp.of(i.to[k])[lane] = low_bytes(packed >> 8 * i.width * k, i.width);
                        }
                    }
                });
                break;
            case Kind::kLoad:
            case Kind::kStore:
                move(block, warp, i, active);
                break;
            case Kind::kAtomicAdd:
                add_atomically(block, warp, i, active);
                break;
            case Kind::kFence:
                fence(block, warp, active);
                break;
            case Kind::kShuffle:
                if (active == static_cast<uint32_t>(warp.of(i.from[3])[__builtin_ctz(active)])) {
                    shuffle(warp, i, active);
                    break;
                }
                all_at(next);
                for_lanes(active, [&](int lane) { warp.at[lane] = at; });
                wait(active, State::kAtShuffle);
                return executed;
            case Kind::kBarrier:
                all_at(next);
                wait(active, State::kAtBarrier);
                return executed;
            case Kind::kReturn:
                all_at(next);
                wait(active, State::kReturned);
                block.alive -= static_cast<uint32_t>(__builtin_popcount(active));
                return executed;
            case Kind::kBranch:
                if (active != lanes) {
                    all_at(next);
                    for_lanes(active, [&](int lane) { warp.at[lane] = i.target; });
                    return executed;
                }
                next = i.target;
                break;
            case Kind::kNothing:
                break;
        }
        at = next;
        if (executed >= budget || (!all && kernel_->code[static_cast<size_t>(at)].is_label)) {
            all_at(at);
            return executed;
        }
    }
}

/* Runs a warp until all its lanes wait or have returned, or `budget` is used up. Returns whether anything ran. */
bool Interpreter::run(Block& block, Warp& warp, uint64_t budget) {
    bool ran = false;
    while (budget > 0) {
        const uint32_t running = warp.in(State::kRuns);
        if (running == 0 && warp.in(State::kAtShuffle) != 0) {
            shuffle_what_came(warp);
            ran = true;
            continue;
        }
        if (running == 0 || left_ == 0) {
            return ran;
        }
        /* Those furthest behind, so that lanes that have parted meet again; or whoever chance picks. */
        int at = warp.at[__builtin_ctz(running)];
        uint64_t burst = budget;
        if (order_ == Order::kRandom) {
            uint32_t rest = running;
            for (uint32_t k = chance_() % static_cast<uint32_t>(__builtin_popcount(running)); k > 0; --k) {
                rest &= rest - 1;
            }
            at = warp.at[__builtin_ctz(rest)];
            burst = std::min<uint64_t>(budget, 1 + chance_() % 40);
        } else {
            for_lanes(running, [&](int lane) { at = std::min(at, warp.at[lane]); });
        }
        uint32_t together = 0;
        for_lanes(running, [&](int lane) { together |= warp.at[lane] == at ? uint32_t{1} << lane : 0; });
        if (order_ == Order::kRandom && chance_() % 3 == 0) {
            const uint32_t some = together & static_cast<uint32_t>(chance_());
            together = some != 0 ? some : together;
        }
        const uint64_t executed = run_together(block, warp, at, together, together == running, std::min(burst, left_));
        left_ -= std::min(left_, executed);
        budget -= std::min(budget, executed);
        ran = true;
    }
    return ran;
}

bool Interpreter::run_in_turn(std::vector<std::unique_ptr<Block>>& blocks) {
    Block& block = *blocks[0];
    bool ran = false;
    for (size_t k = 0; k < block.warps.size(); ++k) {
        const size_t number = order_ == Order::kBackward ? block.warps.size() - 1 - k : k;
        ran = run(block, block.warps[number], kNoEnd) || ran;
    }
    return pass_barrier(block) || ran;
}

bool Interpreter::run_by_chance(std::vector<std::unique_ptr<Block>>& blocks) {
    bool ran = false;
    for (int turn = 0; turn < 64; ++turn) {
        Block& block = *blocks[chance_() % blocks.size()];
        ran = run(block, block.warps[chance_() % block.warps.size()], 1 + chance_() % 300) || ran;
        ran = pass_barrier(block) || ran;
    }
    for (size_t k = 0; k < blocks.size() && !ran; ++k) {
        for (Warp& warp : blocks[k]->warps) {
            ran = run(*blocks[k], warp, 1000) || ran;
        }
        ran = pass_barrier(*blocks[k]) || ran;
    }
    return ran;
}

/* --- Launches ----------------------------------------------------------------------------------------------------- */

void Interpreter::start(Block& block, uint32_t number, Extent grid, Extent threads) {
    const Kernel& kernel = *kernel_;
    const uint32_t count = threads.size();
    block.number = number;
    block.alive = count;
    block.epoch = 0;
    block.acquired.clear();
    block.pending.clear();
    block.shared.reset(kernel.shared_bytes);
    block.local.assign(size_t{kernel.local_bytes} * count, 0x5a);
    block.local_written.assign(block.local.size(), false);
    block.warps.resize((count + kLanes - 1) / kLanes);
    for (size_t w = 0; w < block.warps.size(); ++w) {
        Warp& warp = block.warps[w];
        const uint32_t first = static_cast<uint32_t>(w) * kLanes;
        warp.number = static_cast<int>(w);
        warp.registers.resize(kernel.register_bytes.size() * kLanes);
        for (size_t r = 0; r < kernel.register_bytes.size(); ++r) {
            std::fill_n(warp.of(static_cast<int>(r)), kLanes, low_bytes(kGarbage, kernel.register_bytes[r]));
        }
        for (const auto& [constant, value] : kernel.constants) {
            std::fill_n(warp.of(constant), kLanes, value);
        }
        warp.exist = 0;
        for (int lane = 0; lane < kLanes; ++lane) {
            const uint32_t thread = first + static_cast<uint32_t>(lane);
            warp.exist |= thread < count ? uint32_t{1} << lane : 0;
            warp.state[lane] = thread < count ? State::kRuns : State::kReturned;
            warp.at[lane] = 0;
            warp.fenced[lane] = false;
            for (const auto& [name, special] : kernel.specials) {
                warp.of(special)[lane] = special_value(name, thread, number, threads, grid);
            }
        }
    }
}

void Interpreter::launch(const std::string& name, Extent grid, Extent threads, void* const* arguments) {
    const auto found = program.find(name);
    if (found == program.end()) {
        not_understood("no kernel " + name);
    }
    kernel_ = found->second.get();
    ++kernel_->launches;
    ++launches_;
    if (kernel_->most_threads != 0 && threads.size() > kernel_->most_threads) {
        violate(Fault::kLaunchBounds, kernel_->code[0], std::to_string(threads.size()) + " threads in a block");
        return;
    }
    parameters_.assign(kernel_->parameter_bytes, 0);
    for (size_t k = 0; k < kernel_->parameters.size(); ++k) {
        std::memcpy(parameters_.data() + kernel_->parameters[k].offset, arguments[k], kernel_->parameters[k].bytes);
    }
    hints_.assign(kernel_->code.size(), nullptr);
    memory.begin_launch();
    left_ = most_instructions;
    const size_t resident = order_ == Order::kRandom ? kResident : 1;
    uint32_t started = 0;
    std::vector<std::unique_ptr<Block>> blocks;
    std::vector<std::unique_ptr<Block>> done; /* their memory serves again */
    while (started < grid.size() || !blocks.empty()) {
        while (started < grid.size() && blocks.size() < resident) {
            if (done.empty()) {
                done.push_back(std::make_unique<Block>());
            }
            blocks.push_back(std::move(done.back()));
            done.pop_back();
            start(*blocks.back(), order_ == Order::kBackward ? grid.size() - 1 - started : started, grid, threads);
            ++started;
        }
        const bool ran = order_ == Order::kRandom ? run_by_chance(blocks) : run_in_turn(blocks);
        if (left_ == 0) {
            violate(Fault::kEndless, kernel_->code[0], "not done after " + std::to_string(most_instructions));
            return;
        }
        const auto is_alive = [](const std::unique_ptr<Block>& block) { return block->alive > 0; };
        const auto finished = std::stable_partition(blocks.begin(), blocks.end(), is_alive);
        if (!ran && finished == blocks.end()) {
            violate(Fault::kDeadlock, kernel_->code[0], "no thread can go on");
            return;
        }
        std::move(finished, blocks.end(), std::back_inserter(done));
        blocks.erase(finished, blocks.end());
    }
}

Interpreter& interpreter() {
    static Interpreter device;
    return device;
}

}  // namespace convoke::ptx
