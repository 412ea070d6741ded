package dev.convoke.report.claims;

import dev.convoke.report.statistics.Interval;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults.Shape;
import java.util.Optional;

/**
 * A test before the correction for the number of claims.
 *
 * @param hypothesis the claim in symbols
 * @param metric the metric compared; empty if it is a fraction of epochs
 * @param n pairs of seeds
 * @param effect mean over seeds of first less second
 * @param interval of the effect
 * @param statistic NaN if there is none
 * @param paired of the t test of differences by seed
 * @param ranks of the signed-rank test of the same differences
 * @param unpaired of Welch's t test; none without two samples
 * @param shape distribution of the differences
 * @param smallestEffect that the test would have detected; NaN if unknown
 */
record RawTest(
        String hypothesis,
        Optional<Metric> metric,
        int n,
        double effect,
        Interval interval,
        String statisticName,
        double statistic,
        PValues paired,
        PValues ranks,
        PValues unpaired,
        Shape shape,
        double smallestEffect) {
    /** Seeds below which nothing is tested. */
    static final int FEWEST_SEEDS = 5;

    /** The largest difference that two accuracies or two shares can have. */
    private static final double LARGEST_SHARE = 1;

    /** One-sided p values for what is claimed, and for its opposite; NaN where there is no test. */
    record PValues(double inFavor, double against) {
        static final PValues NONE = new PValues(Double.NaN, Double.NaN);
    }

    /** The p values that decide: those of the t test, or of the signed-rank test where the differences form two groups. */
    PValues deciding() {
        return shape == Shape.TWO_GROUPS ? ranks : paired;
    }

    /** The same test for a statement of more than one comparison, whose own p values decide. */
    RawTest of(String statement, int pairs, PValues chances) {
        boolean byRanks = shape == Shape.TWO_GROUPS;
        return new RawTest(
                statement,
                metric,
                pairs,
                effect,
                interval,
                statisticName,
                statistic,
                byRanks ? paired : chances,
                byRanks ? chances : ranks,
                unpaired,
                shape,
                smallestEffect);
    }

    /** The same without a smallest effect that no pair of runs can show, or that rests on a meaningless deviation. */
    RawTest withinReach() {
        boolean isShare = metric.map(Metric::isAccuracy).orElse(true);
        boolean meaningless = shape == Shape.TWO_GROUPS || (isShare && smallestEffect > LARGEST_SHARE);
        return meaningless ? with(paired, ranks, unpaired, Double.NaN) : this;
    }

    /** The same without its p values where there are too few seeds to test. */
    RawTest withEnoughSeeds() {
        return n >= FEWEST_SEEDS ? this : with(PValues.NONE, PValues.NONE, PValues.NONE, smallestEffect);
    }

    private RawTest with(PValues byPairs, PValues byRanks, PValues bySamples, double smallest) {
        return new RawTest(
                hypothesis,
                metric,
                n,
                effect,
                interval,
                statisticName,
                statistic,
                byPairs,
                byRanks,
                bySamples,
                shape,
                smallest);
    }
}
