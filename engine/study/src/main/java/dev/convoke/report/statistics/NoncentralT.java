package dev.convoke.report.statistics;

import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Student's t when the true mean is not zero: T = (Z + delta) / sqrt(V / df), with Z normal and V chi-squared.
 *
 * <p>P(T &gt; t) is the mean over V of P(Z &gt; t sqrt(V / df) - delta), taken by the midpoint rule over the quantiles of
 * V. The integrand is smooth and bounded by 1, so {@value #CELLS} equal shares of probability leave an error below 1e-3,
 * far less than a report shows.
 */
final class NoncentralT {
    private static final int CELLS = 1000;

    private final double degrees;
    private final double[] scales = new double[CELLS]; // sqrt(V / df) at the middle of each share

    NoncentralT(double degrees) {
        this.degrees = degrees;
        ChiSquaredDistribution chiSquared = ChiSquaredDistribution.of(degrees);
        for (int i = 0; i < CELLS; i++) {
            scales[i] = Math.sqrt(chiSquared.inverseCumulativeProbability((i + 0.5) / CELLS) / degrees);
        }
    }

    double degrees() {
        return degrees;
    }

    /** P(T &gt; t) when the noncentrality is {@code delta}. */
    double above(double t, double delta) {
        NormalDistribution normal = NormalDistribution.of(0, 1);
        double sum = 0;
        for (double scale : scales) {
            sum += normal.survivalProbability(t * scale - delta);
        }
        return sum / CELLS;
    }
}
