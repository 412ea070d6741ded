/**
 * The CPU backend: oneDNN for convolutions and dense layers, our own kernels for everything else and, if they support the
 * shape, for whole groups of convolution, ReLU and pooling.
 *
 * <p>Activations are NHWC, convolution kernels OHWI, dense kernels [out, in] with {@code in} in H, W, C order. All memory
 * and all oneDNN primitives are created when a session opens; a step allocates nothing. {@code Dnnl*} classes hold every
 * call into oneDNN, {@code Cpu*} classes the network.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.backend.cpu;
