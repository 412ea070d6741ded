/**
 * The oracle: every op in plain loops that can be held against a textbook, in float64 where asked.
 *
 * <p>Tensors are {@code double[]} in canonical layout, {@code [N, C, H, W]} or {@code [N, C]}; each op is a class of pure
 * functions. In float32 mode the arithmetic inside an op is still float64, and what the op gives is rounded to float32:
 * so a float32 result carries one rounding an op, whatever the number of terms in its sums.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.backend.reference;
