package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Precision;
import java.nio.charset.StandardCharsets;

/**
 * A GPU.
 *
 * @param ordinal its number, from 0, among those that the driver offers
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param computeMajor compute capability, before the dot
 * @param computeMinor compute capability, after the dot
 */
record CudaDevice(int ordinal, String name, int computeMajor, int computeMinor) {
    // Ampere, the first whose tensor cores multiply in either format.
    private static final int SHORT_PRODUCTS = 8;

    /** The device of that number, which is there. */
    static CudaDevice of(int ordinal) {
        try (CudaKernels.CudaDevice facts = new CudaKernels.CudaDevice()) {
            CudaRuntime.check(
                    CudaKernels.deviceFacts(ordinal, facts), "convoke_cuda_device_facts", "device " + ordinal);
            return new CudaDevice(
                    ordinal,
                    facts.name().getString(StandardCharsets.UTF_8),
                    facts.computeMajor(),
                    facts.computeMinor());
        }
    }

    /**
     * Refuses a precision that the GPU does not compute in.
     *
     * @throws DeviceException saying what would serve
     */
    void check(Precision precision) {
        boolean isShort = precision == Precision.BFLOAT16 || precision == Precision.TF32;
        if (isShort && computeMajor < SHORT_PRODUCTS) {
            throw new DeviceException(CudaFailure.noPrecision(this, precision));
        }
    }

    /** Makes it the device of the calling thread: for the bindings' CUDA runtime, and for our kernels', which is another. */
    void use() {
        CudaRuntime.setDevice(ordinal);
        CudaRuntime.check(CudaKernels.useDevice(ordinal), "convoke_cuda_use_device", "device " + ordinal);
    }
}
