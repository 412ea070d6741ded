package dev.convoke.backend.cuda;

/** A component that a probe found missing; the message is for the user. */
final class CudaProbeException extends RuntimeException {
    CudaProbeException(String message) {
        super(message);
    }
}
