/** One run: epochs, metrics, early stopping, checkpoints. */
@org.jspecify.annotations.NullMarked
package dev.convoke.train;
