package dev.convoke.report.claims;

import dev.convoke.report.measure.Metric;
import java.util.Optional;

/**
 * A test before the correction for the number of tests.
 *
 * @param hypothesis what the claim says, in symbols
 * @param metric the figure compared; empty where it is a share of epochs
 * @param n pairs of seeds
 * @param effect mean over seeds of first less second
 * @param statistic NaN where there is none
 * @param pFor one-sided, in the claimed direction
 * @param pAgainst one-sided, in the opposite direction
 * @param smallestEffect that the test would have seen
 */
record RawTest(
        String hypothesis,
        Optional<Metric> metric,
        int n,
        double effect,
        String statisticName,
        double statistic,
        double pFor,
        double pAgainst,
        double smallestEffect) {
    /** Seeds below which nothing is tested. */
    static final int FEWEST_SEEDS = 5;

    /** The same without its statistic and p values where there are too few seeds to test. */
    RawTest withEnoughSeeds() {
        return n >= FEWEST_SEEDS
                ? this
                : new RawTest(
                        hypothesis, metric, n, effect, "none", Double.NaN, Double.NaN, Double.NaN, smallestEffect);
    }
}
