package dev.convoke.backend.reference;

import dev.convoke.backend.DeviceException;
import dev.convoke.plan.Precision;

/** What becomes of an op's results before the next op reads them, and of what convolutions and dense layers multiply. */
enum ReferenceRounding {
    /** Rounded to the nearest float32. */
    FLOAT32,
    /** Results rounded to the nearest float32; what is multiplied, to the nearest bfloat16, 8 bits, ties to even. */
    BFLOAT16,
    /** Kept as they are. */
    FLOAT64;

    static ReferenceRounding of(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> FLOAT32;
            case FLOAT64 -> FLOAT64;
            case BFLOAT16 -> BFLOAT16;
            case TF32 ->
                throw new DeviceException("the reference backend computes in FLOAT32, FLOAT64 or BFLOAT16, not in "
                        + precision + "; choose one of these");
        };
    }

    /** Rounds in place and returns the same array. */
    double[] round(double[] values) {
        if (this != FLOAT64) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) values[i];
            }
        }
        return values;
    }

    /** A factor of the products of a convolution or a dense layer; the array itself where it is not rounded. */
    double[] operand(double[] values) {
        if (this != BFLOAT16) {
            return values;
        }
        double[] rounded = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = bfloat16((float) values[i]);
        }
        return rounded;
    }

    private static float bfloat16(float value) {
        if (Float.isNaN(value)) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        int odd = bits >>> 16 & 1;
        return Float.intBitsToFloat(bits + 0x7FFF + odd & 0xFFFF0000);
    }
}
