package dev.convoke.report.profile;

/**
 * What a part of a step has to do, by the model of {@link WorkModel}.
 *
 * @param flops floating-point operations
 * @param bytes read and written
 */
public record Work(double flops, double bytes) {
    /** Operations a byte: what decides whether arithmetic or memory is the limit. */
    public double intensity() {
        return flops / bytes;
    }

    Work plus(Work other) {
        return new Work(flops + other.flops, bytes + other.bytes);
    }
}
