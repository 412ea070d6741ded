package dev.convoke.backend.reference;

import dev.convoke.model.Activation;

/** Element-wise functions and their derivatives, both from x. */
final class ReferenceActivation {
    private static final double SQRT_2 = Math.sqrt(2);
    private static final double SQRT_PI = Math.sqrt(Math.PI);
    /** Above this value the error function is exactly 1 in double precision. */
    private static final double ERF_IS_ONE = 6;

    private ReferenceActivation() {}

    static double[] forward(Activation op, double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = value(op, x[i]);
        }
        return y;
    }

    static double[] inputGradient(Activation op, double[] x, double[] dy) {
        double[] dx = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            dx[i] = dy[i] * derivative(op, x[i]);
        }
        return dx;
    }

    private static double value(Activation op, double x) {
        return switch (op.function()) {
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : op.slope() * x;
            case GELU -> x * normalDistribution(x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> sigmoid(x);
        };
    }

    private static double derivative(Activation op, double x) {
        return switch (op.function()) {
            case RELU -> x > 0 ? 1 : 0;
            case LEAKY_RELU -> x > 0 ? 1 : op.slope();
            case GELU -> normalDistribution(x) + x * normalDensity(x);
            case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
            case SIGMOID -> sigmoid(x) * (1 - sigmoid(x));
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double normalDensity(double x) {
        return Math.exp(-x * x / 2) / (SQRT_2 * SQRT_PI);
    }

    private static double normalDistribution(double x) {
        return (1 + erf(x / SQRT_2)) / 2;
    }

    /**
     * The error function by {@code 2 / sqrt(pi) * exp(-x^2) * sum over n of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1))}, whose
     * terms all have one sign (Abramowitz and Stegun 7.1.6).
     */
    static double erf(double x) {
        if (Math.abs(x) >= ERF_IS_ONE) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > Math.ulp(sum) / 2; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / SQRT_PI * Math.exp(-x * x) * sum;
    }
}
