package dev.convoke.report.statistics;

import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.TTest;

/**
 * Student's t test on differences between pairs.
 *
 * @param n pairs
 * @param mean of the differences
 * @param sd of the differences; NaN for fewer than two
 * @param t statistic against a mean of {@code bound}; NaN where there are fewer than two pairs or they do not vary
 * @param pGreater one-sided, for a mean above {@code bound}; NaN with {@code t}
 * @param pLess one-sided, for a mean below {@code bound}; NaN with {@code t}
 */
public record PairedTest(int n, double mean, double sd, double t, double pGreater, double pLess) {
    /** Differences that vary less than this, relative to the figures compared (of order 1), do so by rounding alone. */
    static final double NO_SPREAD = 1e-12;

    /**
     * The interval that holds the true mean with confidence {@code level}; both ends NaN where {@link #t} is.
     *
     * @param level such as 0.95
     */
    public Interval interval(double level) {
        double half = Double.isNaN(t)
                ? Double.NaN
                : TDistribution.of(n - 1).inverseSurvivalProbability((1 - level) / 2) * sd / Math.sqrt(n);
        return new Interval(mean - half, mean + half);
    }

    /** Tests whether the mean of {@code differences} is above or below zero. */
    public static PairedTest of(double... differences) {
        return against(0, differences);
    }

    /** Tests whether the mean of {@code differences} is above or below {@code bound}. */
    public static PairedTest against(double bound, double... differences) {
        Spread spread = Spread.of(differences);
        if (spread.n() != differences.length) {
            throw new IllegalArgumentException("a difference is not finite");
        }
        if (spread.n() < 2 || spread.sd() < NO_SPREAD) {
            return new PairedTest(spread.n(), spread.mean(), spread.sd(), Double.NaN, Double.NaN, Double.NaN);
        }
        TTest test = TTest.withDefaults().withMu(bound);
        TTest.Result greater = test.with(AlternativeHypothesis.GREATER_THAN).test(differences);
        TTest.Result less = test.with(AlternativeHypothesis.LESS_THAN).test(differences);
        return new PairedTest(
                spread.n(), spread.mean(), spread.sd(), greater.getStatistic(), greater.getPValue(), less.getPValue());
    }
}
