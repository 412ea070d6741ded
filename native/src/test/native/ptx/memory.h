/*
 * Device memory with a shadow of every byte: whether it was written, and who touched it last in this launch. Two
 * accesses of which one writes race unless one happens before the other: in the same thread, in the same block with a
 * barrier between them, or in two blocks whose order an atomic counter gives, the earlier one releasing, the later one
 * acquiring. Nothing else orders memory, the lockstep of a warp least of all.
 */
#ifndef CONVOKE_PTX_MEMORY_H
#define CONVOKE_PTX_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ptx/program.h"

namespace convoke::ptx {

enum class Fault {
    kOutOfBounds,
    kMisaligned,
    kUninitialized,
    kSharedRace,
    kGlobalRace,
    kStaleRead,         /* what another block wrote, through the first-level cache */
    kReadOnlyRead,      /* .nc of what this launch wrote */
    kDifferentBarriers, /* threads of a block wait at different ones, or some have returned */
    kMissingLanes,      /* a shuffle that not all of its lanes come to */
    kDeadlock,
    kEndless,
    kLaunchBounds,
    kHostAccess /* a copy outside of device memory, or of bytes that nothing has written */
};

const char* name_of(Fault fault);

/* Who does something: a thread of a block after so many barriers. */
struct Actor {
    uint32_t block = 0;
    uint16_t thread = 0;
    uint16_t epoch = 0; /* barriers of the block so far */
};

std::string describe(const Actor& actor);

/* What a block has learned of others: it was the `order`th at a counter, and acquired it as this actor. */
struct Acquisition {
    uint64_t counter;
    uint32_t order;
    Actor by;
};

/* An access as one thread makes it. */
struct Access {
    Actor actor;
    const std::vector<Acquisition>* acquired; /* by the actor's block */
    bool writes;
    bool is_atomic;
    bool past_first_cache;
    bool read_only;
};

/* What is wrong with an access; empty where nothing is. */
struct Finding {
    bool found = false;
    Fault fault = Fault::kOutOfBounds;
    std::string detail;

    static Finding of(Fault fault, std::string detail) { return Finding{true, fault, std::move(detail)}; }
};

/* The global memory of the device. */
class Memory {
public:
    struct Cell {
        uint32_t launch;
        uint8_t state; /* of kWritten... */
        Actor writer;
        Actor reader;
    };

    struct Block {
        uint8_t* address;
        size_t bytes;
        std::unique_ptr<uint8_t[], void (*)(void*)> written;
        std::unique_ptr<Cell[], void (*)(void*)> cells;
        void* mapping;
        size_t mapped;
    };

    /* Garbage, aligned to 16 bytes and no more, with nothing mapped on either side. */
    void* allocate(size_t bytes);
    bool release(void* address);

    /* The host is about to write or read these bytes. */
    Finding host_writes(const void* address, size_t bytes);
    Finding host_reads(const void* address, size_t bytes);

    /* Whatever was done before is over: all of it happens before what follows. */
    void begin_launch();

    /* The block of memory that holds these bytes, or null. `hint` is tried first. */
    Block* find(uint64_t address, size_t bytes, Block* hint);

    /* Checks an access to `bytes` of a block from `offset` on, and keeps it in mind. */
    Finding touch(Block& block, size_t offset, size_t bytes, const Access& access);

    /* The order of the actor's block at the counter; `releases` makes known what it and its barriers have seen. */
    uint32_t count(uint64_t counter, const Actor& actor, bool releases);

private:
    struct Release {
        uint32_t order;
        Actor by;
    };
    struct Counter {
        uint32_t arrivals = 0;
        std::unordered_map<uint32_t, Release> of_block;
    };

    bool before(const Actor& earlier, const Access& now) const;
    Finding touch_byte(Block& block, size_t offset, const Access& access);
    void add_reader(const uint8_t* byte, Cell& cell, const Actor& actor);

    std::map<uint64_t, Block> blocks_; /* by address */
    uint32_t launch_ = 0;
    uint32_t allocations_ = 0;
    std::unordered_map<uint64_t, Counter> counters_;
    std::unordered_map<const uint8_t*, std::vector<Actor>> readers_; /* of bytes with several */
};

/* The shared memory of one block. */
class SharedMemory {
public:
    void reset(size_t bytes);
    uint8_t* at(size_t offset) { return bytes_.data() + offset; }
    Finding touch(size_t offset, size_t bytes, const Actor& actor, bool writes);

private:
    struct Cell {
        uint16_t writer;
        uint16_t write_epoch;
        uint16_t reader;
        uint16_t read_epoch;
        uint8_t state;
    };

    std::vector<uint8_t> bytes_;
    std::vector<Cell> cells_;
};

}  // namespace convoke::ptx

#endif
