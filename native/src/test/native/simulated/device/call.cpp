#include "machine.h"

namespace convoke::simulated {

struct Submission {
    const char* call;
    std::shared_ptr<Stream> stream;
    std::vector<Range> ranges;
    std::vector<const void*> kernels;
    int32_t status = kSuccess;

    void refuse(int32_t with, const std::string& reason) {
        if (status == kSuccess) {
            status = with;
            violation(call, reason);
        }
    }
};

namespace {

/* What is wrong with `bytes` bytes from an address on, for work of this device; empty where nothing is. */
std::string what_is_wrong(int32_t device, int32_t owner, const Allocation* memory, const void* address, size_t bytes) {
    if (owner < 0) {
        return memory == nullptr ? "is no device memory" : "is page-locked host memory where device memory belongs";
    }
    if (memory == nullptr) {
        return "is device memory that is not allocated, or was given back";
    }
    if (owner != device) {
        return "is memory of device " + std::to_string(owner) + ", the stream is on device " + std::to_string(device);
    }
    const size_t begin = static_cast<size_t>(static_cast<const char*>(address) - memory->address);
    return begin + bytes <= memory->bytes
               ? ""
               : "needs " + std::to_string(bytes) + " bytes from byte " + std::to_string(begin) +
                     " on, the allocation has " + std::to_string(memory->bytes);
}

}  // namespace

Call::Call(const char* name, const void* stream) : submission_(std::make_unique<Submission>()) {
    const Lock lock = Machine::get().lock();
    submission_->call = name;
    submission_->stream = Machine::get().stream(name, stream);
    if (submission_->stream == nullptr) {
        submission_->status = kInvalidResourceHandle;
    }
}

Call::~Call() = default;

void* Call::access(const char* what, const void* address, size_t bytes, size_t alignment, Access kind) {
    if (!valid() || (bytes == 0 && address == nullptr)) {
        return nullptr;
    }
    const Lock lock = Machine::get().lock();
    int32_t owner = -1;
    Allocation* memory = Machine::get().allocation(address, &owner);
    const std::string wrong = what_is_wrong(submission_->stream->device, owner, memory, address, bytes);
    if (!wrong.empty()) {
        submission_->refuse(kInvalidValue, std::string(what) + " " + wrong);
        return nullptr;
    }
    if (reinterpret_cast<uintptr_t>(address) % alignment != 0) {
        submission_->refuse(kInvalidValue, std::string(what) + " is not aligned to " + std::to_string(alignment));
        return nullptr;
    }
    const size_t begin = static_cast<size_t>(static_cast<const char*>(address) - memory->address);
    if (bytes > 0) {
        submission_->ranges.push_back({memory->id, begin, begin + bytes, (kind & kRead) != 0, (kind & kWrite) != 0});
    }
    return memory->storage + begin;
}

void Call::launches(const void* kernel) { submission_->kernels.push_back(kernel); }

void Call::require(bool condition, const std::string& reason) {
    if (!condition) {
        submission_->refuse(kInvalidValue, reason);
    }
}

bool Call::valid() const { return submission_->status == kSuccess; }

int32_t Call::submit(std::function<void()> work) {
    if (!valid()) {
        return submission_->status;
    }
    const Lock lock = Machine::get().lock();
    return Machine::get().submit(*submission_->stream, {submission_->call, std::move(submission_->ranges),
                                                        std::move(work), std::move(submission_->kernels)});
}

}  // namespace convoke::simulated
