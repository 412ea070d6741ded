package dev.convoke.report.measure;

import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.PublishedEpoch;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.train.EpochMetrics;
import java.util.List;

/**
 * The value of a run: the median over its last {@value #COUNT} epochs, or over all if there are fewer. A single epoch
 * fluctuates by several tenths of a point.
 */
public final class LastEpochs {
    /** Epochs that the median is over. */
    public static final int COUNT = 5;

    private LastEpochs() {}

    /** Median of one seed, for a metric of the test set its one figure; NaN where it has no finite value there. */
    public static double median(SeedResults seed, Metric metric) {
        return metric.isOfTest() ? metric.of(seed) : Spread.median(values(seed, metric));
    }

    /** Median of a published run. */
    public static double median(PublishedRun run, Metric metric) {
        return Spread.median(values(run, metric));
    }

    /** Standard deviation from epoch to epoch of one seed; NaN for fewer than two epochs. */
    public static double epochToEpochSd(SeedResults seed, Metric metric) {
        return Spread.of(values(seed, metric)).sd();
    }

    /** The same of a run, averaged over the seeds that were trained to the end. */
    public static double epochToEpochSd(RunResults run, Metric metric) {
        return Spread.of(run.done().stream()
                        .mapToDouble(seed -> epochToEpochSd(seed, metric))
                        .toArray())
                .mean();
    }

    /** The medians of all seeds that were trained to the end. */
    public static Spread overSeeds(RunResults run, Metric metric) {
        return Spread.of(
                run.done().stream().mapToDouble(seed -> median(seed, metric)).toArray());
    }

    private static double[] values(PublishedRun run, Metric metric) {
        List<PublishedEpoch> history = run.history();
        return history.subList(Math.max(0, history.size() - COUNT), history.size()).stream()
                .mapToDouble(epoch -> epoch.figure(metric))
                .toArray();
    }

    private static double[] values(SeedResults seed, Metric metric) {
        List<EpochMetrics> epochs = seed.epochs();
        return epochs.subList(Math.max(0, epochs.size() - COUNT), epochs.size()).stream()
                .mapToDouble(metric::of)
                .toArray();
    }
}
