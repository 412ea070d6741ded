package dev.convoke.report.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** The smallest true effect that a one-sided test finds with a given power. */
public final class DetectableEffect {
    /** Share of repetitions in which the effect must be seen. */
    public static final double POWER = 0.8;
    /** Halvings of the bracket of the noncentrality: 60 leave nothing of a double's precision. */
    private static final int HALVINGS = 60;

    private DetectableEffect() {}

    /**
     * For a paired t test, exact: the noncentrality delta at which P(T &gt; t critical) is {@link #POWER}, times
     * sd / sqrt(n).
     *
     * @param sd of the differences
     * @param n pairs, at least 2
     * @param alpha level of the one-sided test
     */
    public static double paired(double sd, int n, double alpha) {
        if (n < 2) {
            throw new IllegalArgumentException("a paired test needs two pairs, not " + n);
        }
        if (!(sd >= 0)) {
            return Double.NaN;
        }
        double critical = TDistribution.of(n - 1).inverseSurvivalProbability(alpha);
        NoncentralT distribution = new NoncentralT(n - 1);
        double low = 0;
        double high = 2 * critical + 10;
        while (distribution.above(critical, high) < POWER) {
            high *= 2;
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (distribution.above(critical, middle) < POWER) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high * sd / Math.sqrt(n);
    }

    /**
     * For one pair of single figures whose standard deviations are taken from elsewhere: normal quantiles times the
     * standard deviation of the difference.
     */
    public static double single(double sdFirst, double sdSecond, double alpha) {
        NormalDistribution normal = NormalDistribution.of(0, 1);
        return (normal.inverseSurvivalProbability(alpha) + normal.inverseCumulativeProbability(POWER))
                * Math.hypot(sdFirst, sdSecond);
    }
}
