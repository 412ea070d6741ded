/** Epoch order and augmentation parameters: pure functions of seed, epoch and position. */
@org.jspecify.annotations.NullMarked
package dev.convoke.pipeline;
