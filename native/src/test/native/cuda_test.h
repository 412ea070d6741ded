/*
 * The frame of the CUDA kernels' tests. One source, three programs: with CONVOKE_REAL_GPU it runs on a GPU through the
 * CUDA runtime, with CONVOKE_PTX as well what nvcc made of the kernels runs on the interpreter of PTX, else they run on
 * the simulated device. Tests hold host vectors; Memory takes them there and back.
 *
 * A device takes what it is given: a test's memory has exactly the size that the ABI names, so that the simulated
 * device and compute-sanitizer see every access beyond it.
 */
#ifndef CONVOKE_CUDA_TEST_H
#define CONVOKE_CUDA_TEST_H

#include <cstdlib>
#include <string>
#include <vector>

#include "check.h"
#include "cuda_kernels.h"
#include "functors/bfloat16.h"

#if defined(CONVOKE_REAL_GPU)
#include <cuda_runtime_api.h>
#if defined(CONVOKE_PTX)
#include "ptx/interpreter.h"
#endif
#else
#include "simulated/device.h"
#include "simulated/kernels/runtime.h"
#endif

namespace convoke::test {

using portable::Bfloat16;

/*
 * Rounding to bfloat16, with its 8 significant bits, changes a number by 2^-8 of it at most (half of its last place);
 * one more float rounding, to be sure of a tie.
 */
constexpr double kBfloat16Rounding = 0x1p-8 + 0x1p-23;

/* The relative error that storing a result in a type adds. */
inline double rounding_of(int32_t type) { return type == CONVOKE_BFLOAT16 ? kBfloat16Rounding : 0.0; }

inline const char* name_of(int32_t type) { return type == CONVOKE_BFLOAT16 ? "bfloat16" : "float32"; }

inline const int32_t kTypes[] = {CONVOKE_FLOAT32, CONVOKE_BFLOAT16};

/* Ends the program where the device itself fails: nothing after it would mean anything. */
inline void need(int32_t error, const char* what) {
    if (error != 0) {
        std::printf("%s: %s\n", what, convoke_cuda_error_text(error));
        std::exit(1);
    }
}

/* The stream of all tests. */
inline convoke_stream stream() {
    static const convoke_stream made = [] {
        cudaStream_t created = nullptr;
        need(cudaStreamCreateWithFlags(&created, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
        return static_cast<convoke_stream>(created);
    }();
    return made;
}

inline cudaStream_t cuda_stream() { return static_cast<cudaStream_t>(stream()); }

inline void wait() { need(cudaStreamSynchronize(cuda_stream()), "cudaStreamSynchronize"); }

/* Device memory that holds `count` elements of T, for as long as this object lives. */
template <class T>
class Memory {
public:
    explicit Memory(size_t count) : count_(count) {
        need(cudaMalloc(&address_, bytes() > 0 ? bytes() : 1), "cudaMalloc");
    }
    explicit Memory(const std::vector<T>& values) : Memory(values.size()) { write(values); }
    ~Memory() { cudaFree(address_); }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    void write(const std::vector<T>& values) {
        need(cudaMemcpyAsync(address_, values.data(), bytes(), cudaMemcpyHostToDevice, cuda_stream()), "copy");
        wait();
    }

    std::vector<T> read() const {
        std::vector<T> values(count_);
        need(cudaMemcpyAsync(values.data(), address_, bytes(), cudaMemcpyDeviceToHost, cuda_stream()), "copy");
        wait();
        return values;
    }

    T* get() const { return static_cast<T*>(address_); }

private:
    size_t bytes() const { return count_ * sizeof(T); }

    size_t count_;
    void* address_ = nullptr;
};

/* Floats as they are in a type: what a kernel that reads them sees. */
inline std::vector<float> rounded(const std::vector<float>& values, int32_t type) {
    std::vector<float> result(values);
    for (float& value : result) {
        value = type == CONVOKE_BFLOAT16 ? portable::to_float(portable::to_bfloat16(value)) : value;
    }
    return result;
}

/* A tensor of either type on the device; floats outside. */
class Tensor {
public:
    Tensor(int32_t type, size_t count)
        : type_(type), count_(count), bytes_(count * (type == CONVOKE_BFLOAT16 ? 2 : 4)) {}
    Tensor(int32_t type, const std::vector<float>& values) : Tensor(type, values.size()) { write(values); }

    void write(const std::vector<float>& values) {
        std::vector<uint8_t> bytes;
        if (type_ == CONVOKE_BFLOAT16) {
            std::vector<Bfloat16> halves;
            for (float value : values) {
                halves.push_back(portable::to_bfloat16(value));
            }
            append(bytes, halves);
        } else {
            append(bytes, values);
        }
        bytes_.write(bytes);
    }

    std::vector<float> read() const {
        const std::vector<uint8_t> bytes = bytes_.read();
        std::vector<float> values(count_);
        if (type_ == CONVOKE_FLOAT32) {
            std::memcpy(values.data(), bytes.data(), bytes.size());
            return values;
        }
        std::vector<Bfloat16> halves(count_);
        std::memcpy(halves.data(), bytes.data(), bytes.size());
        for (size_t i = 0; i < count_; ++i) {
            values[i] = portable::to_float(halves[i]);
        }
        return values;
    }

    void* get() const { return bytes_.get(); }

private:
    int32_t type_;
    size_t count_;
    Memory<uint8_t> bytes_;
};

/* A step state at the beginning of an epoch. */
inline convoke_step_state state_at(int32_t epoch, int32_t first_position) {
    convoke_step_state state{};
    state.epoch = epoch;
    state.first_position = first_position;
    state.gradient_scale = 1.0f;
    return state;
}

#if defined(CONVOKE_PTX)
/* The order that every call runs in once more, beside lockstep; the command line names it. */
struct OtherOrder {
    ptx::Order order = ptx::Order::kBackward;
    uint32_t seed = 1;
};
inline OtherOrder other_order;
#endif

/* Makes the simulated device run the threads of a block, and the blocks, from the last to the first. */
inline void run_threads_backward(bool backward) {
#if defined(CONVOKE_PTX)
    ptx::interpreter().set_order(backward ? other_order.order : ptx::Order::kLockstep, other_order.seed);
#elif !defined(CONVOKE_REAL_GPU)
    sim_set("CONVOKE_SIM_THREAD_ORDER", backward ? "backward" : "forward");
#else
    (void)backward;
#endif
}

/*
 * Runs compute(), which returns a vector, several times; all must give the same bits, which are returned. Where there
 * is no GPU one of the times goes through the threads in another order.
 */
template <class Compute>
auto repeatedly(Check& check, const std::string& what, const Compute& compute) -> decltype(compute()) {
    const auto first = compute();
#if !defined(CONVOKE_PTX) /* where the same order gives the same bits */
    check.same_bits(compute(), first, what + ", again");
#endif
    run_threads_backward(true);
    check.same_bits(compute(), first, what + ", threads in another order");
    run_threads_backward(false);
    return first;
}

/* The queueing of a call went well. */
inline void queued(Check& check, int32_t error, const std::string& what) {
    check.that(error == 0, what + (error == 0 ? "" : std::string(": ") + convoke_cuda_error_text(error)));
}

/* A family of kernels: its checks, each in a file of its own. */
void test_library(Check& check);
void test_pipeline(Check& check);
void test_dropout(Check& check);
void test_loss_family(Check& check);
void test_parameters(Check& check);
void test_pooling(Check& check);
void test_normalization(Check& check);
void test_activation(Check& check);
void test_layout(Check& check);
void test_graph(Check& check);
void test_first_convolution(Check& check);

struct Family {
    const char* name;
    void (*test)(Check& check);
};

inline const Family kFamilies[] = {{"library", test_library},
                                   {"pipeline", test_pipeline},
                                   {"dropout", test_dropout},
                                   {"loss_family", test_loss_family},
                                   {"parameters", test_parameters},
                                   {"pooling", test_pooling},
                                   {"normalization", test_normalization},
                                   {"activation", test_activation},
                                   {"layout", test_layout},
                                   {"graph", test_graph},
                                   {"first_convolution", test_first_convolution}};

/* Bandwidth of every element-wise kernel beside that of a copy on the device, as a table. */
void measure_bandwidth();

}  // namespace convoke::test

#endif
