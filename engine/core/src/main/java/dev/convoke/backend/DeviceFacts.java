package dev.convoke.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a device a machine has, and what it lacks; {@code convoke doctor} prints it.
 *
 * @param lines for people
 * @param values the same for programs: strings, numbers, lists and maps by name, null for what was not found; empty where
 *     there is nothing to say
 * @param missing why the device cannot run, a line each with its remedy, the first to mend first; empty where it can
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
