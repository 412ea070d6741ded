/** Export of trained networks to ONNX, for inference engines. */
@org.jspecify.annotations.NullMarked
package dev.convoke.onnx;
