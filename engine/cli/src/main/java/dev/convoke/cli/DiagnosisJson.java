package dev.convoke.cli;

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
        for (Diagnosis.Device device : found.devices()) {
            if (!device.facts().values().isEmpty()) {
                all.put(device.name(), device.facts().values());
            }
        }
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
