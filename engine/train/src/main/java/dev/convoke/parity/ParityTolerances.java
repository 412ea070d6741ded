package dev.convoke.parity;

import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.plan.Precision;

/**
 * Allowed relative distance of a device from the float64 reference.
 *
 * @param forward loss and activations of one step, without batch normalization
 * @param backward gradients of one step, without batch normalization
 * @param plain training whose step follows the gradient
 * @param adaptive training whose step is the gradient divided by its own magnitude, so that a gradient of rounding errors
 *     moves its weight as far as any other
 * @param reason justification of the size
 */
public record ParityTolerances(double forward, double backward, Training plain, Training adaptive, String reason) {
    private static final ParityTolerances FLOAT32 = new ParityTolerances(
            0x1p-16,
            0x1p-14,
            new Training(1e-4, 2e-2),
            new Training(1e-3, 5e-2),
            "sums of up to a few hundred products are rounded to 24 bits, and of windows whose two largest values are that"
                    + " close, one in some millions passes its gradient to another pixel");

    private static final ParityTolerances TF32 = new ParityTolerances(
            0x1p-8,
            0x1p-4,
            new Training(3e-2, 3e-1),
            new Training(1e-1, 4e-1),
            "operands are rounded to 11 bits, and of windows whose two largest values are that close, one in some hundreds"
                    + " passes its gradient to another pixel");

    private static final ParityTolerances BFLOAT16 = new ParityTolerances(
            0x1p-5,
            0x1p-2,
            new Training(1e-1, 5e-1),
            new Training(2e-1, 6e-1),
            "activations and operands are rounded to 8 bits, and of windows whose two largest values are that close, one in"
                    + " some tens passes its gradient to another pixel");

    /** Batch normalization divides by how little a channel varies, and a rounding with it. */
    private static final double NORMALIZING = 3;

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

    /** Of the forward pass of that network. */
    double forward(ModelSpec model) {
        return forward * factor(model);
    }

    /** Of the backward pass of that network. */
    double backward(ModelSpec model) {
        return backward * factor(model);
    }

    private static double factor(ModelSpec model) {
        boolean normalizes =
                model.layers().stream().anyMatch(layer -> layer.kind().group() == Layer.Group.NORMALIZATION);
        return normalizes ? NORMALIZING : 1;
    }

    /** Those of training with that optimizer. */
    Training of(Optimizer optimizer) {
        return optimizer.isAdaptive() ? adaptive : plain;
    }
}
