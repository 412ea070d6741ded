package dev.convoke.model;

/** Element-wise functions between layers. */
public enum ActivationFunction {
    /** {@code max(x, 0)}; the gradient at 0 is 0. */
    RELU,
    /** {@code x} above 0, {@code slope * x} elsewhere. */
    LEAKY_RELU,
    /** {@code x * Phi(x)} with the exact normal distribution function (Hendrycks and Gimpel 2016). */
    GELU,
    /** Hyperbolic tangent. */
    TANH,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID
}
