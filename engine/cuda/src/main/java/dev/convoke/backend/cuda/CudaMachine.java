package dev.convoke.backend.cuda;

import java.util.Optional;

/** The machine as the probe sees it; tests use machines that lack certain components. */
interface CudaMachine {
    /** The driver's kernel module, such as {@code 580.65.06}; empty where none is loaded. */
    Optional<String> driverModule();

    /**
     * Queries the driver through our kernel library, which has its own CUDA runtime.
     *
     * @throws LinkageError if the library is not in this build
     */
    Driver driver();

    /**
     * Facts of a GPU.
     *
     * @throws CudaProbeException if the driver refuses
     */
    Gpu gpu(int ordinal);

    /**
     * Loads NVIDIA's libraries. Only to be called where there is a GPU: without a driver, touching a binding fails, and in
     * another way every time.
     *
     * @throws LinkageError if one of them is missing
     */
    CudaLibraryVersions libraries();

    /** Other folders of the machine that may contain libraries. */
    LibrarySearch search();

    /**
     * The driver's response.
     *
     * @param version newest CUDA version that it supports, 13000 for 13.0; 0 without a driver
     * @param devices number of GPUs
     * @param error CUDA's error message; empty if there was no error
     */
    record Driver(int version, int devices, String error) {}
}
