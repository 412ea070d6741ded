package dev.convoke.report.claims;

import dev.convoke.report.measure.LastEpochs;
import dev.convoke.sweep.SweepResults.Comparison;
import dev.convoke.sweep.SweepResults.Verdict;

/**
 * A test after the correction.
 *
 * @param p corrected, of the direction that the verdict speaks of
 */
record JudgedTest(RawTest raw, double p, Verdict verdict) {
    /** A corrected p below this is significant. */
    static final double ALPHA = 0.05;

    static JudgedTest of(RawTest raw, double correctedFor, double correctedAgainst) {
        if (correctedFor < ALPHA) {
            return new JudgedTest(raw, correctedFor, Verdict.CONFIRMED);
        }
        if (correctedAgainst < ALPHA) {
            return new JudgedTest(raw, correctedAgainst, Verdict.REFUTED);
        }
        return new JudgedTest(raw, correctedFor, Verdict.UNDECIDED);
    }

    Comparison asComparison() {
        String metric = raw.metric()
                .map(figure -> figure.symbol() + ", median of the last " + LastEpochs.COUNT + " epochs")
                .orElse("share of epochs");
        return new Comparison(
                raw.hypothesis(),
                metric,
                raw.n(),
                raw.effect(),
                verdict == Verdict.REFUTED ? raw.statisticName() + ", opposite direction" : raw.statisticName(),
                raw.statistic(),
                p,
                raw.smallestEffect(),
                verdict);
    }
}
