package dev.convoke.backend;

import java.util.List;

/**
 * Measured peak performance of a device for the roofline model: an op is bounded by arithmetic and by memory bandwidth
 * (Williams, Waterman, Patterson 2009, "Roofline").
 *
 * @param arithmetic description of the arithmetic measurement
 * @param flopsPerSecond peak of multiply-adds in the requested precision, two operations each
 * @param copies memory copies of increasing size; the last is larger than all caches
 * @param callNanos overhead of an empty call from Java into native code
 */
public record Roof(String arithmetic, double flopsPerSecond, List<Copy> copies, double callNanos) {
    /**
     * A memory copy.
     *
     * @param bytes moved, those read and those written
     * @param bytesPerSecond the same by time
     */
    public record Copy(long bytes, double bytesPerSecond) {}

    public Roof {
        copies = List.copyOf(copies);
        if (copies.isEmpty()) {
            throw new IllegalArgumentException("a roof needs a memory copy");
        }
    }

    /** Bytes a second of a copy that moves about as much: the smallest measured that moves {@code bytes}, else the last. */
    public double bytesPerSecond(double bytes) {
        for (Copy copy : copies) {
            if (copy.bytes() >= bytes) {
                return copy.bytesPerSecond();
            }
        }
        return memoryBytesPerSecond();
    }

    /** Bytes a second of the copy beyond every cache. */
    public double memoryBytesPerSecond() {
        return copies.get(copies.size() - 1).bytesPerSecond();
    }

    /** Bytes a second of the fastest copy. */
    public double cacheBytesPerSecond() {
        return copies.stream().mapToDouble(Copy::bytesPerSecond).max().orElseThrow();
    }

    /** The most that work of {@code flops} operations over {@code bytes} bytes can attain, operations a second. */
    public double attainable(double flops, double bytes) {
        return Math.min(flopsPerSecond, flops / bytes * bytesPerSecond(bytes));
    }
}
