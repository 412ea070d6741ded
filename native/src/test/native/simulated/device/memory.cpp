#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace convoke::simulated {

namespace {

/* cudaMalloc's addresses are aligned to at least 256 bytes (CUDA C++ Programming Guide, Device Memory Accesses). */
constexpr size_t kAlignment = 256;
constexpr size_t kGuard = 256;
constexpr size_t kPage = 4096;
constexpr size_t kReserved = size_t{16} << 30;
constexpr unsigned char kGuardByte = 0xA5;
constexpr unsigned char kFreshByte = 0xFF;

size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

/* Guard, block, and a guard that reaches to the next aligned address and one further. */
size_t length_of(size_t bytes) { return kGuard + round_up(bytes, kAlignment) + kGuard; }

char* reserve(int protection) {
    void* mapped = mmap(nullptr, kReserved, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        throw std::bad_alloc();
    }
    return static_cast<char*>(mapped);
}

bool all_guard(const char* begin, const char* end) {
    return std::all_of(begin, end, [](char byte) { return static_cast<unsigned char>(byte) == kGuardByte; });
}

void fill(char* storage, size_t bytes) {
    std::memset(storage - kGuard, kGuardByte, kGuard);
    std::memset(storage, kFreshByte, bytes);
    std::memset(storage + bytes, kGuardByte, length_of(bytes) - kGuard - bytes);
}

bool intact(const Allocation& allocation) {
    const char* end = allocation.storage + allocation.bytes;
    return all_guard(allocation.storage - kGuard, allocation.storage) &&
           all_guard(end, allocation.storage - kGuard + length_of(allocation.bytes));
}

/* The system takes whole pages back, so that the process does not grow while addresses are given out in turn. */
void drop_pages(char* begin, size_t length) {
    const auto first = round_up(reinterpret_cast<uintptr_t>(begin), kPage);
    const auto last = (reinterpret_cast<uintptr_t>(begin) + length) / kPage * kPage;
    if (last > first) {
        madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
    }
}

}  // namespace

DeviceMemory::DeviceMemory() : view_(reserve(PROT_NONE)), storage_(reserve(PROT_READ | PROT_WRITE)) {}

Allocation* DeviceMemory::allocate(size_t bytes, size_t limit, uint64_t id) {
    if (bytes > limit || now_ > limit - bytes) {
        return nullptr;
    }
    const size_t length = length_of(bytes);
    const size_t offset = find_gap(length);
    if (offset == kReserved) {
        return nullptr;
    }
    Allocation& block = blocks_[offset];
    block.id = id;
    block.bytes = bytes;
    block.address = view_ + offset + kGuard;
    block.storage = storage_ + offset + kGuard;
    fill(block.storage, bytes);
    offset_of_[id] = offset;
    cursor_ = offset + length;
    now_ += bytes;
    peak_ = std::max(peak_, now_);
    ++made_;
    return &block;
}

/* From the last block on, then from the beginning. */
size_t DeviceMemory::find_gap(size_t length) const {
    for (size_t from : {cursor_, size_t{0}}) {
        for (auto next = blocks_.lower_bound(from);; ++next) {
            const size_t end = next == blocks_.end() ? kReserved : next->first;
            if (from <= end && length <= end - from) {
                return from;
            }
            if (next == blocks_.end()) {
                break;
            }
            from = next->first + length_of(next->second.bytes);
        }
    }
    return kReserved;
}

void DeviceMemory::give_back(Allocation* allocation) {
    const size_t offset = offset_of_.at(allocation->id);
    now_ -= allocation->bytes;
    std::memset(allocation->storage, kFreshByte, allocation->bytes);
    drop_pages(storage_ + offset, length_of(allocation->bytes));
    offset_of_.erase(allocation->id);
    blocks_.erase(offset);
}

bool DeviceMemory::reserved(const void* address) const {
    const char* byte = static_cast<const char*>(address);
    return byte >= view_ && byte < view_ + kReserved;
}

Allocation* DeviceMemory::containing(const void* address) {
    if (!reserved(address)) {
        return nullptr;
    }
    const size_t offset = static_cast<size_t>(static_cast<const char*>(address) - view_);
    auto next = blocks_.upper_bound(offset);
    if (next == blocks_.begin()) {
        return nullptr;
    }
    Allocation& block = (--next)->second;
    const char* byte = static_cast<const char*>(address);
    return byte >= block.address && byte < block.address + std::max<size_t>(block.bytes, 1) ? &block : nullptr;
}

Allocation* DeviceMemory::with_id(uint64_t id) {
    const auto found = offset_of_.find(id);
    return found == offset_of_.end() ? nullptr : &blocks_.at(found->second);
}

bool DeviceMemory::guards_hold(const Allocation& allocation) const { return intact(allocation); }

Allocation* PinnedMemory::allocate(size_t bytes, uint64_t id) {
    char* base = static_cast<char*>(std::aligned_alloc(kAlignment, length_of(bytes)));
    if (base == nullptr) {
        return nullptr;
    }
    char* address = base + kGuard;
    Allocation& block = blocks_[address];
    block.id = id;
    block.bytes = bytes;
    block.address = address;
    block.storage = address;
    fill(address, bytes);
    return &block;
}

void PinnedMemory::give_back(Allocation* allocation) {
    char* address = allocation->address;
    blocks_.erase(address);
    std::free(address - kGuard);
}

Allocation* PinnedMemory::containing(const void* address) {
    const char* byte = static_cast<const char*>(address);
    auto next = blocks_.upper_bound(byte);
    if (next == blocks_.begin()) {
        return nullptr;
    }
    Allocation& block = (--next)->second;
    return byte < block.address + std::max<size_t>(block.bytes, 1) ? &block : nullptr;
}

Allocation* PinnedMemory::with_id(uint64_t id) {
    for (auto& [address, block] : blocks_) {
        if (block.id == id) {
            return &block;
        }
    }
    return nullptr;
}

bool PinnedMemory::guards_hold(const Allocation& allocation) const { return intact(allocation); }

}  // namespace convoke::simulated
