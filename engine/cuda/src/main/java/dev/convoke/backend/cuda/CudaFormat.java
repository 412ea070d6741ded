package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Precision;

/** Number format of activations, and of the kernels that a product reads. */
enum CudaFormat {
    FLOAT32(Float.BYTES),
    BFLOAT16(Short.BYTES);

    private static final int BFLOAT16_SHIFT = 16; // a bfloat16 is the upper half of a float32

    private final int bytes;

    CudaFormat(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The format of a precision.
     *
     * @throws DeviceException if the device does not compute in it
     */
    static CudaFormat of(Precision precision) {
        return switch (precision) {
            case FLOAT32, TF32 -> FLOAT32;
            case BFLOAT16 -> BFLOAT16;
            case FLOAT64 ->
                throw new DeviceException(
                        "device 'cuda' computes in FLOAT32, TF32 or BFLOAT16, not in FLOAT64; choose one of these");
        };
    }

    /** Bytes of a value. */
    int bytes() {
        return bytes;
    }

    /** How our kernels name it. */
    int code() {
        return this == FLOAT32 ? CudaKernels.FLOAT32 : CudaKernels.BFLOAT16;
    }

    /** Converts the bits of a bfloat16 to a float. */
    static float widen(short bits) {
        return Float.intBitsToFloat(bits << BFLOAT16_SHIFT);
    }
}
