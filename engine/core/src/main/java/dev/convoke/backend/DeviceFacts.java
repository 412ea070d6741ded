package dev.convoke.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found and what is missing for a device on this machine; printed by {@code convoke doctor}.
 *
 * @param lines human-readable lines
 * @param values the same in machine-readable form: strings, numbers, lists and maps by name, null for what was not found;
 *     may be empty
 * @param missing why the device cannot run, one line per reason with its remedy, the first to fix first; empty if it can
 *     run
 */
public record DeviceFacts(List<Line> lines, Map<String, @Nullable Object> values, List<String> missing) {
    /** For a device that needs nothing. */
    public static final DeviceFacts NONE = new DeviceFacts(List.of(), Map.of(), List.of());

    public DeviceFacts {
        lines = List.copyOf(lines);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        missing = List.copyOf(missing);
    }

    /**
     * A line.
     *
     * @param name what it is about, such as {@code cuDNN}
     * @param text what was found, such as {@code 9.19.0}
     */
    public record Line(String name, String text) {}
}
