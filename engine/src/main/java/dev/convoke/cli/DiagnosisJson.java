package dev.convoke.cli;

import dev.convoke.backend.cpu.CpuFacts;
import dev.convoke.backend.cuda.CudaFacts;
import dev.convoke.backend.cuda.Gpu;
import dev.convoke.sweep.Processor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A diagnosis, and a verification where there was one, as {@code doctor.schema.json} describes them. */
final class DiagnosisJson {
    /** Version of the form. */
    private static final int FORM = 1;

    private DiagnosisJson() {}

    static Map<String, @Nullable Object> of(Diagnosis found, @Nullable Verification verification) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("schema", FORM);
        all.put("convoke", Version.current());
        all.put("system", system());
        all.put("java", java());
        all.put("processor", processor(found.processor()));
        all.put("cpu", cpu(found.cpu()));
        all.put("cuda", cuda(found.cuda()));
        all.put("devices", devices(found.devices()));
        all.put("auto", auto(found));
        all.put("missing", found.missing());
        all.put("libraries", libraries(found.libraries()));
        if (verification != null) {
            all.put("verification", verification.json());
        }
        return all;
    }

    private static Map<String, @Nullable Object> system() {
        Map<String, @Nullable Object> system = new LinkedHashMap<>();
        system.put("name", System.getProperty("os.name"));
        system.put("version", System.getProperty("os.version"));
        system.put("architecture", System.getProperty("os.arch"));
        return system;
    }

    private static Map<String, @Nullable Object> java() {
        Map<String, @Nullable Object> java = new LinkedHashMap<>();
        java.put("name", System.getProperty("java.vm.name"));
        java.put("version", System.getProperty("java.version"));
        java.put("home", System.getProperty("java.home"));
        return java;
    }

    private static Map<String, @Nullable Object> processor(Processor processor) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("name", processor.name());
        entry.put("cores", processor.cores());
        entry.put("features", processor.features());
        return entry;
    }

    private static Map<String, @Nullable Object> cpu(CpuFacts cpu) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("onednn", cpu.oneDnn());
        entry.put("onednn_instruction_set", cpu.oneDnnInstructionSet());
        entry.put("kernels_instruction_set", cpu.kernelInstructionSet());
        return entry;
    }

    private static Map<String, @Nullable Object> cuda(CudaFacts cuda) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("needed", cuda.needed());
        entry.put("driver_module", cuda.driverModule());
        entry.put("driver_cuda", cuda.driverCuda());
        entry.put("runtime", cuda.runtime());
        entry.put("cudnn", cuda.cudnn());
        entry.put("cublas", cuda.cublas());
        List<Map<String, @Nullable Object>> gpus = new ArrayList<>();
        for (Gpu gpu : cuda.gpus()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("ordinal", gpu.ordinal());
            one.put("name", gpu.name());
            one.put("compute_capability", gpu.computeCapability());
            one.put("total_memory", gpu.totalMemory());
            one.put("free_memory", gpu.freeMemory());
            gpus.add(one);
        }
        entry.put("gpus", gpus);
        return entry;
    }

    private static List<Map<String, @Nullable Object>> devices(List<Diagnosis.Device> devices) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (Diagnosis.Device device : devices) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("name", device.name());
            entry.put("available", device.available());
            entry.put("detail", device.detail());
            entries.add(entry);
        }
        return entries;
    }

    private static Map<String, @Nullable Object> auto(Diagnosis found) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("device", found.automatic());
        entry.put("reason", found.reason());
        return entry;
    }

    private static List<Map<String, @Nullable Object>> libraries(List<NativeLibrary> libraries) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (NativeLibrary library : libraries) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("name", library.name());
            entry.put("origin", library.origin().text());
            entry.put("file", library.file().toString());
            entries.add(entry);
        }
        return entries;
    }
}
