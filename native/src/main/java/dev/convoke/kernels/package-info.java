/**
 * Our own native kernels: the JavaCPP bindings of their C ABI, and how the libraries are found.
 *
 * <p>{@link dev.convoke.kernels.Kernels} and {@link dev.convoke.kernels.CudaKernels} have one static method for each
 * function of {@code kernels.h} and {@code cuda_kernels.h}, from which the build writes them ({@code src/bindings}). The
 * CPU kernels are built for a baseline and pick their instruction set at run time.
 */
@NullMarked
package dev.convoke.kernels;

import org.jspecify.annotations.NullMarked;
