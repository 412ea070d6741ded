#include "machine.h"

#include <set>

namespace convoke::simulated {

namespace {

/* cudaStreamLegacy (CUDA Runtime API, Stream synchronization behavior). */
const void* const kLegacyHandle = reinterpret_cast<const void*>(1);

/* Device time is made up, but of the right kind: a start, and the bytes that are touched. */
constexpr double kMicrosecondsToStart = 2.0;
constexpr double kBytesPerMicrosecond = 1e5;

double duration(const Request& request) {
    double bytes = 0.0;
    for (const Range& range : request.ranges) {
        bytes += static_cast<double>(range.end - range.begin);
    }
    return request.run == nullptr ? 0.0 : kMicrosecondsToStart + bytes / kBytesPerMicrosecond;
}

bool overlap(const Range& a, const Range& b) { return a.begin < b.end && b.begin < a.end; }

bool covers(const Range& a, const Range& b) { return a.begin <= b.begin && b.end <= a.end; }

std::string describe(const Touch& touch) {
    return touch.call + (touch.range.written ? " writes" : " reads") + " there on another stream";
}

std::vector<uint64_t> distinct_allocations(const std::vector<Range>& ranges) {
    std::set<uint64_t> ids;
    for (const Range& range : ranges) {
        ids.insert(range.allocation);
    }
    return {ids.begin(), ids.end()};
}

}  // namespace

Machine& Machine::get() {
    static auto* const machine = new Machine;
    return *machine;
}

int32_t& Machine::current_device() {
    static thread_local int32_t current = 0;
    return current;
}

Device& Machine::device(int32_t index) {
    if (devices_[index] == nullptr) {
        devices_[index] = std::make_unique<Device>();
        devices_[index]->default_stream = make_stream(index, true);
        devices_[index]->default_stream->is_default = true;
    }
    return *devices_[index];
}

std::shared_ptr<Stream> Machine::make_stream(int32_t device, bool blocking) {
    auto stream = std::make_shared<Stream>();
    stream->id = next_id();
    stream->device = device;
    stream->blocking = blocking;
    streams_[stream->id] = stream.get();
    devices_[device]->streams.push_back(stream.get());
    return stream;
}

std::shared_ptr<Stream> Machine::stream(const char* call, const void* handle) {
    if (handle == nullptr || handle == kLegacyHandle) {
        return device(current_device()).default_stream;
    }
    return std::static_pointer_cast<Stream>(handle_object(call, "cudaStream_t", handle));
}

/* What is queued runs to its end first (cudaStreamDestroy: resources are released once the work has completed). */
void Machine::end_stream(Stream& stream, Lock& lock) {
    complete(stream, lock);
    std::vector<Stream*>& streams = devices_[stream.device]->streams;
    streams.erase(std::find(streams.begin(), streams.end(), &stream));
    streams_.erase(stream.id);
    host_.forget(stream.id);
    for (auto& [id, other] : streams_) {
        other->clock.forget(stream.id);
    }
}

void Machine::learn(Clock& clock, const Clock& other) {
    clock.learn(other, [this](uint64_t stream) { return streams_.count(stream) != 0; });
}

Stream* Machine::stream_with_id(uint64_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second;
}

Allocation* Machine::allocation(const void* address, int32_t* device) {
    for (int32_t index = 0; index < kMostDevices; ++index) {
        if (has_device(index) && devices_[index]->memory.reserved(address)) {
            *device = index;
            return devices_[index]->memory.containing(address);
        }
    }
    *device = -1;
    return pinned_.containing(address);
}

Allocation* Machine::allocation(uint64_t id) {
    for (const std::unique_ptr<Device>& device : devices_) {
        if (device != nullptr) {
            if (Allocation* found = device->memory.with_id(id)) {
                return found;
            }
        }
    }
    return pinned_.with_id(id);
}

int32_t Machine::submit(Stream& stream, Request request, std::vector<int32_t>* captured) {
    if (stream.capture != nullptr) {
        for (const void* kernel : request.kernels) {
            if (stream.launched.count(kernel) == 0) {
                violation(request.call.c_str(), "a kernel is launched for the first time while its stream is captured");
            }
        }
        return capture_request(stream, std::move(request), captured);
    }
    stream.launched.insert(request.kernels.begin(), request.kernels.end());
    auto work = std::make_shared<Work>();
    work->stream = stream.id;
    work->device = stream.device;
    work->number = ++stream.submitted;
    work->clock = stream.clock;
    learn(work->clock, host_);
    /* The default stream and the blocking streams of its device wait for each other (CUDA Runtime API, Stream
     * synchronization behavior: legacy default stream). */
    for (Stream* other : devices_[stream.device]->streams) {
        const bool ordered =
            other != &stream && other->blocking && stream.blocking && (other->is_default || stream.is_default);
        if (ordered && other->capture != nullptr) {
            violation(request.call.c_str(), "the default stream is used while a stream that waits for it is captured");
            other->capture->invalidated = true;
            return kStreamCaptureImplicit;
        }
        if (ordered && other->last != nullptr) {
            work->after.push_back(other->last);
        }
    }
    double start = stream.time;
    for (const std::shared_ptr<Work>& before : work->after) {
        learn(work->clock, before->clock);
        start = std::max(start, before->finishes);
    }
    work->finishes = start + duration(request);
    check_races(request, work->clock, stream.id, work->number);
    work->clock.learn(stream.id, work->number);
    work->call = std::move(request.call);
    work->run = std::move(request.run);
    work->guarded = distinct_allocations(request.ranges);
    stream.clock = work->clock;
    stream.time = work->finishes;
    stream.last = work;
    stream.queue.push_back(work);
    return kSuccess;
}

void Machine::check_races(const Request& request, const Clock& clock, uint64_t stream, uint64_t number) {
    for (const Range& range : request.ranges) {
        Allocation* memory = allocation(range.allocation);
        if (memory == nullptr) {
            continue; /* reported where it was found */
        }
        std::vector<Touch> kept;
        for (Touch& touch : memory->touches) {
            const bool ordered = stream_with_id(touch.stream) == nullptr || clock.knows(touch.stream, touch.number) ||
                                 (touch.stream == stream && touch.number == number);
            if (!ordered && overlap(range, touch.range) && (range.written || touch.range.written)) {
                violation(request.call.c_str(),
                          std::string(range.written ? "writes" : "reads") +
                              " memory with no event or synchronisation after another call: " + describe(touch));
            }
            const bool outdated = host_.knows(touch.stream, touch.number) || stream_with_id(touch.stream) == nullptr;
            const bool replaced =
                covers(range, touch.range) && (range.written || (touch.stream == stream && !touch.range.written));
            if (!outdated && !replaced) {
                kept.push_back(std::move(touch));
            }
        }
        kept.push_back({range, stream, number, request.call});
        memory->touches = std::move(kept);
    }
}

/* Runs the first work of a stream or, where that comes after other work, the first of that one's stream. */
void Machine::run_front(Stream& stream, Lock& lock) {
    const std::shared_ptr<Work> work = stream.queue.front();
    if (work->running) {
        finished_.wait(lock);
        return;
    }
    for (const std::shared_ptr<Work>& before : work->after) {
        if (!before->done) {
            run_front(*stream_with_id(before->stream), lock);
            return;
        }
    }
    work->running = true;
    if (work->run != nullptr) {
        lock.unlock();
        work->run();
        lock.lock();
    }
    finish(stream, work);
}

void Machine::finish(Stream& stream, const std::shared_ptr<Work>& work) {
    stream.queue.pop_front();
    for (uint64_t id : work->guarded) {
        Allocation* memory = allocation(id);
        if (memory != nullptr && !devices_[work->device]->memory.guards_hold(*memory)) {
            violation(work->call.c_str(),
                      "bytes beside an allocation of " + std::to_string(memory->bytes) + " bytes have been written");
        }
    }
    ++devices_[work->device]->work_run;
    work->run = nullptr;
    work->after.clear();
    work->done = true;
    finished_.notify_all();
}

void Machine::complete(const std::shared_ptr<Work>& work, Lock& lock) {
    while (!work->done) {
        run_front(*stream_with_id(work->stream), lock);
    }
    learn(host_, work->clock);
}

void Machine::complete(Stream& stream, Lock& lock) {
    if (stream.last != nullptr) {
        complete(std::shared_ptr<Work>(stream.last), lock);
    }
}

/* The youngest stream first: work that should have waited for an older stream has not. */
void Machine::complete_device(int32_t index, Lock& lock) {
    const std::vector<Stream*> streams = device(index).streams;
    std::vector<std::shared_ptr<Work>> lasts;
    for (auto stream = streams.rbegin(); stream != streams.rend(); ++stream) {
        if ((*stream)->last != nullptr) {
            lasts.push_back((*stream)->last);
        }
    }
    for (const std::shared_ptr<Work>& last : lasts) {
        complete(last, lock);
    }
}

bool Machine::progress(const std::shared_ptr<Work>& work, Lock& lock) {
    if (!work->done) {
        run_front(*stream_with_id(work->stream), lock);
        return false;
    }
    learn(host_, work->clock);
    return true;
}

void Machine::record(Event& event, Stream& stream) {
    event.capture = stream.capture;
    event.nodes = stream.tails;
    event.marker = nullptr;
    event.device = stream.device;
    if (stream.capture == nullptr && submit(stream, {"cudaEventRecord", {}, nullptr}) == kSuccess) {
        event.marker = stream.last;
    }
}

/* cudaStreamWaitEvent (CUDA Runtime API, Stream Management); into captures: Programming Guide, Cross-stream
 * Dependencies and Events. */
int32_t Machine::wait(Stream& stream, Event& event) {
    if (event.capture != nullptr) {
        if (stream.capture == nullptr) {
            stream.capture = event.capture;
            stream.capture->streams.push_back(&stream);
            stream.tails.clear();
        }
        if (stream.capture != event.capture) {
            violation("cudaStreamWaitEvent", "would join two captures");
            stream.capture->invalidated = event.capture->invalidated = true;
            return kStreamCaptureMerge;
        }
        stream.tails.insert(stream.tails.end(), event.nodes.begin(), event.nodes.end());
        return kSuccess;
    }
    if (stream.capture != nullptr) {
        violation("cudaStreamWaitEvent", "a captured stream waits for an event that was recorded outside the capture");
        stream.capture->invalidated = true;
        return kStreamCaptureIsolation;
    }
    if (event.marker == nullptr) {
        return kSuccess; /* never recorded: nothing to wait for */
    }
    const int32_t status = submit(stream, {"cudaStreamWaitEvent", {}, nullptr});
    if (status == kSuccess) {
        stream.last->after.push_back(event.marker);
        learn(stream.last->clock, event.marker->clock);
        stream.last->finishes = std::max(stream.last->finishes, event.marker->finishes);
        stream.clock = stream.last->clock;
        stream.time = stream.last->finishes;
    }
    return status;
}

bool Machine::capture_forbids(const char* call) {
    bool forbidden = false;
    for (const std::shared_ptr<Capture>& capture : captures_) {
        const bool own = capture->thread == std::this_thread::get_id();
        if (capture->mode == CaptureMode::kGlobal || (capture->mode == CaptureMode::kThreadLocal && own)) {
            capture->invalidated = true;
            forbidden = true;
        }
    }
    if (forbidden) {
        violation(call, "is forbidden while a stream is captured");
    }
    return forbidden;
}

void Machine::look_at_guards(const char* call) {
    const auto look = [&](const Allocation& memory, bool hold, const char* where) {
        if (!hold) {
            violation(call, "bytes beside an allocation of " + std::to_string(memory.bytes) + " bytes of " + where +
                                " memory have been written");
        }
    };
    for (const std::unique_ptr<Device>& device : devices_) {
        if (device != nullptr) {
            for (const auto& [offset, memory] : device->memory.allocations()) {
                look(memory, device->memory.guards_hold(memory), "device");
            }
        }
    }
    for (const auto& [address, memory] : pinned_.allocations()) {
        look(memory, pinned_.guards_hold(memory), "page-locked");
    }
}

int32_t current_device() { return Machine::get().current_device(); }

int32_t stream_device(const void* handle) {
    const Lock lock = Machine::get().lock();
    const std::shared_ptr<Stream> stream = Machine::get().stream("stream_device", handle);
    return stream == nullptr ? -1 : stream->device;
}

}  // namespace convoke::simulated

using convoke::simulated::Allocation;
using convoke::simulated::Device;
using convoke::simulated::Lock;
using convoke::simulated::Machine;

int64_t sim_counter(int32_t index, int32_t counter) {
    Machine& machine = Machine::get();
    const Lock lock = machine.lock();
    if (!machine.has_device(index)) {
        return 0;
    }
    const Device& device = machine.device(index);
    switch (counter) {
        case SIM_BYTES_NOW:
            return static_cast<int64_t>(device.memory.bytes_now());
        case SIM_BYTES_PEAK:
            return static_cast<int64_t>(device.memory.bytes_peak());
        case SIM_ALLOCATIONS:
            return device.memory.allocations_made();
        case SIM_WORK_RUN:
            return device.work_run;
        case SIM_WORK_QUEUED: {
            int64_t queued = 0;
            for (const auto* stream : device.streams) {
                queued += static_cast<int64_t>(stream->queue.size());
            }
            return queued;
        }
        default:
            return -1;
    }
}

int32_t sim_leaks(char* text, size_t capacity) {
    Machine& machine = Machine::get();
    std::string all;
    int32_t leaks = convoke::simulated::list_open_handles(all);
    const Lock lock = machine.lock();
    const auto list = [&](const Allocation& memory, const std::string& where) {
        all += std::to_string(memory.bytes) + " bytes of " + where + " memory were not given back\n";
        ++leaks;
    };
    for (int32_t index = 0; index < convoke::simulated::kMostDevices; ++index) {
        if (machine.has_device(index)) {
            for (const auto& [offset, memory] : machine.device(index).memory.allocations()) {
                list(memory, "device " + std::to_string(index) + "'s");
            }
        }
    }
    for (const auto& [address, memory] : machine.pinned().allocations()) {
        list(memory, "page-locked");
    }
    machine.look_at_guards("sim_leaks");
    if (text != nullptr && capacity > 0) {
        all.resize(std::min(all.size(), capacity - 1));
        std::copy(all.c_str(), all.c_str() + all.size() + 1, text);
    }
    return leaks;
}
