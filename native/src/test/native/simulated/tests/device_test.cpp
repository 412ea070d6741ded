/* The simulated device: memory, streams, events, graphs; and that each of its rules finds the one who breaks it. */
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "device_check.h"

using namespace convoke::test;
using convoke::simulated::Call;

namespace {

constexpr size_t kCount = 100;
constexpr int32_t kThreadLocal = 1;
constexpr int32_t kGlobal = 0;

struct Stream {
    explicit Stream(uint32_t flags = cudaStreamNonBlocking) { cudaStreamCreateWithFlags(&handle, flags); }
    ~Stream() { cudaStreamDestroy(handle); }
    cudaStream_t handle = nullptr;
};

struct Event {
    explicit Event(uint32_t flags = cudaEventDisableTiming) { cudaEventCreateWithFlags(&handle, flags); }
    ~Event() { cudaEventDestroy(handle); }
    cudaEvent_t handle = nullptr;
};

/* out[i] = in[i] + 1, as a library would do it. */
int32_t add_one(const float* in, float* out, size_t count, cudaStream_t stream) {
    Call call("add_one", stream);
    const float* from = call.reads<float>("in", in, count);
    float* to = call.writes<float>("out", out, count);
    return call.submit([=] {
        for (size_t i = 0; i < count; ++i) {
            to[i] = from[i] + 1.0f;
        }
    });
}

bool all(const std::vector<float>& values, float expected) {
    for (float value : values) {
        if (!(value == expected)) {
            return false;
        }
    }
    return true;
}

/* A graph of what `work` puts into the stream. */
template <class Work>
cudaGraphExec_t captured(Stream& stream, const Work& work) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t executable = nullptr;
    cudaStreamBeginCapture(stream.handle, kThreadLocal);
    work();
    if (cudaStreamEndCapture(stream.handle, &graph) == 0) {
        cudaGraphInstantiate(&executable, graph, 0);
        cudaGraphDestroy(graph);
    }
    return executable;
}

void memory_keeps_values(Check& check) {
    {
        OnDevice<float> memory(std::vector<float>(kCount, 2.0f));
        check.that(all(memory.values(), 2.0f), "what is copied to the device comes back");
        cudaMemset(memory.get(), 0, kCount * sizeof(float));
        check.that(all(memory.values(), 0.0f), "memory is set");
        check.that(reinterpret_cast<uintptr_t>(memory.get()) % 256 == 0, "memory is aligned");
        check.that(sim_counter(0, SIM_BYTES_NOW) == kCount * sizeof(float), "bytes are counted");
    }
    OnDevice<float> fresh(kCount);
    check.that(std::isnan(fresh.values()[0]), "fresh memory holds no numbers");
}

void memory_ends(Check& check) {
    sim_set("CONVOKE_SIM_MEMORY", "2K");
    void* first = nullptr;
    void* second = nullptr;
    check.that(cudaMalloc(&first, 2048) == 0, "all memory can be had");
    check.that(cudaMalloc(&second, 1) == 2, "what is not there is refused");
    size_t available = 1;
    size_t total = 0;
    cudaMemGetInfo(&available, &total);
    check.that(available == 0 && total == 2048, "free and total memory are told");
    cudaFree(first);
    sim_set("CONVOKE_SIM_MEMORY", nullptr);
}

void streams_keep_order(Check& check) {
    OnDevice<float> a(std::vector<float>(kCount, 0.0f));
    OnDevice<float> b(kCount);
    Stream one;
    Stream two;
    Event event;
    cudaDeviceSynchronize();
    add_one(a.get(), a.get(), kCount, one.handle);
    add_one(a.get(), a.get(), kCount, one.handle);
    cudaEventRecord(event.handle, one.handle);
    if (!check.planted()) {
        cudaStreamWaitEvent(two.handle, event.handle, 0);
    }
    add_one(a.get(), b.get(), kCount, two.handle);
    check.that(sim_counter(0, SIM_WORK_QUEUED) > 0, "work waits");
    cudaStreamSynchronize(two.handle);
    check.that(all(b.values(), 3.0f), "a stream waits for another's event");
    cudaStreamSynchronize(one.handle);
}

void work_runs_at_a_synchronisation(Check& check) {
    OnDevice<float> a(std::vector<float>(kCount, 0.0f));
    Stream stream;
    float* host = nullptr;
    cudaMallocHost(reinterpret_cast<void**>(&host), kCount * sizeof(float));
    host[0] = -1.0f;
    add_one(a.get(), a.get(), kCount, stream.handle);
    cudaMemcpyAsync(host, a.get(), kCount * sizeof(float), cudaMemcpyDeviceToHost, stream.handle);
    check.that(host[0] == -1.0f, "nothing has run before the host waits");
    int32_t asked = 0;
    while (cudaStreamQuery(stream.handle) == 600) {
        ++asked;
    }
    check.that(asked > 0 && host[0] == 1.0f, "asking is waiting too");
    cudaFreeHost(host);
}

void the_default_stream_waits(Check& check) {
    OnDevice<float> a(std::vector<float>(kCount, 0.0f));
    Stream blocking(0);
    add_one(a.get(), a.get(), kCount, blocking.handle);
    add_one(a.get(), a.get(), kCount, nullptr);
    add_one(a.get(), a.get(), kCount, blocking.handle);
    cudaStreamSynchronize(blocking.handle);
    check.that(all(a.values(), 3.0f), "the default stream and a blocking stream take turns");
}

void events_tell_time(Check& check) {
    OnDevice<float> a(std::vector<float>(kCount, 0.0f));
    Stream stream;
    Event start(0);
    Event end(0);
    float milliseconds = 0.0f;
    cudaEventRecord(start.handle, stream.handle);
    add_one(a.get(), a.get(), kCount, stream.handle);
    cudaEventRecord(end.handle, stream.handle);
    check.that(cudaEventElapsedTime(&milliseconds, start.handle, end.handle) == 600, "no time before it is over");
    cudaEventSynchronize(end.handle);
    check.that(cudaEventElapsedTime(&milliseconds, start.handle, end.handle) == 0 && milliseconds > 0.0f, "time");
}

void graphs_replay(Check& check) {
    OnDevice<float> a(std::vector<float>(kCount, 0.0f));
    OnDevice<float> b(kCount);
    Stream one;
    Stream two;
    Event forked;
    Event joined;
    cudaGraphExec_t graph = captured(one, [&] {
        add_one(a.get(), a.get(), kCount, one.handle);
        cudaEventRecord(forked.handle, one.handle);
        cudaStreamWaitEvent(two.handle, forked.handle, 0);
        add_one(a.get(), b.get(), kCount, two.handle);
        cudaEventRecord(joined.handle, two.handle);
        cudaStreamWaitEvent(one.handle, joined.handle, 0);
        add_one(b.get(), a.get(), kCount, one.handle);
    });
    check.that(all(a.values(), 0.0f), "capturing runs nothing");
    for (int32_t i = 0; i < 3; ++i) {
        cudaGraphLaunch(graph, one.handle);
    }
    cudaStreamSynchronize(one.handle);
    check.that(all(a.values(), 9.0f), "a graph over two streams is replayed");
    cudaGraphExecDestroy(graph);
}

void devices_are_apart(Check& check) {
    sim_set("CONVOKE_SIM_DEVICES", "2");
    int32_t count = 0;
    cudaGetDeviceCount(&count);
    check.that(count == 2, "two devices");
    OnDevice<float> here(kCount);
    cudaSetDevice(1);
    {
        OnDevice<float> there(kCount);
        Stream stream;
        check.that(sim_counter(1, SIM_BYTES_NOW) == kCount * sizeof(float), "each device counts its own");
        refused(check, "memory of another device", "is memory of device 0, the stream is on device 1",
                [&] { return add_one(here.get(), there.get(), kCount, stream.handle); });
    }
    cudaSetDevice(0);
    check.that(cudaSetDevice(2) == 101, "a third device is none");
    sim_set("CONVOKE_SIM_DEVICES", nullptr);
}

void the_machine_can_be_wrong(Check& check) {
    int32_t count = 7;
    sim_set("CONVOKE_SIM_DRIVER", "12040");
    check.that(cudaGetDeviceCount(&count) == 35 && count == 0, "a driver that is too old");
    sim_set("CONVOKE_SIM_DRIVER", "0");
    check.that(cudaGetDeviceCount(&count) == 35, "no driver");
    sim_set("CONVOKE_SIM_DRIVER", nullptr);
    sim_set("CONVOKE_SIM_DEVICES", "0");
    check.that(cudaGetDeviceCount(&count) == 100, "no device");
    check.that(std::string(cudaGetErrorName(cudaGetLastError())) == "cudaErrorNoDevice", "the last error is kept");
    sim_set("CONVOKE_SIM_DEVICES", nullptr);
    sim_set("CONVOKE_SIM_CAPABILITY", "6.1");
    int32_t major = 0;
    cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0);
    check.that(major == 6, "an old device");
    sim_set("CONVOKE_SIM_CAPABILITY", nullptr);
    sim_fail("cudaMalloc", 2, 2);
    void* memory = nullptr;
    check.that(cudaMalloc(&memory, 1) == 0 && cudaFree(memory) == 0 && cudaMalloc(&memory, 1) == 2 &&
                   cudaMalloc(&memory, 1) == 0 && cudaFree(memory) == 0,
               "the second call fails, as planned");
}

/* --- rules ------------------------------------------------------------------------------------------------------- */

void rules_of_memory(Check& check) {
    OnDevice<float> a(kCount);
    Stream stream;
    std::vector<float> host(kCount + 1, 1.0f);
    const size_t bytes = kCount * sizeof(float);
    refused(check, "too long", "needs 404 bytes from byte 0 on, the allocation has 400",
            [&] { return add_one(a.get(), a.get(), kCount + 1, stream.handle); });
    refused(check, "too far", "needs 400 bytes from byte 4 on",
            [&] { return add_one(a.get() + 1, a.get(), kCount, stream.handle); });
    refused(check, "a host pointer", "in is no device memory",
            [&] { return add_one(host.data(), a.get(), kCount, stream.handle); });
    refused(check, "null", "in is no device memory", [&] { return add_one(nullptr, a.get(), kCount, stream.handle); });
    refused(check, "a misaligned pointer", "out is not aligned to 4", [&] {
        return add_one(a.get(), reinterpret_cast<float*>(reinterpret_cast<char*>(a.get()) + 2), 1, stream.handle);
    });
    refused(check, "a copy that is too long", "the allocation has 400",
            [&] { return cudaMemcpyAsync(a.get(), host.data(), bytes + 4, cudaMemcpyHostToDevice, stream.handle); });
    refused(check, "a copy in the wrong direction", "the direction does not fit",
            [&] { return cudaMemcpyAsync(a.get(), host.data(), bytes, cudaMemcpyDeviceToHost, stream.handle); });
    refused(check, "setting host memory", "the destination is no device memory",
            [&] { return cudaMemsetAsync(host.data(), 0, 4, stream.handle); });
    refused(check, "giving back host memory", "no allocation of device memory begins",
            [&] { return cudaFree(host.data()); });
    refused(check, "giving back half a block", "no allocation of device memory begins",
            [&] { return cudaFree(a.get() + 1); });
    refused(check, "giving back page-locked memory that is none", "no page-locked memory begins",
            [&] { return cudaFreeHost(host.data()); });
    float* gone = nullptr;
    cudaMalloc(reinterpret_cast<void**>(&gone), bytes);
    cudaFree(gone);
    refused(check, "memory after its end", "is device memory that is not allocated, or was given back",
            [&] { return add_one(gone, a.get(), kCount, stream.handle); });
    refused(check, "giving back twice", "no allocation of device memory begins", [&] { return cudaFree(gone); });
    float* pinned = nullptr;
    cudaMallocHost(reinterpret_cast<void**>(&pinned), bytes);
    refused(check, "page-locked memory in a kernel", "is page-locked host memory where device memory belongs",
            [&] { return add_one(pinned, a.get(), kCount, stream.handle); });
    cudaFreeHost(pinned);
}

void rules_of_guards(Check& check) {
    OnDevice<float> a(kCount);
    Stream stream;
    found_out(check, "a byte behind the memory is written", "bytes beside an allocation of 400 bytes", [&] {
        Call call("overrun", stream.handle);
        float* to = call.writes<float>("a", a.get(), kCount);
        call.submit([=] { to[kCount] = 1.0f; });
        cudaStreamSynchronize(stream.handle);
        Call mend("mend", stream.handle);
        char* begin = reinterpret_cast<char*>(mend.writes<float>("a", a.get(), kCount));
        mend.submit([=] { std::memset(begin + kCount * sizeof(float), 0xA5, sizeof(float)); });
        cudaStreamSynchronize(stream.handle);
    });
    float* pinned = nullptr;
    cudaMallocHost(reinterpret_cast<void**>(&pinned), 4);
    pinned[1] = 0.0f;
    found_out(check, "a byte behind page-locked memory is written", "bytes beside an allocation of 4 bytes",
              [&] { cudaFreeHost(pinned); });
}

/* In a child, since it ends the process: so it does on a GPU. */
template <class Touch>
bool faults(const Touch& touch) {
    const pid_t child = fork();
    if (child == 0) {
        touch();
        _exit(0);
    }
    int32_t status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

void rules_of_addresses(Check& check) {
    OnDevice<float> a(kCount);
    check.that(faults([&] { *static_cast<volatile float*>(a.get()) = 1.0f; }), "the host cannot write device memory");
    check.that(faults([&] { std::printf("%f", static_cast<double>(*static_cast<volatile float*>(a.get()))); }),
               "the host cannot read device memory");
}

void rules_of_handles(Check& check) {
    OnDevice<float> a(kCount);
    cudaStream_t stream = nullptr;
    cudaEvent_t event = nullptr;
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    cudaEventCreateWithFlags(&event, 0);
    float milliseconds = 0.0f;
    refused(check, "an event where a stream belongs", "stands where a cudaStream_t belongs",
            [&] { return cudaStreamSynchronize(event); });
    refused(check, "no handle at all", "no cudaStream_t has this handle",
            [&] { return cudaStreamSynchronize(a.get()); });
    refused(check, "time of an event that was not recorded", "was not recorded",
            [&] { return cudaEventElapsedTime(&milliseconds, event, event); });
    cudaStreamDestroy(stream);
    cudaEventDestroy(event);
    refused(check, "a stream after its end", "is used after its end", [&] { return cudaStreamSynchronize(stream); });
    refused(check, "a kernel on a stream after its end", "is used after its end",
            [&] { return add_one(a.get(), a.get(), kCount, stream); });
    refused(check, "an event after its end", "is used after its end", [&] { return cudaEventSynchronize(event); });
    refused(check, "ended twice", "is used after its end", [&] { return cudaStreamDestroy(stream); });
    refused(check, "a graph that is null", "null stands where a cudaGraphExec_t belongs",
            [&] { return cudaGraphLaunch(nullptr, nullptr); });
}

void rules_of_order(Check& check) {
    OnDevice<float> a(kCount);
    Stream one;
    Stream two;
    found_out(check, "reading what another stream writes", "reads memory with no event or synchronisation", [&] {
        add_one(a.get(), a.get(), 50, one.handle);
        Call call("reader", two.handle);
        call.reads<float>("a", a.get() + 40, 20);
        call.submit([] {});
        cudaDeviceSynchronize();
    });
    found_out(check, "writing what another stream reads", "writes memory with no event or synchronisation", [&] {
        Call call("reader", one.handle);
        call.reads<float>("a", a.get(), kCount);
        call.submit([] {});
        cudaMemsetAsync(a.get(), 0, 4, two.handle);
        cudaDeviceSynchronize();
    });
    sim_clear_violations();
    add_one(a.get(), a.get(), 50, one.handle);
    add_one(a.get() + 50, a.get() + 50, 50, two.handle);
    cudaDeviceSynchronize();
    add_one(a.get(), a.get(), 50, two.handle);
    cudaDeviceSynchronize();
    check.that(violations().empty(), "bytes apart, and waiting, are no races");
    Event forked;
    Event joined;
    found_out(check, "a race inside a graph", "in a graph, touches memory with no event", [&] {
        cudaGraphExecDestroy(captured(one, [&] {
            cudaEventRecord(forked.handle, one.handle);
            cudaStreamWaitEvent(two.handle, forked.handle, 0);
            add_one(a.get(), a.get(), kCount, two.handle);
            add_one(a.get(), a.get(), kCount, one.handle);
            cudaEventRecord(joined.handle, two.handle);
            cudaStreamWaitEvent(one.handle, joined.handle, 0);
        }));
    });
}

/* Captures, does what the rule forbids, and sees that the capture is spoiled. */
template <class Breaks>
void forbidden_in_capture(Check& check, const std::string& what, const std::string& words, Stream& stream,
                          const Breaks& breaks, bool spoils = true) {
    cudaGraph_t graph = nullptr;
    cudaStreamBeginCapture(stream.handle, kThreadLocal);
    refused(check, what + " while capturing", words, breaks);
    const cudaError_t end = cudaStreamEndCapture(stream.handle, &graph);
    check.that(spoils == (end == 901 && graph == nullptr), what + " invalidates the capture");
    if (graph != nullptr) {
        cudaGraphDestroy(graph);
    }
    sim_clear_violations();
}

/* A kernel is loaded at its first launch, which must come before its stream is captured. */
void first_launches(Check& check) {
    OnDevice<float> a(kCount);
    Stream stream;
    const auto launch = [&] {
        Call call("launcher", stream.handle);
        call.updates<float>("a", a.get(), kCount);
        call.launches(&kCount);
        return call.submit([] {});
    };
    const auto capture = [&] { cudaGraphExecDestroy(captured(stream, launch)); };
    found_out(check, "a first launch inside a capture", "for the first time while its stream is captured", capture);
    launch();
    capture();
    check.that(violations().empty(), "a kernel that was launched before may be captured");
}

void rules_of_capture(Check& check) {
    OnDevice<float> a(kCount);
    Stream stream;
    Stream other;
    Event outside;
    cudaEventRecord(outside.handle, other.handle);
    void* memory = nullptr;
    cudaStream_t made = nullptr;
    float host = 0.0f;
    const std::string forbidden = "is forbidden while a stream is captured";
    forbidden_in_capture(check, "malloc", forbidden, stream, [&] { return cudaMalloc(&memory, 4); });
    forbidden_in_capture(check, "free", forbidden, stream, [&] { return cudaFree(a.get()); });
    forbidden_in_capture(check, "malloc of host memory", forbidden, stream, [&] { return cudaMallocHost(&memory, 4); });
    forbidden_in_capture(check, "a new stream", forbidden, stream, [&] { return cudaStreamCreate(&made); });
    forbidden_in_capture(check, "a new event", forbidden, stream, [&] { return cudaEventCreate(&made); });
    forbidden_in_capture(check, "a copy that waits", forbidden, stream,
                         [&] { return cudaMemcpy(&host, a.get(), 4, cudaMemcpyDeviceToHost); });
    forbidden_in_capture(check, "waiting for the device", forbidden, stream, [] { return cudaDeviceSynchronize(); });
    forbidden_in_capture(check, "waiting for the stream", "the stream is being captured", stream,
                         [&] { return cudaStreamSynchronize(stream.handle); });
    forbidden_in_capture(check, "asking the stream", "the stream is being captured", stream,
                         [&] { return cudaStreamQuery(stream.handle); });
    forbidden_in_capture(check, "a copy of pageable memory", "pageable host memory", stream,
                         [&] { return cudaMemcpyAsync(a.get(), &host, 4, cudaMemcpyHostToDevice, stream.handle); });
    forbidden_in_capture(check, "waiting for what is outside", "recorded outside the capture", stream,
                         [&] { return cudaStreamWaitEvent(stream.handle, outside.handle, 0); });
    Stream blocking(0);
    forbidden_in_capture(check, "the default stream", "the default stream is used", blocking,
                         [&] { return add_one(a.get(), a.get(), kCount, nullptr); });
    cudaGraph_t graph = nullptr;
    refused(check, "an end without a beginning", "no capture began",
            [&] { return cudaStreamEndCapture(stream.handle, &graph); });
    refused(check, "capturing the default stream", "the default stream cannot be captured",
            [] { return cudaStreamBeginCapture(nullptr, kGlobal); });
    cudaStreamBeginCapture(stream.handle, kThreadLocal);
    refused(check, "two captures of a stream", "is being captured already",
            [&] { return cudaStreamBeginCapture(stream.handle, kGlobal); });
    refused(check, "an end in another thread", "another thread began the capture", [&] {
        cudaError_t status = 0;
        std::thread([&] { status = cudaStreamEndCapture(stream.handle, &graph); }).join();
        return status;
    });
    cudaEventRecord(outside.handle, stream.handle);
    cudaStreamWaitEvent(other.handle, outside.handle, 0);
    refused(check, "waiting for a captured event", "the event was recorded into a capture",
            [&] { return cudaEventSynchronize(outside.handle); });
    add_one(a.get(), a.get(), kCount, other.handle);
    refused(check, "a stream that does not come back", "has not come back to the first one",
            [&] { return cudaStreamEndCapture(stream.handle, &graph); });
}

void other_threads_may_allocate(Check& check) {
    Stream stream;
    const auto allocate = [] {
        void* memory = nullptr;
        return cudaMalloc(&memory, 4) == 0 && cudaFree(memory) == 0;
    };
    for (int32_t mode : {kThreadLocal, kGlobal}) {
        sim_clear_violations();
        bool allocated = false;
        cudaGraph_t graph = nullptr;
        cudaStreamBeginCapture(stream.handle, mode);
        std::thread([&] { allocated = allocate(); }).join();
        const cudaError_t end = cudaStreamEndCapture(stream.handle, &graph);
        check.that(allocated == (mode == kThreadLocal), "another thread allocates beside a thread's own capture alone");
        check.that((end == 0) == (mode == kThreadLocal), "a capture is harmed by another thread if it is global");
        if (graph != nullptr) {
            cudaGraphDestroy(graph);
        }
    }
    sim_clear_violations();
}

void rules_of_graphs(Check& check) {
    Stream stream;
    auto* a = new OnDevice<float>(kCount);
    cudaGraphExec_t graph = captured(stream, [&] { add_one(a->get(), a->get(), kCount, stream.handle); });
    delete a;
    refused(check, "a graph whose memory has ended", "memory that add_one uses in the graph was given back",
            [&] { return cudaGraphLaunch(graph, stream.handle); });
    cudaGraphExecDestroy(graph);
    refused(check, "a graph after its end", "is used after its end",
            [&] { return cudaGraphLaunch(graph, stream.handle); });
}

void rules_of_steps(Check& check) {
    OnDevice<float> a(std::vector<float>(kCount, 0.0f));
    Stream stream;
    void* memory = nullptr;
    const auto allocate = [&] { return cudaMalloc(&memory, 4); };
    sim_forbid_allocation(SIM_ALLOCATION_FORBIDDEN_HERE);
    refused(check, "an allocation in a step", "makes or ends something inside a step", allocate);
    refused(check, "an event in a step", "makes or ends something inside a step",
            [&] { return cudaEventCreate(&memory); });
    check.that(add_one(a.get(), a.get(), kCount, stream.handle) == 0, "work is what a step is for");
    bool elsewhere = false;
    std::thread([&] { elsewhere = allocate() == 0 && cudaFree(memory) == 0; }).join();
    check.that(elsewhere, "other threads are not inside the step");
    sim_forbid_allocation(SIM_ALLOCATION_FORBIDDEN_EVERYWHERE);
    std::thread([&] { refused(check, "an allocation anywhere", "inside a step", allocate); }).join();
    sim_forbid_allocation(SIM_ALLOCATION_ALLOWED);
    check.that(allocate() == 0 && cudaFree(memory) == 0, "after the step all is as before");
}

void rules_of_leaks(Check& check) {
    check.that(leaks().empty(), "nothing is left at the start, but " + leaks());
    void* memory = nullptr;
    void* host = nullptr;
    cudaStream_t stream = nullptr;
    cudaMalloc(&memory, 12);
    cudaMallocHost(&host, 34);
    cudaStreamCreate(&stream);
    const std::string left = leaks();
    check.that(left.find("12 bytes of device 0's memory") != std::string::npos, "device memory that is left is told");
    check.that(left.find("34 bytes of page-locked memory") != std::string::npos, "host memory that is left is told");
    check.that(left.find("cudaStream_t #") != std::string::npos, "a stream that is left is told");
    cudaFree(memory);
    cudaFreeHost(host);
    cudaStreamDestroy(stream);
    check.that(leaks().empty(), "what is given back is not told");
}

}  // namespace

int main(int argc, char** argv) {
    Check check("device_test", argc, argv);
    rules_of_leaks(check);
    for (const auto test :
         {memory_keeps_values, memory_ends, streams_keep_order, work_runs_at_a_synchronisation,
          the_default_stream_waits, events_tell_time, graphs_replay, devices_are_apart, the_machine_can_be_wrong}) {
        test(check);
        clean(check, "right use");
    }
    for (const auto test :
         {rules_of_memory, rules_of_guards, rules_of_addresses, rules_of_handles, rules_of_order, rules_of_capture,
          first_launches, other_threads_may_allocate, rules_of_graphs, rules_of_steps}) {
        test(check);
        clean(check, "a rule that was broken");
    }
    return check.finish();
}
