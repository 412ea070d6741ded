package dev.convoke.backend.cuda;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A GPU as the driver describes it.
 *
 * @param ordinal as {@code --device cuda:N} counts
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param computeMajor compute capability, before the dot
 * @param computeMinor compute capability, after the dot
 * @param totalMemory bytes
 */
record Gpu(int ordinal, String name, int computeMajor, int computeMinor, long totalMemory) {
    private static final double GIBIBYTE = 1L << 30;

    /** Such as {@code 9.0}. */
    String computeCapability() {
        return computeMajor + "." + computeMinor;
    }

    boolean isAtLeast(int major, int minor) {
        return computeMajor > major || (computeMajor == major && computeMinor >= minor);
    }

    /** Name, compute capability and memory in readable form. */
    String describe() {
        return String.format(
                Locale.ROOT, "%s (compute capability %s, %.1f GiB)", name, computeCapability(), totalMemory / GIBIBYTE);
    }

    /** The same for programs; memory in bytes. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("ordinal", ordinal);
        values.put("name", name);
        values.put("compute_capability", computeCapability());
        values.put("total_memory", totalMemory);
        return values;
    }
}
