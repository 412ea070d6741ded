/**
 * The CUDA backend: cuDNN for convolutions and batch normalization, cublasLt for dense layers, our own kernels for
 * everything that these do not fuse.
 *
 * <p>Activations are NHWC, convolution kernels OHWI, dense kernels [out, in] with {@code in} in H, W, C order. Descriptors,
 * algorithms, workspaces and all memory are decided when a session opens; a step makes nothing on either side of JNI. A
 * whole training step is captured as a graph once and replayed: what changes from step to step lies in a state on the
 * device, and the host reads the sums once a range.
 *
 * <p>{@code CudaRuntime} holds every call into the CUDA runtime, {@code Cudnn*} classes those into cuDNN, {@code Cublas*}
 * classes those into cublasLt; all other classes are the network and the session. Pointers are device memory unless their
 * name says host.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.backend.cuda;
