/* Memory of the simulated devices, and page-locked memory of the host. */
#ifndef CONVOKE_SIMULATED_MEMORY_H
#define CONVOKE_SIMULATED_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "clock.h"

namespace convoke::simulated {

/* Bytes [begin, end) of one allocation, as one piece of work touches them. */
struct Range {
    uint64_t allocation;
    size_t begin;
    size_t end;
    bool read;
    bool written;
};

/* A range as the last work that touched it left it. */
struct Touch {
    Range range;
    uint64_t stream;
    uint64_t number;
    std::string call;
};

struct Allocation {
    uint64_t id = 0;
    size_t bytes = 0;
    char* address = nullptr; /* what the program is given; for device memory, unreadable */
    char* storage = nullptr; /* where the bytes are */
    std::vector<Touch> touches;
};

/*
 * Blocks inside one reserved stretch of addresses. The program's view of it is unreadable, the bytes lie in a second
 * stretch of the same size. A new block is filled with 0xFF, a NaN in every floating-point format, and lies between
 * guard bytes. Addresses are given out in turn, so that those of a block given back stay unused for long.
 */
class DeviceMemory {
public:
    DeviceMemory();

    /* Null when `bytes` do not fit under the limit. The id is the allocation's for ever. */
    Allocation* allocate(size_t bytes, size_t limit, uint64_t id);
    /* Ends the block that begins at the address. */
    void give_back(Allocation* allocation);

    /* The block that the address lies in; null where there is none. */
    Allocation* containing(const void* address);
    Allocation* with_id(uint64_t id);
    /* Whether the address belongs to this device, allocated or not. */
    bool reserved(const void* address) const;

    /* False when a byte beside the block has changed. */
    bool guards_hold(const Allocation& allocation) const;

    const std::map<size_t, Allocation>& allocations() const { return blocks_; }
    size_t bytes_now() const { return now_; }
    size_t bytes_peak() const { return peak_; }
    int64_t allocations_made() const { return made_; }

private:
    size_t find_gap(size_t length) const;

    char* view_ = nullptr;
    char* storage_ = nullptr;
    std::map<size_t, Allocation> blocks_; /* by the offset of the leading guard */
    std::map<uint64_t, size_t> offset_of_;
    size_t cursor_ = 0;
    size_t now_ = 0;
    size_t peak_ = 0;
    int64_t made_ = 0;
};

/* Page-locked host memory: readable by the program, with guards, known to copies. */
class PinnedMemory {
public:
    Allocation* allocate(size_t bytes, uint64_t id);
    void give_back(Allocation* allocation);
    Allocation* containing(const void* address);
    Allocation* with_id(uint64_t id);
    bool guards_hold(const Allocation& allocation) const;
    const std::map<const char*, Allocation>& allocations() const { return blocks_; }

private:
    std::map<const char*, Allocation> blocks_;
};

}  // namespace convoke::simulated

#endif
