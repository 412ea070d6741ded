package dev.convoke.report.measure;

import dev.convoke.report.statistics.Holm;
import dev.convoke.report.statistics.PairedTest;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.ConfigurationException;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One sweep beside an earlier one of the same runs and data, on other kernels or another machine: are its accuracies worse? Of
 * each run the seeds that both have trained to the end are paired, and the median validation accuracy of their last five
 * epochs compared by one-sided tests, corrected for their number (Holm).
 *
 * @param margin as a share of 1: what a run may be lower by and still count as not worse
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
        /** Lower than before, beyond chance. */
        WORSE,
        /** Shown to lie above the earlier figure less the margin. */
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
     * @param pWorse that chance alone makes it so much lower; corrected; NaN with fewer than two pairs, or no spread
     * @param pNotWorse that a run lower by the margin looks so good by chance; corrected; NaN likewise
     */
    public record Row(
            String run, Spread before, Spread now, Spread difference, double pWorse, double pNotWorse, Answer answer) {}

    /** The tests of one run before they are corrected. */
    private record Pairs(String run, double[] before, double[] now, PairedTest lower, PairedTest margin) {
        Spread difference() {
            return Spread.of(differences(before, now));
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
        List<Pairs> all = new ArrayList<>();
        for (RunResults run : now.runs()) {
            before.run(run.name())
                    .flatMap(earlier -> pairs(run, earlier, margin))
                    .ifPresent(all::add);
        }
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
            Pairs pairs = all.get(i);
            rows.add(new Row(
                    pairs.run(),
                    Spread.of(pairs.before()),
                    Spread.of(pairs.now()),
                    pairs.difference(),
                    worse[i],
                    notWorse[i],
                    answer(pairs, worse[i], notWorse[i], margin)));
        }
        return new SweepComparison(margin, rows);
    }

    /** Whether a run came out worse. */
    public boolean anyWorse() {
        return rows.stream().anyMatch(row -> row.answer() == Answer.WORSE);
    }

    // Seeds that differ by one and the same amount, as equal bits do by none, leave nothing to test.
    private static Answer answer(Pairs pairs, double pWorse, double pNotWorse, double margin) {
        Spread difference = pairs.difference();
        if (difference.n() > 1 && Double.isNaN(pWorse)) {
            return difference.mean() >= -margin ? Answer.NOT_WORSE : Answer.WORSE;
        }
        if (pWorse < ALPHA) {
            return Answer.WORSE;
        }
        return pNotWorse < ALPHA ? Answer.NOT_WORSE : Answer.UNDECIDED;
    }

    private static Optional<Pairs> pairs(RunResults now, RunResults before, double margin) {
        List<double[]> pairs = new ArrayList<>();
        for (SeedResults seed : now.done()) {
            for (SeedResults earlier : before.done()) {
                if (seed.seed() == earlier.seed()) {
                    pairs.add(new double[] {
                        LastEpochs.median(earlier, Metric.VAL_ACCURACY), LastEpochs.median(seed, Metric.VAL_ACCURACY)
                    });
                }
            }
        }
        if (pairs.isEmpty()) {
            return Optional.empty();
        }
        double[] first = pairs.stream().mapToDouble(each -> each[0]).toArray();
        double[] second = pairs.stream().mapToDouble(each -> each[1]).toArray();
        double[] differences = differences(first, second);
        return Optional.of(new Pairs(
                now.name(), first, second, PairedTest.of(differences), PairedTest.against(-margin, differences)));
    }

    private static double[] differences(double[] before, double[] now) {
        double[] differences = new double[now.length];
        for (int i = 0; i < now.length; i++) {
            differences[i] = now[i] - before[i];
        }
        return differences;
    }
}
