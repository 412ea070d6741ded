package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import java.nio.charset.StandardCharsets;

/**
 * A GPU.
 *
 * @param ordinal its number, from 0, among those that the driver offers
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 */
record CudaDevice(int ordinal, String name) {
    /** The device of that number, which is there. */
    static CudaDevice of(int ordinal) {
        try (CudaKernels.CudaDevice facts = new CudaKernels.CudaDevice()) {
            CudaRuntime.check(
                    CudaKernels.deviceFacts(ordinal, facts), "convoke_cuda_device_facts", "device " + ordinal);
            return new CudaDevice(ordinal, facts.name().getString(StandardCharsets.UTF_8));
        }
    }

    /** Makes it the device of the calling thread. */
    void use() {
        CudaRuntime.setDevice(ordinal);
    }
}
