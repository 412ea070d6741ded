package dev.convoke.report.measure;

import dev.convoke.report.statistics.Holm;
import dev.convoke.report.statistics.Interval;
import dev.convoke.report.statistics.PairedTest;
import dev.convoke.report.statistics.Spread;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a sweep with an earlier one of the same runs and data, with other kernels or on another machine: are its
 * accuracies worse? For each run, the seeds that were completed in both sweeps are paired, and the median validation
 * accuracy of their last five epochs compared by one-sided tests, corrected for their number (Holm).
 *
 * @param margin as a fraction: how much lower a run may be and still count as not worse
 * @param rows one for each run that both have, in the order of the newer
 */
public record SweepComparison(double margin, List<Row> rows) {
    /** Level of the tests. */
    public static final double ALPHA = 0.05;

    public SweepComparison {
        rows = List.copyOf(rows);
    }

    /** What the tests say of a run. */
    public enum Answer {
        /** Significantly lower than before. */
        WORSE,
        /** Shown to be above the earlier value minus the margin. */
        NOT_WORSE,
        /** Neither was shown. */
        UNDECIDED
    }

    /**
     * One run.
     *
     * @param before of the earlier sweep's paired seeds
     * @param now of the newer's
     * @param difference now less before, pair by pair
     * @param interval of the mean difference, at {@link Interval#LEVEL}
     * @param pWorse p value under the null hypothesis "not lower"; corrected; NaN with fewer than two pairs, or no spread
     * @param pNotWorse p value under the null hypothesis "lower by at least the margin"; corrected; NaN likewise
     */
    public record Row(
            String run,
            Spread before,
            Spread now,
            Spread difference,
            Interval interval,
            double pWorse,
            double pNotWorse,
            Answer answer) {}

    /** The tests of one run before they are corrected. */
    private record Tests(String run, SeedPairs pairs, PairedTest lower, PairedTest margin) {
        static Tests of(RunResults now, RunResults before, double margin) {
            SeedPairs pairs = SeedPairs.of(now, before, Metric.VAL_ACCURACY);
            double[] differences = pairs.differences();
            return new Tests(now.name(), pairs, PairedTest.of(differences), PairedTest.against(-margin, differences));
        }
    }

    /**
     * Compares.
     *
     * @throws ConfigurationException if the data differ, or no run and seed is in both
     */
    public static SweepComparison of(SweepResults now, SweepResults before, double margin) {
        if (!now.dataset().digest().equals(before.dataset().digest())
                || !now.dataset().validation().equals(before.dataset().validation())) {
            throw new ConfigurationException("the earlier sweep is of data set '"
                    + before.dataset().name() + "', validated on '"
                    + before.dataset().validation() + "', the newer of '"
                    + now.dataset().name() + "', validated on '" + now.dataset().validation()
                    + "'; compare results of the same images");
        }
        List<Tests> all = now.runs().stream()
                .flatMap(run -> before.run(run.name()).map(earlier -> Tests.of(run, earlier, margin)).stream())
                .filter(tests -> tests.pairs().n() > 0)
                .toList();
        if (all.isEmpty()) {
            throw new ConfigurationException(
                    "the two sweeps have no run and seed in common that both trained to the end");
        }
        double[] worse = Holm.correct(
                all.stream().mapToDouble(each -> each.lower().pLess()).toArray());
        double[] notWorse = Holm.correct(
                all.stream().mapToDouble(each -> each.margin().pGreater()).toArray());
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Tests tests = all.get(i);
            rows.add(new Row(
                    tests.run(),
                    Spread.of(tests.pairs().second()),
                    Spread.of(tests.pairs().first()),
                    Spread.of(tests.pairs().differences()),
                    tests.lower().interval(Interval.LEVEL),
                    worse[i],
                    notWorse[i],
                    answer(tests.lower(), worse[i], notWorse[i], margin)));
        }
        return new SweepComparison(margin, rows);
    }

    /** Whether a run came out worse. */
    public boolean anyWorse() {
        return rows.stream().anyMatch(row -> row.answer() == Answer.WORSE);
    }

    // Seeds that differ by one and the same amount, as equal bits do by none, leave nothing to test.
    private static Answer answer(PairedTest lower, double pWorse, double pNotWorse, double margin) {
        if (lower.n() > 1 && Double.isNaN(pWorse)) {
            return lower.mean() >= -margin ? Answer.NOT_WORSE : Answer.WORSE;
        }
        if (pWorse < ALPHA) {
            return Answer.WORSE;
        }
        return pNotWorse < ALPHA ? Answer.NOT_WORSE : Answer.UNDECIDED;
    }
}
