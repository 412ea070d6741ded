/**
 * The reference implementation: every op in plain loops that can be compared with a textbook, optionally in float64.
 *
 * <p>Tensors are {@code double[]} in canonical layout, {@code [N, C, H, W]} or {@code [N, C]}; each op is a class of pure
 * functions. In float32 mode the arithmetic inside an op is still float64, and its result is rounded to float32: a float32
 * result has one rounding per op, independent of the number of terms in its sums.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.backend.reference;
