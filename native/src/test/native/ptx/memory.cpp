#include "ptx/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace convoke::ptx {
namespace {

/* States of a byte's shadow. */
constexpr uint8_t kWritten = 1;
constexpr uint8_t kRead = 2;
constexpr uint8_t kSeveralReaders = 4;
constexpr uint8_t kByAtomic = 8;
constexpr uint8_t kInitialized = 16;

constexpr size_t kPage = 4096;
constexpr size_t kAlignment = 16;

/* In the list of a byte's readers: several threads of the block. */
constexpr uint16_t kAnyThread = 0xffff;

template <class T>
std::unique_ptr<T[], void (*)(void*)> zeros(size_t count) {
    return {static_cast<T*>(std::calloc(count + 1, sizeof(T))), std::free};
}

}  // namespace

const char* name_of(Fault fault) {
    static const char* const kNames[] = {"out of bounds",
                                         "misaligned",
                                         "uninitialized read",
                                         "race in shared memory",
                                         "race in global memory",
                                         "stale read through the first-level cache",
                                         "read-only load of what the kernel writes",
                                         "different barriers",
                                         "missing lanes",
                                         "deadlock",
                                         "endless",
                                         "launch bounds",
                                         "host access"};
    return kNames[static_cast<int>(fault)];
}

std::string describe(const Actor& actor) {
    return "block " + std::to_string(actor.block) + " thread " + std::to_string(actor.thread) + " after " +
           std::to_string(actor.epoch) + " barriers";
}

void* Memory::allocate(size_t bytes) {
    const size_t mapped = (bytes + kAlignment + kPage - 1) / kPage * kPage + 2 * kPage;
    void* mapping = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) {
        return nullptr;
    }
    uint8_t* address = static_cast<uint8_t*>(mapping) + kPage + kAlignment;
    ++allocations_;
    for (size_t i = 0; i < bytes; ++i) {
        address[i] = static_cast<uint8_t>(0x7f + 13 * i + 101 * allocations_);
    }
    blocks_.emplace(reinterpret_cast<uint64_t>(address),
                    Block{address, bytes, zeros<uint8_t>(bytes), zeros<Cell>(bytes), mapping, mapped});
    return address;
}

bool Memory::release(void* address) {
    const auto found = blocks_.find(reinterpret_cast<uint64_t>(address));
    if (found == blocks_.end()) {
        return false;
    }
    munmap(found->second.mapping, found->second.mapped);
    blocks_.erase(found);
    return true;
}

Memory::Block* Memory::find(uint64_t address, size_t bytes, Block* hint) {
    const auto holds = [&](const Block& block) {
        const auto begin = reinterpret_cast<uint64_t>(block.address);
        return address >= begin && address + bytes <= begin + block.bytes;
    };
    if (hint != nullptr && holds(*hint)) {
        return hint;
    }
    auto after = blocks_.upper_bound(address);
    if (after == blocks_.begin()) {
        return nullptr;
    }
    Block& block = (--after)->second;
    return holds(block) ? &block : nullptr;
}

Finding Memory::host_writes(const void* address, size_t bytes) {
    Block* block = find(reinterpret_cast<uint64_t>(address), bytes, nullptr);
    if (bytes > 0 && block == nullptr) {
        return Finding::of(Fault::kHostAccess, "the host writes outside of device memory");
    }
    if (bytes > 0) {
        std::memset(block->written.get() + (static_cast<const uint8_t*>(address) - block->address), 1, bytes);
    }
    return {};
}

Finding Memory::host_reads(const void* address, size_t bytes) {
    Block* block = find(reinterpret_cast<uint64_t>(address), bytes, nullptr);
    if (bytes > 0 && block == nullptr) {
        return Finding::of(Fault::kHostAccess, "the host reads outside of device memory");
    }
    if (bytes > 0 &&
        std::memchr(block->written.get() + (static_cast<const uint8_t*>(address) - block->address), 0, bytes)) {
        return Finding::of(Fault::kHostAccess, "the host reads bytes that nothing has written");
    }
    return {};
}

void Memory::begin_launch() {
    ++launch_;
    counters_.clear();
    readers_.clear();
}

bool Memory::before(const Actor& earlier, const Access& now) const {
    const Actor& actor = now.actor;
    if (earlier.block == actor.block) {
        return earlier.thread == actor.thread || earlier.epoch < actor.epoch;
    }
    for (const Acquisition& acquisition : *now.acquired) {
        if (acquisition.by.thread != actor.thread && acquisition.by.epoch >= actor.epoch) {
            continue; /* a barrier must hand on what one thread acquired */
        }
        const Counter& counter = counters_.at(acquisition.counter);
        const auto release = counter.of_block.find(earlier.block);
        if (release == counter.of_block.end() || release->second.order >= acquisition.order) {
            continue;
        }
        const Actor& by = release->second.by;
        if (earlier.epoch < by.epoch || (earlier.epoch == by.epoch && earlier.thread == by.thread)) {
            return true;
        }
    }
    return false;
}

void Memory::add_reader(const uint8_t* byte, Cell& cell, const Actor& actor) {
    if ((cell.state & kRead) == 0) {
        cell.state |= kRead;
        cell.reader = actor;
        return;
    }
    if ((cell.state & kSeveralReaders) == 0) {
        if (cell.reader.block == actor.block && cell.reader.thread == actor.thread) {
            cell.reader = actor;
            return;
        }
        cell.state |= kSeveralReaders;
        readers_[byte] = {cell.reader};
    }
    std::vector<Actor>& readers = readers_[byte];
    const auto same = std::find_if(readers.rbegin(), readers.rend(),
                                   [&](const Actor& reader) { return reader.block == actor.block; });
    if (same == readers.rend()) {
        readers.push_back(actor);
    } else if (same->epoch != actor.epoch) {
        *same = actor;
    } else if (same->thread != actor.thread) {
        same->thread = kAnyThread;
    }
}

Finding Memory::touch_byte(Block& block, size_t offset, const Access& access) {
    Cell& cell = block.cells[offset];
    const Actor& actor = access.actor;
    Finding finding;
    const auto race = [&](const char* what, const Actor& other) {
        if (!finding.found) {
            finding = Finding::of(Fault::kGlobalRace, describe(actor) + ", and " + what + " by " + describe(other) +
                                                          ", at byte " + std::to_string(offset) + " of " +
                                                          std::to_string(block.bytes));
        }
    };
    if (cell.launch != launch_) {
        cell = Cell{};
        cell.launch = launch_;
    }
    const bool both_atomic = (cell.state & kByAtomic) != 0 && access.is_atomic;
    if ((cell.state & kWritten) != 0 && !both_atomic && !before(cell.writer, access)) {
        race("a write", cell.writer);
    }
    if (!access.writes) {
        if ((cell.state & kWritten) != 0 && access.read_only) {
            finding = Finding::of(Fault::kReadOnlyRead, describe(actor));
        } else if ((cell.state & kWritten) != 0 && cell.writer.block != actor.block && !access.past_first_cache &&
                   !finding.found) {
            finding = Finding::of(Fault::kStaleRead, describe(actor) + ", written by " + describe(cell.writer));
        }
        add_reader(block.address + offset, cell, actor);
        return finding;
    }
    if ((cell.state & kSeveralReaders) != 0) {
        for (const Actor& reader : readers_[block.address + offset]) {
            const bool ordered = reader.thread == kAnyThread && reader.block == actor.block ? reader.epoch < actor.epoch
                                                                                            : before(reader, access);
            if (!ordered) {
                race("a read", reader);
            }
        }
    } else if ((cell.state & kRead) != 0 && !before(cell.reader, access)) {
        race("a read", cell.reader);
    }
    cell.state = access.is_atomic ? cell.state | kWritten | kByAtomic : kWritten;
    cell.writer = actor;
    return finding;
}

Finding Memory::touch(Block& block, size_t offset, size_t bytes, const Access& access) {
    Finding first;
    if (!access.writes || access.is_atomic) {
        if (std::memchr(block.written.get() + offset, 0, bytes) != nullptr) {
            first = Finding::of(Fault::kUninitialized, describe(access.actor) + ", at byte " + std::to_string(offset) +
                                                           " of " + std::to_string(block.bytes));
        }
    }
    if (access.writes) {
        std::memset(block.written.get() + offset, 1, bytes);
    }
    Cell before{};
    Cell after{};
    for (size_t at = offset; at < offset + bytes; ++at) {
        Cell& cell = block.cells[at];
        /* Neighbouring bytes mostly have the same past, and then the same future. */
        if (at > offset && std::memcmp(&cell, &before, sizeof cell) == 0 && (cell.state & kSeveralReaders) == 0 &&
            (after.state & kSeveralReaders) == 0) {
            cell = after;
            continue;
        }
        std::memcpy(&before, &cell, sizeof cell);
        const Finding finding = touch_byte(block, at, access);
        std::memcpy(&after, &cell, sizeof cell);
        if (!first.found) {
            first = finding;
        }
    }
    return first;
}

uint32_t Memory::count(uint64_t counter, const Actor& actor, bool releases) {
    Counter& at = counters_[counter];
    if (releases) {
        at.of_block[actor.block] = Release{at.arrivals, actor};
    }
    return at.arrivals++;
}

void SharedMemory::reset(size_t bytes) {
    bytes_.assign(bytes, 0xa5);
    cells_.assign(bytes, Cell{});
}

Finding SharedMemory::touch(size_t offset, size_t bytes, const Actor& actor, bool writes) {
    Finding finding;
    for (size_t at = offset; at < offset + bytes && !finding.found; ++at) {
        Cell& cell = cells_[at];
        const auto race = [&](const char* what, uint16_t thread) {
            finding = Finding::of(Fault::kSharedRace,
                                  describe(actor) + ", and " + what + " by thread " + std::to_string(thread) +
                                      (thread / kLanes == actor.thread / kLanes ? " of the same warp" : "") +
                                      ", at byte " + std::to_string(at) + " of shared memory");
        };
        if (!writes && (cell.state & kInitialized) == 0) {
            finding = Finding::of(Fault::kUninitialized,
                                  describe(actor) + ", at byte " + std::to_string(at) + " of shared memory");
        }
        if ((cell.state & kWritten) != 0 && cell.write_epoch == actor.epoch && cell.writer != actor.thread) {
            race("a write", cell.writer);
        }
        const bool read_now = (cell.state & kRead) != 0 && cell.read_epoch == actor.epoch;
        if (writes) {
            if (read_now && ((cell.state & kSeveralReaders) != 0 || cell.reader != actor.thread)) {
                race("a read", cell.reader);
            }
            cell.state |= kWritten | kInitialized;
            cell.writer = actor.thread;
            cell.write_epoch = actor.epoch;
        } else if (!read_now) {
            cell.state = static_cast<uint8_t>((cell.state & ~kSeveralReaders) | kRead);
            cell.reader = actor.thread;
            cell.read_epoch = actor.epoch;
        } else if (cell.reader != actor.thread) {
            cell.state |= kSeveralReaders;
        }
    }
    return finding;
}

}  // namespace convoke::ptx
