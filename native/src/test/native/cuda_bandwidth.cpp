/*
 * How near the kernels that only move data come to a copy on the same device: bytes read and written, by the formula of
 * each, over the time of the fastest of several runs. 64 MiB and more a tensor, so that the cache does not help.
 */
#include <algorithm>
#include <functional>

#include "cuda_test.h"

namespace convoke::test {
namespace {

constexpr size_t kBytes = size_t{64} << 20;
constexpr int kRuns = 20;

/* Seconds of the fastest run, by the device's own clock. */
double fastest(const std::function<int32_t()>& queue) {
    cudaEvent_t start, end;
    need(cudaEventCreate(&start), "cudaEventCreate");
    need(cudaEventCreate(&end), "cudaEventCreate");
    float best = 1e30f;
    for (int run = 0; run < kRuns; ++run) {
        float milliseconds = 0.0f;
        need(cudaEventRecord(start, cuda_stream()), "cudaEventRecord");
        need(queue(), "kernel");
        need(cudaEventRecord(end, cuda_stream()), "cudaEventRecord");
        need(cudaEventSynchronize(end), "cudaEventSynchronize");
        need(cudaEventElapsedTime(&milliseconds, start, end), "cudaEventElapsedTime");
        best = std::min(best, milliseconds);
    }
    cudaEventDestroy(start);
    cudaEventDestroy(end);
    return best * 1e-3;
}

/* A row of the table; `tensors` is how many times kBytes go over the memory bus. */
void report(const char* name, const char* type, double tensors, double of_copy, const std::function<int32_t()>& queue) {
    const double rate = tensors * static_cast<double>(kBytes) / fastest(queue);
    std::printf("%-34s %-9s %8.0f GB/s  %5.1f %% of a copy\n", name, type, rate * 1e-9, 100.0 * rate / of_copy);
}

/* Every tensor of the run, each of kBytes. */
struct Buffers {
    Memory<uint8_t> a{kBytes};
    Memory<uint8_t> b{kBytes};
    Memory<uint8_t> c{kBytes};
    Memory<uint8_t> d{kBytes};
    Memory<uint8_t> workspace{size_t{4} << 20};
    Memory<convoke_step_state> state{std::vector<convoke_step_state>{state_at(0, 0)}};

    Buffers() {
        const std::vector<uint8_t> ones(kBytes, 0x3c); /* 0.0115 in both types */
        for (Memory<uint8_t>* tensor : {&a, &b, &c, &d}) {
            tensor->write(ones);
        }
    }
};

void element_wise(Buffers& m, int32_t type, double of_copy) {
    const char* name = name_of(type);
    const int32_t width = type == CONVOKE_BFLOAT16 ? 2 : 4;
    const int64_t count = static_cast<int64_t>(kBytes) / width;
    const int32_t channels = 128;
    const int32_t rows = static_cast<int32_t>(count / channels);
    const int32_t pixels = 64;
    const uint32_t threshold = 1u << 22;
    Memory<float> bias(std::vector<float>(channels, 0.5f));
    report("activation (ReLU)", name, 2, of_copy, [&] {
        return convoke_cuda_activation_forward(type, CONVOKE_RELU, m.a.get(), m.b.get(), count, 0, stream());
    });
    report("activation backward (ReLU)", name, 3, of_copy, [&] {
        return convoke_cuda_activation_backward(type, CONVOKE_RELU, m.a.get(), m.b.get(), m.c.get(), m.d.get(), count,
                                                0, stream());
    });
    report("activation (GELU)", name, 2, of_copy, [&] {
        return convoke_cuda_activation_forward(type, CONVOKE_GELU, m.a.get(), m.b.get(), count, 0, stream());
    });
    report("bias", name, 2, of_copy,
           [&] { return convoke_cuda_add_bias(type, m.a.get(), bias.get(), rows, channels, m.b.get(), stream()); });
    report("bias, ReLU, dropout", name, 2, of_copy, [&] {
        return convoke_cuda_bias_relu_dropout_forward(type, m.a.get(), bias.get(), m.b.get(), rows, channels, 1,
                                                      m.state.get(), 0, threshold, 1.25f, stream());
    });
    report("dropout of pictures", name, 2, of_copy, [&] {
        return convoke_cuda_dropout(type, m.a.get(), m.b.get(), rows / pixels, channels, pixels, 1, m.state.get(), 0,
                                    threshold, 1.25f, stream());
    });
    report("ReLU, dropout backward", name, 3, of_copy, [&] {
        return convoke_cuda_relu_dropout_backward(type, m.a.get(), m.b.get(), m.c.get(), count, 1.25f, stream());
    });
    report("column sums", name, 1, of_copy, [&] {
        return convoke_cuda_column_sums(type, m.a.get(), rows, channels, bias.get(), m.workspace.get(), m.state.get(),
                                        stream());
    });
    const int32_t side = 8;
    const int32_t pictures = rows / side / side;
    /* y is a quarter of x, its codes an eighth or a sixteenth of that again. */
    const double pooled = 1.25 + 0.25 / width;
    report("bias, ReLU, max pooling 2x2", name, pooled, of_copy, [&] {
        return convoke_cuda_relu_max_pool_forward(type, m.a.get(), bias.get(), pictures, side, side, channels,
                                                  m.b.get(), m.c.get(), stream());
    });
    report("the same backward, with dbias", name, pooled, of_copy, [&] {
        return convoke_cuda_relu_max_pool_backward(type, m.b.get(), m.c.get(), pictures, side, side, channels,
                                                   m.a.get(), bias.get(), m.workspace.get(), m.state.get(), stream());
    });
}

void optimizers(Buffers& m, double of_copy) {
    const int64_t size = static_cast<int64_t>(kBytes / sizeof(float));
    const Memory<convoke_parameter> range(std::vector<convoke_parameter>{{0, size, 0, 0, 0, 1.0f, 0, 0}});
    const Memory<convoke_step_plan> plans(std::vector<convoke_step_plan>{{1e-3f, 1e-3f, 1.0f, 1}});
    const auto update = [&](int32_t kind) {
        const convoke_cuda_update_rule rule{kind, 0, 0, 0, 0, 0, 0.9f, 0.999f, 1e-7f, 0, 0, 0};
        return convoke_cuda_parameters_update(&rule, reinterpret_cast<float*>(m.a.get()),
                                              reinterpret_cast<float*>(m.b.get()), reinterpret_cast<float*>(m.c.get()),
                                              reinterpret_cast<float*>(m.d.get()), nullptr, nullptr, range.get(), 1,
                                              size, plans.get(), 1, 32, m.workspace.get(), m.state.get(), stream());
    };
    report("optimizer (SGD)", "float32", 3, of_copy, [&] { return update(CONVOKE_SGD); });
    report("optimizer (Adam)", "float32", 7, of_copy, [&] { return update(CONVOKE_ADAM); });
}

}  // namespace

void measure_bandwidth() {
    convoke_cuda_device device{};
    need(convoke_cuda_device_facts(0, &device), "device facts");
    Buffers buffers;
    const auto copy = [&] {
        return static_cast<int32_t>(
            cudaMemcpyAsync(buffers.b.get(), buffers.a.get(), kBytes, cudaMemcpyDeviceToDevice, cuda_stream()));
    };
    const double of_copy = 2.0 * static_cast<double>(kBytes) / fastest(copy);
    std::printf("%s; tensors of %zu MiB, fastest of %d runs; a copy on the device: %.0f GB/s\n", device.name,
                kBytes >> 20, kRuns, of_copy * 1e-9);
    for (int32_t type : kTypes) {
        element_wise(buffers, type, of_copy);
    }
    optimizers(buffers, of_copy);
}

}  // namespace convoke::test
