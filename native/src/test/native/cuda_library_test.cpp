/* Versions, device facts, error texts; what is refused; a captured step replayed. */
#include "cuda_test.h"

namespace convoke::test {
namespace {

void facts(Check& check) {
    check.that(convoke_cuda_abi_version() == CONVOKE_CUDA_ABI_VERSION, "ABI version");
    int32_t count = 0;
    queued(check, convoke_cuda_device_count(&count), "device count");
    check.that(count >= 1, "there is a device");
    int32_t driver = 0;
    queued(check, convoke_cuda_driver_version(&driver), "driver version");
    convoke_cuda_device device{};
    queued(check, convoke_cuda_device_facts(0, &device), "device facts");
    check.that(std::strlen(device.name) > 0 && device.multiprocessors > 0, "name and multiprocessors");
    check.that(device.compute_major * 10 + device.compute_minor >= 75, "compute capability");
    check.that(device.driver_version == driver && device.runtime_version >= 12000, "versions");
    check.that(device.total_memory > 0, "memory");
    queued(check, convoke_cuda_use_device(0), "the first device is used");
    check.that(convoke_cuda_use_device(count) != 0, "a device that is not there is refused");
    const int32_t no_device = 100;
    check.that(std::string(convoke_cuda_error_text(no_device)).find("cudaErrorNoDevice: ") == 0, "error text");
}

/* Refused without being queued: a call that would read past an alignment, or a shape that no kernel serves. */
void refusals(Check& check) {
    Tensor x(CONVOKE_FLOAT32, std::vector<float>(64));
    Memory<float> kernel(27), bias(3);
    const int32_t invalid_value = 1;
    float* inner = static_cast<float*>(x.get()) + 1;
    check.that(
        convoke_cuda_activation_forward(CONVOKE_FLOAT32, CONVOKE_RELU, inner, inner, 8, 0, stream()) == invalid_value,
        "a tensor that is not aligned is refused");
    check.that(convoke_cuda_first_convolution_forward(CONVOKE_FLOAT32, x.get(), kernel.get(), bias.get(), 1, 8, 8, 3, 1,
                                                      x.get(), nullptr, stream()) == invalid_value,
               "three filters are refused");
#if !defined(CONVOKE_REAL_GPU)
    check.that(convoke_cuda_activation_forward(CONVOKE_FLOAT32, CONVOKE_RELU, x.get(), x.get(), 65, 0, stream()) ==
                   invalid_value,
               "memory that is too short is refused");
    std::vector<char> text(4096);
    sim_violations(text.data(), text.size());
    check.that(std::string(text.data()).find("x is not aligned to 16 bytes") != std::string::npos, "which alignment");
    check.that(std::string(text.data()).find("convoke_cuda_activation_forward") != std::string::npos, "which call");
    sim_clear_violations();
#endif
}

/* What changes from step to step lies on the device: the same graph, replayed, goes through the epoch. */
void replay(Check& check) {
    Memory<convoke_step_state> state(std::vector<convoke_step_state>{state_at(3, 40)});
    /* Launched once before it is captured, as older drivers want it. */
    Memory<convoke_step_state> other(std::vector<convoke_step_state>{state_at(0, 0)});
    queued(check, convoke_cuda_advance(other.get(), 1, stream()), "advance is launched");
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t executable = nullptr;
    need(cudaStreamBeginCapture(cuda_stream(), cudaStreamCaptureModeThreadLocal), "capture");
    queued(check, convoke_cuda_advance(state.get(), check.planted() ? 31 : 32, stream()), "advance is captured");
    need(cudaStreamEndCapture(cuda_stream(), &graph), "end of capture");
    need(cudaGraphInstantiate(&executable, graph, 0), "cudaGraphInstantiate");
    for (int step = 0; step < 5; ++step) {
        need(cudaGraphLaunch(executable, cuda_stream()), "cudaGraphLaunch");
    }
    const convoke_step_state after = state.read()[0];
    check.that(after.step == 5 && after.images == 160 && after.first_position == 200 && after.epoch == 3,
               "five steps are replayed");
    cudaGraphExecDestroy(executable);
    cudaGraphDestroy(graph);
}

}  // namespace

void test_library(Check& check) {
    facts(check);
    refusals(check);
    replay(check);
}

}  // namespace convoke::test
