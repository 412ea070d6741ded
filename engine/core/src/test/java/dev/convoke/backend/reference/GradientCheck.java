package dev.convoke.backend.reference;

import java.util.function.ToDoubleFunction;

/** Compares a gradient with central differences {@code (f(x + h) - f(x - h)) / 2h}, value by value. */
final class GradientCheck {
    /**
     * Step of the differences. Their error is {@code h^2 / 6 * f'''}, about 1e-10, and a rounding of f over h, about 1e-11:
     * near the best that float64 gives.
     */
    static final double STEP = 0x1p-15;
    /** Allowed share of the largest gradient: the differences' error with room for third derivatives of some tens. */
    static final double TOLERANCE = 1e-7;

    private GradientCheck() {}

    /**
     * Fails where the gradient and the differences part.
     *
     * @param f of the values of x, which are moved and put back
     */
    static void assertGradient(String what, double[] gradient, double[] x, ToDoubleFunction<double[]> f) {
        if (gradient.length != x.length) {
            throw new AssertionError(what + ": " + gradient.length + " gradients for " + x.length + " values");
        }
        double[] differences = differences(x, f);
        double scale = 0;
        for (double difference : differences) {
            scale = Math.max(scale, Math.abs(difference));
        }
        if (scale == 0) {
            throw new AssertionError(what + ": nothing depends on it, so nothing is checked");
        }
        for (int i = 0; i < x.length; i++) {
            if (!(Math.abs(gradient[i] - differences[i]) <= TOLERANCE * scale)) {
                throw new AssertionError(what + " at " + i + ": gradient " + gradient[i] + ", differences "
                        + differences[i] + ", largest " + scale);
            }
        }
    }

    private static double[] differences(double[] x, ToDoubleFunction<double[]> f) {
        double[] differences = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double held = x[i];
            x[i] = held + STEP;
            double above = f.applyAsDouble(x);
            x[i] = held - STEP;
            double below = f.applyAsDouble(x);
            x[i] = held;
            differences[i] = (above - below) / (2 * STEP);
        }
        return differences;
    }

    /** A scalar that weighs every output by itself: {@code sum of weights * y}, whose gradient in y is the weights. */
    static double dot(double[] weights, double[] y) {
        if (weights.length != y.length) {
            throw new AssertionError(y.length + " outputs, not " + weights.length);
        }
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += weights[i] * y[i];
        }
        return sum;
    }
}
