package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found and what is missing for CUDA on this machine.
 *
 * @param driverModule the driver's kernel module, such as {@code 580.65.06}; null where none is loaded
 * @param driverCuda newest CUDA version that the driver supports, such as {@code 13.0}; null if unknown
 * @param gpus every GPU of the machine
 * @param runtime version of the CUDA runtime that was loaded; null where it was not
 * @param cudnn version of cuDNN that was loaded; null where it was not
 * @param cublas version of cuBLAS that was loaded; null where it was not
 * @param needed the major version of CUDA that this build needs
 * @param missing why CUDA cannot be used, one line per reason, the first to fix first; empty if it can
 */
record CudaFacts(
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

    /** Where nothing could be asked, for this reason. */
    static CudaFacts unknown(int needed, String reason) {
        return new CudaFacts(null, null, List.of(), null, null, null, needed, List.of(reason));
    }

    /** For {@code convoke doctor}. */
    DeviceFacts toDeviceFacts() {
        return new DeviceFacts(lines(), values(), missing);
    }

    private List<DeviceFacts.Line> lines() {
        List<DeviceFacts.Line> lines = new ArrayList<>();
        lines.add(new DeviceFacts.Line("NVIDIA driver", driver()));
        for (Gpu gpu : gpus) {
            lines.add(new DeviceFacts.Line("GPU " + gpu.ordinal(), gpu.describe()));
        }
        if (gpus.isEmpty()) {
            lines.add(new DeviceFacts.Line("GPU", "none"));
        }
        lines.add(new DeviceFacts.Line("CUDA runtime", orNot(runtime) + ", this build needs " + needed));
        lines.add(new DeviceFacts.Line("cuDNN", orNot(cudnn)));
        lines.add(new DeviceFacts.Line("cuBLAS", orNot(cublas)));
        return lines;
    }

    private String driver() {
        List<String> driver = new ArrayList<>();
        if (driverModule != null) {
            driver.add("kernel module " + driverModule);
        }
        if (driverCuda != null) {
            driver.add("supports CUDA " + driverCuda);
        }
        return driver.isEmpty() ? "none" : String.join(", ", driver);
    }

    private static String orNot(@Nullable String version) {
        return version == null ? "not loaded" : version;
    }

    private Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("needed", needed);
        values.put("driver_module", driverModule);
        values.put("driver_cuda", driverCuda);
        values.put("runtime", runtime);
        values.put("cudnn", cudnn);
        values.put("cublas", cublas);
        values.put("gpus", gpus.stream().map(Gpu::values).toList());
        return values;
    }
}
