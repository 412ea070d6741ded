/**
 * What the backends share that keep activations NHWC in native memory: networks, layers, buffers, arenas, traces and states,
 * above a small port of the device.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.backend.graph;
