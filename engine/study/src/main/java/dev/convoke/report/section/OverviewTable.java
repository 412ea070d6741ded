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
import dev.convoke.report.measure.Formats;
import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.measure.PublishedComparison;
import dev.convoke.report.measure.PublishedComparison.Fidelity;
import dev.convoke.report.measure.PublishedComparison.Outlier;
import dev.convoke.report.measure.PublishedComparison.Row;
import dev.convoke.report.statistics.Interval;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.sweep.SweepResults.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All runs in one table: with published results if there are any, otherwise ranked. */
final class OverviewTable {
    private final ReportContext context;
    private final PublishedComparison comparison;

    OverviewTable(ReportContext context) {
        this.context = context;
        this.comparison = context.comparison();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(
                2,
                "overview",
                comparison.isShown()
                        ? "Our results and the published ones"
                        : comparison.rows().size() == 1 ? "Results" : "All runs, best first"));
        blocks.add(comparison.isShown() ? besideThePublished() : ranking());
        List<Text> trouble = trouble();
        if (!trouble.isEmpty()) {
            blocks.add(new Block.Bullets(Block.Order.NONE, trouble));
        }
        comparison.caveat().ifPresent(caveat -> blocks.add(new Block.Paragraph(Text.plain(caveat))));
        if (comparison.comparesAny()) {
            blocks.add(new Block.Paragraph(fidelity()));
        }
        if (hasSeveralDots()) {
            blocks.add(new Block.Plot(dots()));
        }
        return blocks;
    }

    /** A single dot shows nothing that the table does not. */
    private boolean hasSeveralDots() {
        return comparison.isShown()
                ? comparison.rows().stream().anyMatch(row -> row.ours().n() > 0)
                : comparison.rows().stream().filter(row -> row.ours().n() > 0).count() > 1;
    }

    private Table besideThePublished() {
        Emphasis published = comparison.comparesAny() ? Emphasis.PLAIN : Emphasis.MUTED;
        List<Column> columns = List.of(
                Column.words("Run"),
                Column.number("Seeds"),
                Column.number("Validation accuracy, %", "ours", Emphasis.STRONG),
                Column.number("Validation accuracy, %", publishedHeading(), published),
                Column.number("Validation accuracy, %", "difference", Emphasis.PLAIN),
                Column.number("Validation accuracy, %", "95 % prediction", Emphasis.PLAIN),
                Column.number("Test accuracy, %"),
                Column.number("Parameters"),
                Column.number("Time a seed"));
        return new Table(
                Text.plain("Median of the last five epochs; ours averaged over seeds, ± is the standard deviation"
                        + " between seeds. The result of one more seed of ours is in the prediction interval with 95 % probability. The"
                        + " test accuracy is that of the final parameters."),
                columns,
                comparison.rows().stream().map(this::comparedCells).toList(),
                List.of());
    }

    private String publishedHeading() {
        return comparison.comparesAny() || comparison.rows().isEmpty()
                ? comparison.source()
                : comparison.source() + " ("
                        + comparison.rows().get(0).conditions().label() + ")";
    }

    private List<Cell> comparedCells(Row row) {
        return List.of(
                name(row.run()),
                seeds(row.run()),
                accuracy(row.ours()),
                published(row),
                new Cell(
                        Text.plain(Formats.signed(100 * row.difference(), 2)),
                        row.published().isEmpty() ? "" : row.conditions().label(),
                        row.outside() ? Emphasis.ALERT : Emphasis.PLAIN),
                Cell.of(prediction(row)),
                accuracy(testAccuracy(row.run())),
                Cell.of(Formats.count(row.run().parameterCount())),
                Cell.of(Formats.duration(secondsPerSeed(row.run()))));
    }

    private static String prediction(Row row) {
        Interval interval = row.interval();
        return interval.isKnown()
                ? Formats.percent(interval.low()) + " to " + Formats.percent(Math.min(1, interval.high()))
                : Formats.NONE;
    }

    private static Cell published(Row row) {
        String figure = Formats.percent(row.published().orElse(Double.NaN));
        return row.compared() ? Cell.of(figure) : Cell.muted(figure);
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
                Cell.of(Formats.loss(
                        LastEpochs.overSeeds(row.run(), Metric.VAL_LOSS).mean())),
                Cell.of(Formats.percent(
                        LastEpochs.overSeeds(row.run(), Metric.TRAIN_ACCURACY).mean())),
                accuracy(testAccuracy(row.run())),
                Cell.of(Formats.count(row.run().parameterCount())),
                Cell.of(Formats.duration(secondsPerSeed(row.run()))));
    }

    private Cell name(RunResults run) {
        return new Cell(
                Text.of(new Inline.Jump("run-" + context.slug(run), run.name())),
                run.startFrom().map(from -> "continued from " + from).orElse(""),
                Emphasis.PLAIN);
    }

    private static Cell seeds(RunResults run) {
        int done = run.done().size();
        return done == run.seeds().size()
                ? Cell.of(Integer.toString(done))
                : new Cell(Text.plain(done + " of " + run.seeds().size()), "", Emphasis.ALERT);
    }

    private static Cell accuracy(Spread spread) {
        return new Cell(
                Text.plain(Formats.percent(spread.mean())),
                spread.n() > 1 ? "± " + Formats.percent(spread.sd()) : "",
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
        for (RunResults run : context.results().runs()) {
            for (SeedResults seed : run.seeds()) {
                if (seed.status() == Status.DIVERGED || seed.status() == Status.FAILED) {
                    trouble.add(Text.code(run.name())
                            .and(", seed " + seed.seed() + ": "
                                    + seed.status().name().toLowerCase(Locale.ROOT)
                                    + (seed.message().isEmpty() ? "" : ", " + seed.message())
                                    + ". It is excluded from every mean."));
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

    /** The number of published values inside the prediction interval for another seed. */
    private Text fidelity() {
        Fidelity fidelity = comparison.fidelity();
        if (fidelity.compared() == 0) {
            return Text.plain("A comparison of the " + comparison.source()
                    + "'s values with the prediction interval of our seeds needs at least two seeds.");
        }
        int outside = fidelity.outside().size();
        String counts = "Of " + fidelity.compared() + " values of the " + comparison.source()
                + " (losses and accuracies of training and validation), ";
        String chance = "; one in twenty is expected outside by chance.";
        return outside == 0
                ? Text.plain(counts + "all are inside the 95 % prediction interval of our seeds" + chance)
                : Text.plain(counts)
                        .and(new Inline.Strong(outside + (outside == 1 ? " is" : " are")
                                + " outside the 95 % prediction interval of our seeds"))
                        .and(chance + " Outside: "
                                + fidelity.outside().stream()
                                        .map(OverviewTable::outlier)
                                        .collect(Collectors.joining("; "))
                                + ".");
    }

    private static String outlier(Outlier outlier) {
        Metric metric = outlier.metric();
        return outlier.run() + ", " + metric.words() + " " + Formats.value(metric, outlier.published()) + " (ours "
                + Formats.value(metric, outlier.interval().low()) + " to "
                + Formats.value(metric, outlier.interval().high()) + ")";
    }

    private Figure dots() {
        List<LegendEntry> legend = new ArrayList<>();
        legend.add(new LegendEntry(Sample.DOT, Hue.BLUE, "ours, mean over seeds; the line joins lowest and highest"));
        if (comparison.comparesAny()) {
            legend.add(new LegendEntry(Sample.DIAMOND, Hue.VERMILION, comparison.source()));
        }
        List<Row> rows = comparison.isShown() ? comparison.rows() : ranked(comparison.rows());
        List<DotPanel.Row> dots = rows.stream()
                .map(row -> new DotPanel.Row(
                        ReportContext.label(row.run()),
                        row.ours().mean(),
                        row.ours().n() > 1 ? row.ours().min() : Double.NaN,
                        row.ours().n() > 1 ? row.ours().max() : Double.NaN,
                        context.published(row.run()).isPresent()
                                ? row.published().orElse(Double.NaN)
                                : Double.NaN))
                .toList();
        return new Figure(
                "overview.svg",
                "Validation accuracy of every run",
                "Median of the last five epochs. The axis is logarithmic in the error, so that equal factors of the error"
                        + " have equal lengths.",
                legend,
                List.of(new DotPanel("Validation accuracy, %", dots)),
                1);
    }
}
