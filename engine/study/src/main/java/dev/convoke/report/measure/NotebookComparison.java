package dev.convoke.report.measure;

import dev.convoke.report.measure.Comparability.Conditions;
import dev.convoke.report.published.Published;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Our validation accuracy beside the notebook's own: the median of the last five epochs of each, ours averaged over seeds.
 *
 * @param rows the sweep's runs, in its order
 * @param validation on which images ours were validated, such as {@code test}
 * @param obstacle why none of the published figures may stand beside ours; empty where those of {@link Row#compared} may
 */
public record NotebookComparison(List<Row> rows, String validation, Optional<String> obstacle) {
    /** A run further below the notebook's than this is flagged; as a share of 1. */
    public static final double BOUND = 0.004;
    /** Runs that may differ more, of which the order is looked at instead: they had not settled, or swing. */
    public static final Set<String> ORDER_ONLY = Set.of("sgd", "rmsprop", "lr-0.01");

    /** Compares every run. */
    public static NotebookComparison of(SweepResults results) {
        return new NotebookComparison(
                results.runs().stream().map(run -> row(results, run)).toList(),
                results.dataset().validation(),
                Comparability.obstacle(results));
    }

    private static Row row(SweepResults results, RunResults run) {
        OptionalDouble notebook = Published.report()
                .run(run.name())
                .map(published -> OptionalDouble.of(LastEpochs.median(published, Metric.VAL_ACCURACY)))
                .orElse(OptionalDouble.empty());
        return new Row(
                run, LastEpochs.overSeeds(run, Metric.VAL_ACCURACY), notebook, Comparability.conditions(results, run));
    }

    public boolean comparable() {
        return obstacle.isEmpty();
    }

    /** Whether at least one run stands beside the notebook's. */
    public boolean comparesAny() {
        return comparable() && rows.stream().anyMatch(Row::compared);
    }

    /** Which of the notebook's runs do not stand beside ours, and why: a sentence. Empty where all do, or none may. */
    public Optional<String> caveat() {
        List<Row> others = rows.stream()
                .filter(row -> row.notebook().isPresent() && !row.compared())
                .toList();
        if (!comparable() || others.isEmpty()) {
            return Optional.empty();
        }
        String change = Comparability.changedFromNotebook(others.get(0).run()).orElse("");
        return Optional.of(
                others.get(0).conditions() == Conditions.OTHER_IMAGES
                        ? "No difference is taken: the notebook's figures are of other images, those of the test set; ours"
                                + " are of '" + validation + "'" + (change.isEmpty() ? "." : ", and " + change + ".")
                        : "No difference is taken for "
                                + others.stream().map(row -> row.run().name()).collect(Collectors.joining(", "))
                                + ": the notebook trained with other settings, for instance " + change + ".");
    }

    /** Rows flagged as too far below; none where nothing may be compared. */
    public List<Row> flagged() {
        return comparable() ? rows.stream().filter(Row::below).toList() : List.of();
    }

    /** The runs of which only the order counts, best first by ours. */
    public List<Row> orderedByOurs() {
        return orderOnly(Comparator.comparingDouble((Row row) -> row.ours().mean()));
    }

    /** The same runs, best first by the notebook's figures. */
    public List<Row> orderedByNotebook() {
        return orderOnly(Comparator.comparingDouble((Row row) -> row.notebook().orElse(Double.NaN)));
    }

    private List<Row> orderOnly(Comparator<Row> ascending) {
        return rows.stream()
                .filter(row -> row.orderOnly() && row.ours().n() > 0 && row.compared())
                .sorted(ascending.reversed())
                .toList();
    }

    /**
     * One run.
     *
     * @param ours over seeds
     * @param notebook empty where the notebook has no such run
     * @param conditions whether the notebook's was trained and validated as ours
     */
    public record Row(RunResults run, Spread ours, OptionalDouble notebook, Conditions conditions) {
        /** Whether the notebook has such a run, trained and validated as ours. */
        public boolean compared() {
            return notebook.isPresent() && conditions == Conditions.SAME;
        }

        public boolean orderOnly() {
            return ORDER_ONLY.contains(run.name());
        }

        /** Ours less the notebook's; NaN where one is missing or the two are not {@link #compared}. */
        public double difference() {
            return compared() ? ours.mean() - notebook.orElse(Double.NaN) : Double.NaN;
        }

        /** Whether it lies more than {@link #BOUND} below. */
        public boolean below() {
            return !orderOnly() && difference() < -BOUND;
        }
    }
}
