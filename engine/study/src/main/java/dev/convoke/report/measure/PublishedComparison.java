package dev.convoke.report.measure;

import dev.convoke.report.measure.Comparability.Conditions;
import dev.convoke.report.statistics.Interval;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.Published;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Comparison of our validation accuracy with the published one: the median of the last five epochs of each, ours averaged
 * over seeds. If our runs reproduce the study, a published value is like the result of one more seed, so it should be
 * inside the prediction interval of our seeds.
 */
public final class PublishedComparison {
    private final SweepResults results;
    private final Comparability comparability;
    private final List<Row> rows;

    private PublishedComparison(SweepResults results, Comparability comparability) {
        this.results = results;
        this.comparability = comparability;
        this.rows = results.runs().stream().map(this::row).toList();
    }

    /** Compares every run. */
    public static PublishedComparison of(SweepResults results) {
        return of(results, Comparability.of(results));
    }

    /** The same, where it is known already how the sweep compares. */
    public static PublishedComparison of(SweepResults results, Comparability comparability) {
        return new PublishedComparison(results, comparability);
    }

    /** The sweep's runs, in its order. */
    public List<Row> rows() {
        return rows;
    }

    private Row row(RunResults run) {
        Optional<PublishedRun> published = comparability.published().flatMap(source -> source.run(run.name()));
        double figure = published
                .map(other -> LastEpochs.median(other, Metric.VAL_ACCURACY))
                .orElse(Double.NaN);
        return new Row(
                run,
                LastEpochs.overSeeds(run, Metric.VAL_ACCURACY),
                Double.isNaN(figure) ? OptionalDouble.empty() : OptionalDouble.of(figure),
                comparability.conditions(run));
    }

    /** Whether published figures of the same data are shown at all. */
    public boolean isShown() {
        return rows.stream().anyMatch(row -> row.published().isPresent());
    }

    /** Whether at least one run can be compared with a published one under the same conditions. */
    public boolean comparesAny() {
        return rows.stream().anyMatch(Row::compared);
    }

    /** What the source is called; {@code published} where there is none. */
    public String source() {
        return comparability.published().map(Published::name).orElse("published");
    }

    /** A sentence that names the published runs that are not compared, and why. Empty if all are, or none can be. */
    public Optional<String> caveat() {
        List<Row> others = rows.stream()
                .filter(row -> row.published().isPresent() && !row.compared())
                .toList();
        if (others.isEmpty()) {
            return Optional.empty();
        }
        String change = comparability.changedFromPublished(others.get(0).run()).orElse("");
        return Optional.of(
                others.get(0).conditions() == Conditions.OTHER_IMAGES
                        ? "No difference is taken: the " + source()
                                + "'s figures are validated on other images; ours are"
                                + " of '" + results.dataset().validation() + "'"
                                + (change.isEmpty() ? "." : ", and " + change + ".")
                        : "No difference is taken for "
                                + others.stream().map(row -> row.run().name()).collect(Collectors.joining(", "))
                                + ": the " + source() + " trained with other settings, for instance " + change + ".");
    }

    /** A published value outside the prediction interval of our seeds. */
    public record Outlier(String run, Metric metric, double published, Interval interval) {}

    /**
     * Numbers of published values inside and outside the intervals.
     *
     * @param compared values of runs trained and validated like ours, with at least two seeds
     * @param outside those outside the interval
     */
    public record Fidelity(int compared, List<Outlier> outside) {
        public Fidelity {
            outside = List.copyOf(outside);
        }
    }

    /** Over losses and accuracies of all runs that may be compared. */
    public Fidelity fidelity() {
        int compared = 0;
        List<Outlier> outside = new ArrayList<>();
        for (Row row : rows) {
            Optional<PublishedRun> published = row.conditions() == Conditions.SAME
                    ? comparability
                            .published()
                            .flatMap(source -> source.run(row.run().name()))
                    : Optional.empty();
            for (Metric metric : Metric.OF_EPOCHS) {
                Interval interval = LastEpochs.overSeeds(row.run(), metric).prediction(Interval.LEVEL);
                double figure =
                        published.map(other -> LastEpochs.median(other, metric)).orElse(Double.NaN);
                if (interval.isKnown() && !Double.isNaN(figure)) {
                    compared++;
                    if (!interval.holds(figure)) {
                        outside.add(new Outlier(row.run().name(), metric, figure, interval));
                    }
                }
            }
        }
        return new Fidelity(compared, outside);
    }

    /**
     * One run.
     *
     * @param ours over seeds
     * @param published empty where there is no such run, or none of the same data
     * @param conditions whether the published run was trained and validated as ours
     */
    public record Row(RunResults run, Spread ours, OptionalDouble published, Conditions conditions) {
        /** Whether there is a published figure of a run trained and validated as ours. */
        public boolean compared() {
            return published.isPresent() && conditions == Conditions.SAME;
        }

        /** Ours less the published; NaN where one is missing or the two are not {@link #compared}. */
        public double difference() {
            return compared() ? ours.mean() - published.orElse(Double.NaN) : Double.NaN;
        }

        /** The prediction interval for one more seed. */
        public Interval interval() {
            return ours.prediction(Interval.LEVEL);
        }

        /** Whether the two are {@link #compared} and the published value is outside {@link #interval}. */
        public boolean outside() {
            return compared() && interval().isKnown() && !interval().holds(published.orElse(Double.NaN));
        }
    }
}
