/*
 * The simulated device: what the simulated CUDA, cuDNN and cuBLAS libraries, and the simulated build of our own kernel
 * library, run on where there is no GPU. docs/simulated-device.md says what it checks and what it cannot.
 *
 * A library turns each of its calls into one Call: it names the device memory that the call reads and writes, then
 * submits the work. The device refuses what a GPU would refuse, and much that a GPU would let pass: memory that is not
 * the device's own, too short, or given back; two calls on two streams that touch the same bytes with no event between
 * them. Work waits in its stream and runs when the host synchronises, or becomes a node while the stream is captured.
 *
 * Device addresses cannot be read or written: not by the host, which would be a fault on a GPU too, and not by the
 * libraries. They get at the bytes through the pointers that reads, writes and updates return.
 */
#ifndef CONVOKE_SIMULATED_DEVICE_H
#define CONVOKE_SIMULATED_DEVICE_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#define SIMULATED_API __attribute__((visibility("default")))

namespace convoke::simulated {

struct Submission;

/*
 * One call of a library, from its arguments to its work in a stream:
 *
 *   Call call("convoke_cuda_scale", stream);
 *   const float* x = call.reads<float>("x", device_x, n);
 *   float* y = call.writes<float>("y", device_y, n);
 *   return call.submit([=] {
 *       for (size_t i = 0; i < n; ++i) {
 *           y[i] = 2.0f * x[i];
 *       }
 *   });
 *
 * Everything the work uses is copied into it: it runs later, and in a captured graph many times. The pointers that
 * reads, writes and updates give are valid in the work only; a read before that would see what the stream has not
 * computed yet. The first thing that is wrong is recorded as a violation, and submit returns its CUDA error.
 */
class SIMULATED_API Call {
public:
    /* stream: a cudaStream_t; null is the default stream of the current device. */
    Call(const char* name, const void* stream);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /* count elements of T from `address` on are read. A null address is right only for a count of 0. */
    template <class T>
    const T* reads(const char* what, const void* address, size_t count) {
        return static_cast<const T*>(access(what, address, count * sizeof(T), alignof(T), kRead));
    }

    /* All count elements are written, none is read. */
    template <class T>
    T* writes(const char* what, void* address, size_t count) {
        return static_cast<T*>(access(what, address, count * sizeof(T), alignof(T), kWrite));
    }

    /* Elements are read and written, or only some are written. */
    template <class T>
    T* updates(const char* what, void* address, size_t count) {
        return static_cast<T*>(access(what, address, count * sizeof(T), alignof(T), kUpdate));
    }

    /*
     * A kernel that the work launches, by its address. It may not be the stream's first launch of that kernel while the
     * stream is captured: a kernel is loaded at its first launch, which drivers before CUDA 12.3's do not permit there.
     */
    void launches(const void* kernel);

    /* The call is refused with cudaErrorInvalidValue, for this reason, unless the condition holds. */
    void require(bool condition, const std::string& reason);

    bool valid() const;

    /* Queues the work, or makes it a node of the graph that the stream is captured into. 0, or a CUDA error. */
    int32_t submit(std::function<void()> work);

private:
    enum Access { kRead = 1, kWrite = 2, kUpdate = 3 };
    void* access(const char* what, const void* address, size_t bytes, size_t alignment, Access kind);

    std::unique_ptr<Submission> submission_;
};

/* Records that a call was wrong, and why. A test fails when there are any. */
SIMULATED_API void violation(const char* call, const std::string& reason);

/*
 * True, and a violation, where the call may not be made now: inside a step (sim_forbid_allocation), and while this
 * thread or, in cudaStreamCaptureModeGlobal, any thread captures. For calls that make or end something.
 */
SIMULATED_API bool forbidden_now(const char* call);

/*
 * Handles of every library: streams, events, graphs, descriptors. A handle is a number that is never given twice and no
 * address, so a handle used after its end, or where another kind belongs, is always found. `kind` is the vendor's type.
 */
SIMULATED_API void* open_handle(const char* kind, std::shared_ptr<void> object);
/* The object behind a handle of this kind; otherwise null, and a violation. */
SIMULATED_API std::shared_ptr<void> handle_object(const char* call, const char* kind, const void* handle);
/* Ends a handle. False, and a violation, unless it was open and of this kind. */
SIMULATED_API bool close_handle(const char* call, const char* kind, const void* handle);

/* The status that the test wants this call to fail with (sim_fail), or 0. */
SIMULATED_API int32_t planned_failure(const char* call);

/* A setting by its environment name, as sim_set or the environment gave it. */
SIMULATED_API std::string setting(const char* name, const char* otherwise);

/* The device of the calling thread, and that of a stream; -1 where the stream is none. */
SIMULATED_API int32_t current_device();
SIMULATED_API int32_t stream_device(const void* stream);

}  // namespace convoke::simulated

/* What tests ask the device, from C and, through the glue in simulated_jni.cpp, from Java. */
extern "C" {

/* Number of violations so far; their text, a line each, in `text` (cut to `capacity`, null for none). */
SIMULATED_API int32_t sim_violations(char* text, size_t capacity);
SIMULATED_API void sim_clear_violations(void);

/* Who may make or end memory, handles, descriptors, events, streams and graphs. */
enum SimAllocation {
    SIM_ALLOCATION_ALLOWED = 0,
    SIM_ALLOCATION_FORBIDDEN_HERE = 1,       /* the calling thread may not: a step has begun */
    SIM_ALLOCATION_FORBIDDEN_EVERYWHERE = 2, /* no thread may */
};
SIMULATED_API void sim_forbid_allocation(int32_t allocation);

/* Number of things made and not given back; one line each in `text`. */
SIMULATED_API int32_t sim_leaks(char* text, size_t capacity);

/* Counters of a device: bytes allocated now, the most there were, allocations made, pieces of work run. */
enum SimCounter { SIM_BYTES_NOW = 0, SIM_BYTES_PEAK = 1, SIM_ALLOCATIONS = 2, SIM_WORK_RUN = 3, SIM_WORK_QUEUED = 4 };
SIMULATED_API int64_t sim_counter(int32_t device, int32_t counter);

/* Sets what an environment variable of the simulated device (CONVOKE_SIM_...) sets; null takes the setting back. */
SIMULATED_API void sim_set(const char* name, const char* value);

/* The nth call (1 is the next) of this name fails with this status of its library. Nothing is computed. */
SIMULATED_API void sim_fail(const char* call, int32_t nth, int32_t status);
}

#endif
