/** The bench's work on libtorch, PyTorch's C++ library, through JavaCPP's binding. */
@org.jspecify.annotations.NullMarked
package dev.convoke.peers.libtorch;
