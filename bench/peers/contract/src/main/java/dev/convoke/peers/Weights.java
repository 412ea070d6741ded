package dev.convoke.peers;

/**
 * One named tensor in the exchange format: kernels OIHW, dense [out, in], the rest [C].
 *
 * @param name layer and role: {@code conv1/kernel}, {@code conv1/bias}, {@code batch_norm/gamma}, {@code beta},
 *     {@code running_mean}, {@code running_variance}
 * @param shape sizes of the axes, outermost first
 * @param values in row-major order
 */
public record Weights(String name, int[] shape, float[] values) {}
