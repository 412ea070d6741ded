package dev.convoke.backend.cuda;

/** Something that a probe found missing; the message is the line for people. */
final class CudaProbeException extends RuntimeException {
    CudaProbeException(String message) {
        super(message);
    }
}
