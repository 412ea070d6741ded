/** The bench's work on PyTorch, through the Deep Java Library. */
@org.jspecify.annotations.NullMarked
package dev.convoke.peers.djl;
