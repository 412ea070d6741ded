package dev.convoke.report.measure;

import dev.convoke.sweep.SweepResults.RunResults;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of a run, one value a key: {@code augmentation.rotation} for an entry of a map, lists as words. */
public final class FlatSettings {
    private FlatSettings() {}

    /** In the order of the suite. */
    public static Map<String, Object> of(RunResults run) {
        return of(run.parameters());
    }

    /** The same of parameters by key, in their order. */
    static Map<String, Object> of(Map<String, Object> parameters) {
        Map<String, Object> flat = new LinkedHashMap<>();
        parameters.forEach((key, value) -> put(flat, key, value));
        return flat;
    }

    private static void put(Map<String, Object> flat, String key, @Nullable Object value) {
        if (value instanceof Map<?, ?> entries) {
            entries.forEach((name, entry) -> put(flat, key + "." + name, entry));
        } else {
            flat.put(key, value instanceof List<?> items ? words(items) : Objects.requireNonNullElse(value, "none"));
        }
    }

    private static String words(List<?> items) {
        return items.stream().map(FlatSettings::words).collect(Collectors.joining("; "));
    }

    private static String words(Object item) {
        return item instanceof Map<?, ?> entries
                ? entries.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "))
                : String.valueOf(item);
    }
}
