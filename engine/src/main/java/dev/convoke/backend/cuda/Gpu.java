package dev.convoke.backend.cuda;

import java.util.Locale;

/**
 * A GPU as the driver describes it.
 *
 * @param ordinal as {@code --device cuda:N} counts
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param computeMajor compute capability, before the dot
 * @param computeMinor compute capability, after the dot
 * @param totalMemory bytes
 * @param freeMemory bytes
 */
public record Gpu(int ordinal, String name, int computeMajor, int computeMinor, long totalMemory, long freeMemory) {
    private static final double GIBIBYTE = 1L << 30;

    /** Such as {@code 9.0}. */
    public String computeCapability() {
        return computeMajor + "." + computeMinor;
    }

    boolean isAtLeast(int major, int minor) {
        return computeMajor > major || (computeMajor == major && computeMinor >= minor);
    }

    /** Name, compute capability and memory, for people. */
    public String describe() {
        return String.format(
                Locale.ROOT, "%s (compute capability %s, %.1f GiB)", name, computeCapability(), totalMemory / GIBIBYTE);
    }
}
