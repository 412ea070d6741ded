package dev.convoke.parity;

import dev.convoke.plan.Precision;

/**
 * How far a device may be from the float64 oracle, as a relative distance.
 *
 * @param forward loss and activations of one step
 * @param backward gradients of one step
 * @param lossCurve losses of some training steps
 * @param parameters state after them
 * @param reason why this much, and not less
 */
public record ParityTolerances(
        double forward, double backward, double lossCurve, double parameters, String reason) {
    private static final ParityTolerances FLOAT32 = new ParityTolerances(
            0x1p-16,
            0x1p-14,
            1e-4,
            1e-2,
            "sums of up to a few hundred products, each rounded to 24 bits; Adam divides a gradient by its own size, so"
                    + " that one that is all rounding moves its weight as far as any other");

    private static final ParityTolerances TF32 = new ParityTolerances(
            0x1p-8,
            0x1p-4,
            2e-2,
            1e-1,
            "operands rounded to 11 bits; of windows whose two largest values are that close, one in some hundreds hands"
                    + " its gradient to another pixel");

    private static final ParityTolerances BFLOAT16 = new ParityTolerances(
            0x1p-5,
            0x1p-2,
            1e-1,
            3e-1,
            "activations and operands rounded to 8 bits; of windows whose two largest values are that close, one in some"
                    + " tens hands its gradient to another pixel");

    /** Those of a precision. */
    public static ParityTolerances of(Precision precision) {
        return switch (precision) {
            case FLOAT32, FLOAT64 -> FLOAT32;
            case TF32 -> TF32;
            case BFLOAT16 -> BFLOAT16;
        };
    }
}
