package dev.convoke.parity;

import dev.convoke.model.OptimizerSpec;
import dev.convoke.plan.Precision;

/**
 * How far a device may be from the float64 oracle, as a relative distance.
 *
 * @param forward loss and activations of one step
 * @param backward gradients of one step
 * @param plain training whose step follows the gradient
 * @param adaptive training whose step is the gradient divided by its own size: one that is all rounding moves its weight as
 *     far as any other
 * @param reason why this much, and not less
 */
public record ParityTolerances(double forward, double backward, Training plain, Training adaptive, String reason) {
    private static final ParityTolerances FLOAT32 = new ParityTolerances(
            0x1p-16,
            0x1p-14,
            new Training(1e-5, 1e-4),
            new Training(1e-3, 1e-2),
            "sums of up to a few hundred products are rounded to 24 bits");

    private static final ParityTolerances TF32 = new ParityTolerances(
            0x1p-8,
            0x1p-4,
            new Training(1e-2, 5e-2),
            new Training(1e-1, 4e-1),
            "operands are rounded to 11 bits, and of windows whose two largest values are that close, one in some hundreds"
                    + " hands its gradient to another pixel");

    private static final ParityTolerances BFLOAT16 = new ParityTolerances(
            0x1p-5,
            0x1p-2,
            new Training(5e-2, 2e-1),
            new Training(2e-1, 6e-1),
            "activations and operands are rounded to 8 bits, and of windows whose two largest values are that close, one in"
                    + " some tens hands its gradient to another pixel");

    /**
     * Of training steps.
     *
     * @param lossCurve losses of the steps
     * @param parameters parameters and running statistics after them
     */
    public record Training(double lossCurve, double parameters) {}

    /** Those of a precision. */
    public static ParityTolerances of(Precision precision) {
        return switch (precision) {
            case FLOAT32, FLOAT64 -> FLOAT32;
            case TF32 -> TF32;
            case BFLOAT16 -> BFLOAT16;
        };
    }

    /** Those of training with that optimizer. */
    Training of(OptimizerSpec optimizer) {
        return optimizer instanceof OptimizerSpec.Sgd ? plain : adaptive;
    }
}
