package dev.convoke.backend;

/**
 * The tolerances of one backend against the float64 oracle.
 *
 * @param pixels augmented images; pixels lie in [0, 1]
 * @param activations of one forward pass
 * @param gradients of one backward pass
 * @param loss data loss and penalty
 * @param training parameters, running statistics and optimizer state after a few steps
 * @param answers share of images that may be answered otherwise
 */
public record ContractTolerances(
        Tolerance pixels,
        Tolerance activations,
        Tolerance gradients,
        Tolerance loss,
        Tolerance training,
        Tolerance answers) {
    private static final Tolerance SAME_ANSWERS = new Tolerance(0, "no two logits are as close as float32 rounds");

    /** For precisions in which every answer is the same. */
    public ContractTolerances(
            Tolerance pixels, Tolerance activations, Tolerance gradients, Tolerance loss, Tolerance training) {
        this(pixels, activations, gradients, loss, training, SAME_ANSWERS);
    }
}
