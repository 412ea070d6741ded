/** The bench's work on TensorFlow, through TensorFlow Java. */
@org.jspecify.annotations.NullMarked
package dev.convoke.peers.tensorflow;
