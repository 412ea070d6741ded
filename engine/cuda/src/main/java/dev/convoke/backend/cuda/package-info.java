/**
 * The CUDA backend: cuDNN for convolutions and batch normalization, cublasLt for dense layers, our own kernels for
 * everything that these do not fuse.
 *
 * <p>Activations are NHWC, convolution kernels OHWI, dense kernels [out, in] with {@code in} in H, W, C order. Descriptors,
 * algorithms, workspaces and all memory are created when a session opens; a step allocates nothing in Java or native code.
 * A whole training step is captured as a graph once and replayed: values that change from step to step are in a state on
 * the device, and the host reads the sums once per range.
 *
 * <p>{@code CudaRuntime} holds every call into the CUDA runtime, {@code Cudnn*} classes those into cuDNN, {@code Cublas*}
 * classes those into cublasLt; all other classes are the network and the session. Pointers are device memory unless their
 * name says host.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.backend.cuda;
