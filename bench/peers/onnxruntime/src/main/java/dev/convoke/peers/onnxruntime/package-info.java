/** Inference of an exported model on ONNX Runtime. */
@org.jspecify.annotations.NullMarked
package dev.convoke.peers.onnxruntime;
