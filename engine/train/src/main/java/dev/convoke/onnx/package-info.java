/** Trained networks in the ONNX format, for engines that answer. */
@org.jspecify.annotations.NullMarked
package dev.convoke.onnx;
