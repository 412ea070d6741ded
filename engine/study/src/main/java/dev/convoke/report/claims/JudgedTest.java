package dev.convoke.report.claims;

import dev.convoke.report.measure.LastEpochs;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults.Comparison;
import dev.convoke.sweep.SweepResults.Shape;
import dev.convoke.sweep.SweepResults.Verdict;
import java.util.Optional;

/** A test with its verdict, at the level that the correction asks of its claim. */
record JudgedTest(RawTest raw, Verdict verdict) {
    /** A corrected p below this is significant. */
    static final double ALPHA = 0.05;

    /** p in the direction of the verdict, not corrected. */
    double p() {
        return directed(raw.deciding());
    }

    private double directed(RawTest.PValues chances) {
        return verdict == Verdict.REFUTED ? chances.against() : chances.inFavor();
    }

    Comparison asComparison() {
        boolean tested = !Double.isNaN(p());
        boolean byRanks = raw.shape() == Shape.TWO_GROUPS;
        String name = byRanks ? "signed ranks" : raw.statisticName();
        return new Comparison(
                raw.hypothesis(),
                raw.metric().map(JudgedTest::figure).orElse("share of epochs"),
                raw.n(),
                raw.effect(),
                !tested ? "none" : verdict == Verdict.REFUTED ? name + ", opposite direction" : name,
                tested && !byRanks ? raw.statistic() : Double.NaN,
                p(),
                raw.smallestEffect(),
                verdict,
                some(raw.interval().low()),
                some(raw.interval().high()),
                some(directed(raw.ranks())),
                some(directed(raw.unpaired())),
                Optional.of(raw.shape()));
    }

    private static String figure(Metric metric) {
        return metric.isOfTest()
                ? metric.label() + ", final weights"
                : metric.label() + ", median of the last " + LastEpochs.COUNT + " epochs";
    }

    private static Optional<Double> some(double value) {
        return Double.isNaN(value) ? Optional.empty() : Optional.of(value);
    }
}
