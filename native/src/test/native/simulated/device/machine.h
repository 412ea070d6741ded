/*
 * The machine behind the simulated libraries: devices, streams and the work that waits in them, events, captures and
 * graphs. One lock guards all of it; work itself runs without the lock, so that host threads that use different
 * streams run side by side.
 */
#ifndef CONVOKE_SIMULATED_MACHINE_H
#define CONVOKE_SIMULATED_MACHINE_H

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "../device.h"
#include "clock.h"
#include "memory.h"
#include "status.h"

namespace convoke::simulated {

constexpr int32_t kMostDevices = 16;

using Lock = std::unique_lock<std::mutex>;

/* What a call asks of its stream. */
struct Request {
    std::string call;
    std::vector<Range> ranges;
    std::function<void()> run; /* null: nothing to run, only a place in the order */
    std::vector<const void*> kernels = {};
};

/* A request that waits in a stream. */
struct Work {
    std::string call;
    std::function<void()> run;
    std::vector<uint64_t> guarded; /* allocations whose guards are looked at when it has run */
    std::vector<std::shared_ptr<Work>> after;
    Clock clock;
    uint64_t stream = 0;
    uint64_t number = 0;
    int32_t device = 0;
    double finishes = 0.0; /* microseconds on the device's own clock, which only work moves */
    bool running = false;
    bool done = false;
};

struct Node {
    Request request;
    std::vector<int32_t> after;
};

struct Graph {
    int32_t device = 0;
    std::vector<Node> nodes;
};

/* cudaStreamCaptureMode: whom a capture forbids the calls that could harm it. */
enum class CaptureMode : int32_t { kGlobal = 0, kThreadLocal = 1, kRelaxed = 2 };

struct Stream;

struct Capture {
    std::shared_ptr<Graph> graph = std::make_shared<Graph>();
    CaptureMode mode = CaptureMode::kGlobal;
    std::thread::id thread;
    Stream* origin = nullptr;
    std::vector<Stream*> streams;
    bool invalidated = false;
};

struct Stream {
    uint64_t id = 0;
    int32_t device = 0;
    bool blocking = true; /* ordered with the default stream */
    bool is_default = false;
    Clock clock;
    uint64_t submitted = 0;
    double time = 0.0;
    std::deque<std::shared_ptr<Work>> queue;
    std::shared_ptr<Work> last;
    std::shared_ptr<Capture> capture;
    std::vector<int32_t> tails;     /* the captured nodes that the next one comes after */
    std::set<const void*> launched; /* kernels, outside of captures */
};

struct Event {
    bool timed = true;
    int32_t device = 0;
    std::shared_ptr<Work> marker;     /* where it was recorded; null before */
    std::shared_ptr<Capture> capture; /* where it was recorded into a capture */
    std::vector<int32_t> nodes;
};

struct Executable {
    std::shared_ptr<const Graph> graph;
    std::vector<int32_t> order;
};

struct Device {
    DeviceMemory memory;
    std::shared_ptr<Stream> default_stream;
    std::vector<Stream*> streams;
    int64_t work_run = 0;
};

class Machine {
public:
    /* Never destroyed: libraries are unloaded in any order. */
    static Machine& get();

    Lock lock() { return Lock(mutex_); }

    Device& device(int32_t index);
    bool has_device(int32_t index) const { return index >= 0 && index < kMostDevices && devices_[index] != nullptr; }
    int32_t& current_device();

    /* The stream behind a cudaStream_t; null, and a violation, where there is none. */
    std::shared_ptr<Stream> stream(const char* call, const void* handle);
    std::shared_ptr<Stream> make_stream(int32_t device, bool blocking);
    void end_stream(Stream& stream, Lock& lock);

    /* Queues or captures a request. `captured` receives the node when a capture took it. */
    int32_t submit(Stream& stream, Request request, std::vector<int32_t>* captured = nullptr);

    /* Runs work, and what it comes after, until it is done; the host then knows of it. */
    void complete(const std::shared_ptr<Work>& work, Lock& lock);
    void complete(Stream& stream, Lock& lock);
    void complete_device(int32_t device, Lock& lock);
    /* Runs one piece of what is left of this work; true when none was left. */
    bool progress(const std::shared_ptr<Work>& work, Lock& lock);

    void record(Event& event, Stream& stream);
    int32_t wait(Stream& stream, Event& event);

    int32_t begin_capture(const std::shared_ptr<Stream>& stream, CaptureMode mode);
    int32_t end_capture(Stream& stream, std::shared_ptr<Graph>& graph);
    int32_t launch(const Executable& executable, Stream& stream);

    /* Whether a capture forbids this thread an unsafe call; the captures that do are invalidated. */
    bool capture_forbids(const char* call);

    Allocation* allocation(const void* address, int32_t* device);
    Allocation* allocation(uint64_t id);
    PinnedMemory& pinned() { return pinned_; }
    uint64_t next_id() { return ++last_id_; }
    std::vector<std::shared_ptr<Capture>>& captures() { return captures_; }

    /* Guards of every allocation; a violation for each that does not hold. */
    void look_at_guards(const char* call);

private:
    Machine() = default;

    void check_races(const Request& request, const Clock& clock, uint64_t stream, uint64_t number);
    void run_front(Stream& stream, Lock& lock);
    void finish(Stream& stream, const std::shared_ptr<Work>& work);
    void learn(Clock& clock, const Clock& other);
    bool alive(const Request& request, const std::string& launched_by);
    Stream* stream_with_id(uint64_t id);

    std::mutex mutex_;
    std::condition_variable finished_;
    std::unique_ptr<Device> devices_[kMostDevices];
    std::map<uint64_t, Stream*> streams_;
    PinnedMemory pinned_;
    Clock host_;
    std::vector<std::shared_ptr<Capture>> captures_;
    uint64_t last_id_ = 0;
};

/* graph.cpp */
int32_t capture_request(Stream& stream, Request request, std::vector<int32_t>* captured);
/* A violation for each two nodes that touch the same bytes with no order between them. */
void check_graph_races(const Graph& graph);
/* An order that the graph allows, the one farthest from the order of capture: what relies on more is found out. */
std::vector<int32_t> contrary_order(const Graph& graph);

/* handles.cpp: appends a line for each open handle, and counts them. */
int32_t list_open_handles(std::string& text);

/* diagnosis.cpp */
int64_t bytes_setting(const char* name, int64_t otherwise);
bool step_forbids();

}  // namespace convoke::simulated

#endif
