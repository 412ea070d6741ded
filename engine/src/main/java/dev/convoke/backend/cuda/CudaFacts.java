package dev.convoke.backend.cuda;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of CUDA a machine has, and what it lacks.
 *
 * @param driverModule the driver's kernel module, such as {@code 580.65.06}; null where none is loaded
 * @param driverCuda newest CUDA version that the driver serves, such as {@code 13.0}; null where that is not known
 * @param gpus every GPU of the machine
 * @param runtime version of the CUDA runtime that was loaded; null where it was not
 * @param cudnn version of cuDNN that was loaded; null where it was not
 * @param cublas version of cuBLAS that was loaded; null where it was not
 * @param needed the major version of CUDA that this build needs
 * @param missing why CUDA cannot serve, a line each, the first to mend first; empty where it can
 */
public record CudaFacts(
        @Nullable String driverModule,
        @Nullable String driverCuda,
        List<Gpu> gpus,
        @Nullable String runtime,
        @Nullable String cudnn,
        @Nullable String cublas,
        int needed,
        List<String> missing) {
    public CudaFacts {
        gpus = List.copyOf(gpus);
        missing = List.copyOf(missing);
    }
}
