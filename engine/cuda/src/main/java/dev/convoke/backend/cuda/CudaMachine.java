package dev.convoke.backend.cuda;

import java.util.Optional;

/** What the probe asks of a machine; the tests' machines lack whatever a test wants them to lack. */
interface CudaMachine {
    /** The driver's kernel module, such as {@code 580.65.06}; empty where none is loaded. */
    Optional<String> driverModule();

    /**
     * Asks our kernel library, which has a CUDA runtime of its own, for what the driver offers.
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

    /** Where else on the machine libraries may lie. */
    LibrarySearch search();

    /**
     * The driver's answer.
     *
     * @param version newest CUDA version that it serves, 13000 for 13.0; 0 where there is no driver
     * @param devices how many GPUs it offers
     * @param error why it offers none, with CUDA's name for it; empty where there was no error
     */
    record Driver(int version, int devices, String error) {}
}
