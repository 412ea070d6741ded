package dev.convoke.parity;

/**
 * One comparison.
 *
 * @param name what was computed
 * @param quantity what of it was compared
 * @param distance relative distance from the oracle: the root mean square of the difference over that of the oracle's values
 * @param tolerance the largest distance that is right
 */
public record ParityRow(String name, Quantity quantity, double distance, double tolerance) {
    /** What is compared. */
    public enum Quantity {
        /** Loss and activations of one step. */
        FORWARD,
        /** Gradients of activations and parameters. */
        BACKWARD,
        /** Losses of training steps. */
        LOSS_CURVE,
        /** Parameters and running statistics after each stretch of them. */
        PARAMETERS
    }

    /** Whether the device agrees with the oracle; a distance that is no number does not. */
    public boolean passed() {
        return distance <= tolerance;
    }
}
