package dev.convoke.model;

/**
 * A tensor that a layer brings along.
 *
 * @param role what it is for
 * @param shape canonical: kernels OIHW, dense [out, in] with {@code in} in C, H, W order, the rest [C]
 */
public record Parameter(Role role, TensorShape shape) {}
