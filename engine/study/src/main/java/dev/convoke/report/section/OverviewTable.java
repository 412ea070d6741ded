package dev.convoke.report.section;

import dev.convoke.report.chart.DotPanel;
import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Hue;
import dev.convoke.report.chart.LegendEntry;
import dev.convoke.report.chart.LegendEntry.Sample;
import dev.convoke.report.document.Block;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Table;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Table.Emphasis;
import dev.convoke.report.document.Text;
import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.measure.Metric;
import dev.convoke.report.measure.NotebookComparison;
import dev.convoke.report.measure.NotebookComparison.Row;
import dev.convoke.report.measure.Numbers;
import dev.convoke.report.published.Published;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.sweep.SweepResults.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** All runs in one table: beside the notebook's own figures in a reproduction, else ranked. */
final class OverviewTable {
    private final Subject subject;
    private final NotebookComparison comparison;

    OverviewTable(Subject subject) {
        this.subject = subject;
        this.comparison = NotebookComparison.of(subject.results());
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(
                2, "overview", subject.reproduction() ? "Ours beside the published" : "All runs, best first"));
        blocks.add(subject.reproduction() ? besideThePublished() : ranking());
        List<Text> trouble = trouble();
        if (!trouble.isEmpty()) {
            blocks.add(new Block.Bullets(Block.Order.NONE, trouble));
        }
        if (subject.reproduction() && comparison.comparable()) {
            comparison.caveat().ifPresent(caveat -> blocks.add(new Block.Paragraph(Text.plain(caveat))));
        }
        if (subject.reproduction() && comparison.comparesAny()) {
            blocks.add(new Block.Paragraph(bound()));
            order().ifPresent(order -> blocks.add(new Block.Paragraph(order)));
        }
        if (comparison.rows().stream().anyMatch(row -> row.ours().n() > 0)) {
            blocks.add(new Block.Plot(dots()));
        }
        return blocks;
    }

    private Table besideThePublished() {
        Emphasis published = comparison.comparesAny() ? Emphasis.PLAIN : Emphasis.MUTED;
        List<Column> columns = List.of(
                Column.words("Run"),
                Column.number("Seeds"),
                Column.number("Validation accuracy, %", "ours", Emphasis.STRONG),
                Column.number("Validation accuracy, %", notebookHeading(), published),
                Column.number("Validation accuracy, %", "difference", Emphasis.PLAIN),
                Column.number("Test accuracy, %"),
                Column.number("Parameters"),
                Column.number("Time a seed"));
        return new Table(
                Text.plain("Median of the last five epochs; ours averaged over seeds, ± is the standard deviation"
                        + " between seeds. The test accuracy is that of the final parameters."),
                columns,
                comparison.rows().stream().map(this::comparedCells).toList(),
                List.of());
    }

    private String notebookHeading() {
        if (!comparison.comparable()) {
            return "notebook (not comparable)";
        }
        return comparison.comparesAny() || comparison.rows().isEmpty()
                ? "notebook"
                : "notebook (" + comparison.rows().get(0).conditions().label() + ")";
    }

    private List<Cell> comparedCells(Row row) {
        String difference = comparison.comparable() ? Numbers.signed(100 * row.difference(), 2) : Numbers.NONE;
        boolean alert = comparison.comparable() && row.below();
        return List.of(
                name(row.run()),
                seeds(row.run()),
                accuracy(row.ours()),
                notebook(row),
                new Cell(
                        Text.plain(difference),
                        comparison.comparable() ? remark(row) : "",
                        alert ? Emphasis.ALERT : Emphasis.PLAIN),
                accuracy(testAccuracy(row.run())),
                Cell.of(Numbers.count(row.run().parameterCount())),
                Cell.of(Numbers.duration(secondsPerSeed(row.run()))));
    }

    private static Cell notebook(Row row) {
        String figure = Numbers.percent(row.notebook().orElse(Double.NaN));
        return row.compared() ? Cell.of(figure) : Cell.muted(figure);
    }

    private static String remark(Row row) {
        if (row.notebook().isEmpty()) {
            return "";
        }
        return row.compared() && row.orderOnly()
                ? "order only"
                : row.conditions().label();
    }

    private Table ranking() {
        List<Column> columns = List.of(
                Column.words("Run"),
                Column.number("Seeds"),
                Column.number("", "Validation accuracy, %", Emphasis.STRONG),
                Column.number("Validation loss"),
                Column.number("Training accuracy, %"),
                Column.number("Test accuracy, %"),
                Column.number("Parameters"),
                Column.number("Time a seed"));
        return new Table(
                Text.plain("Median of the last five epochs, averaged over seeds; ± is the standard deviation between"
                        + " seeds. The test accuracy is that of the final parameters."),
                columns,
                ranked(comparison.rows()).stream().map(this::rankedCells).toList(),
                List.of());
    }

    static List<Row> ranked(List<Row> rows) {
        return rows.stream()
                .sorted(Comparator.comparingDouble((Row row) -> row.ours().n() == 0
                        ? Double.POSITIVE_INFINITY
                        : -row.ours().mean()))
                .toList();
    }

    private List<Cell> rankedCells(Row row) {
        return List.of(
                name(row.run()),
                seeds(row.run()),
                accuracy(row.ours()),
                Cell.of(Numbers.loss(
                        LastEpochs.overSeeds(row.run(), Metric.VAL_LOSS).mean())),
                Cell.of(Numbers.percent(
                        LastEpochs.overSeeds(row.run(), Metric.TRAIN_ACCURACY).mean())),
                accuracy(testAccuracy(row.run())),
                Cell.of(Numbers.count(row.run().parameterCount())),
                Cell.of(Numbers.duration(secondsPerSeed(row.run()))));
    }

    private Cell name(RunResults run) {
        return Cell.of(Text.of(new Inline.Jump("run-" + subject.slug(run), run.name())));
    }

    private static Cell seeds(RunResults run) {
        int done = run.done().size();
        return done == run.seeds().size()
                ? Cell.of(Integer.toString(done))
                : new Cell(Text.plain(done + " of " + run.seeds().size()), "", Emphasis.ALERT);
    }

    private static Cell accuracy(Spread spread) {
        return new Cell(
                Text.plain(Numbers.percent(spread.mean())),
                spread.n() > 1 ? "± " + Numbers.percent(spread.sd()) : "",
                Emphasis.PLAIN);
    }

    private static Spread testAccuracy(RunResults run) {
        return Spread.of(run.done().stream()
                .flatMap(seed -> seed.test().stream())
                .mapToDouble(test -> test.accuracy())
                .toArray());
    }

    private static double secondsPerSeed(RunResults run) {
        return Spread.of(run.done().stream().mapToDouble(SeedResults::seconds).toArray())
                .mean();
    }

    /** Seeds that did not reach the end, with their reason; missing ones of a run together. */
    private List<Text> trouble() {
        List<Text> trouble = new ArrayList<>();
        for (RunResults run : subject.results().runs()) {
            for (SeedResults seed : run.seeds()) {
                if (seed.status() == Status.DIVERGED || seed.status() == Status.FAILED) {
                    trouble.add(Text.code(run.name())
                            .and(", seed " + seed.seed() + ": "
                                    + seed.status().name().toLowerCase(Locale.ROOT)
                                    + (seed.message().isEmpty() ? "" : ", " + seed.message())
                                    + ". It is left out of every mean."));
                }
            }
            String missing = run.seeds().stream()
                    .filter(seed -> seed.status() == Status.MISSING)
                    .map(seed -> Long.toString(seed.seed()))
                    .collect(Collectors.joining(", "));
            if (!missing.isEmpty()) {
                trouble.add(Text.code(run.name()).and(": not trained yet, seed " + missing + "."));
            }
        }
        return trouble;
    }

    private Text bound() {
        List<Row> flagged = comparison.flagged();
        String limit = Numbers.fixed(100 * NotebookComparison.BOUND, 1) + " points";
        return flagged.isEmpty()
                ? Text.plain((comparison.caveat().isEmpty() ? "No run" : "No other run") + " lies more than " + limit
                        + " below the notebook's own figure.")
                : Text.strong("More than " + limit + " below the notebook's own figure:")
                        .and(" ")
                        .and(flagged.stream()
                                        .map(row -> row.run().name() + " (" + Numbers.signed(100 * row.difference(), 2)
                                                + ")")
                                        .collect(Collectors.joining(", "))
                                + ". " + noise(flagged));
    }

    /** By how much the flagged figures move of themselves. */
    private static String noise(List<Row> flagged) {
        return "Their noise, the SD of the validation accuracy from epoch to epoch over the last " + LastEpochs.COUNT
                + ", in points: "
                + flagged.stream()
                        .map(row -> row.run().name() + " ours "
                                + Numbers.percent(LastEpochs.epochToEpochSd(row.run(), Metric.VAL_ACCURACY))
                                + ", the notebook's "
                                + Published.report()
                                        .run(row.run().name())
                                        .map(run ->
                                                Numbers.percent(LastEpochs.epochToEpochSd(run, Metric.VAL_ACCURACY)))
                                        .orElse(Numbers.NONE))
                        .collect(Collectors.joining("; "))
                + ".";
    }

    /** Empty where the sweep has none of these runs beside the notebook's. */
    private Optional<Text> order() {
        if (comparison.orderedByOurs().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Text.plain(
                "Of sgd, rmsprop and lr-0.01, which had not settled or swing from epoch to epoch, the order is"
                        + " compared: ours "
                        + chain(comparison.orderedByOurs(), row -> row.ours().mean()) + "; the notebook's "
                        + chain(
                                comparison.orderedByNotebook(),
                                row -> row.notebook().orElse(Double.NaN)) + "."));
    }

    private static String chain(List<Row> rows, ToDoubleFunction<Row> value) {
        return rows.stream()
                .map(row -> row.run().name() + " " + Numbers.percent(value.applyAsDouble(row)))
                .collect(Collectors.joining(" > "));
    }

    private Figure dots() {
        List<LegendEntry> legend = new ArrayList<>();
        legend.add(new LegendEntry(Sample.DOT, Hue.BLUE, "ours, mean over seeds; the line joins lowest and highest"));
        if (comparison.comparesAny()) {
            legend.add(new LegendEntry(Sample.DIAMOND, Hue.VERMILION, "notebook, its one seed"));
        }
        List<Row> rows = subject.reproduction() ? comparison.rows() : ranked(comparison.rows());
        List<DotPanel.Row> dots = rows.stream()
                .map(row -> new DotPanel.Row(
                        row.run().name(),
                        row.ours().mean(),
                        row.ours().n() > 1 ? row.ours().min() : Double.NaN,
                        row.ours().n() > 1 ? row.ours().max() : Double.NaN,
                        subject.published(row.run()).isPresent()
                                ? row.notebook().orElse(Double.NaN)
                                : Double.NaN))
                .toList();
        return new Figure(
                "overview.svg",
                "Validation accuracy of every run",
                "Median of the last five epochs. The axis is logarithmic in the error, so that equal factors of the error"
                        + " take equal lengths.",
                legend,
                List.of(new DotPanel("Validation accuracy, %", dots)),
                1);
    }
}
