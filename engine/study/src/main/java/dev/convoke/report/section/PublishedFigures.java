package dev.convoke.report.section;

import dev.convoke.report.chart.BarPanel;
import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Hue;
import dev.convoke.report.chart.LegendEntry;
import dev.convoke.report.chart.LegendEntry.Sample;
import dev.convoke.report.chart.LinePanel;
import dev.convoke.report.chart.Panel;
import dev.convoke.report.chart.Series;
import dev.convoke.report.claims.OverfittingEpochs;
import dev.convoke.report.document.Block;
import dev.convoke.report.measure.Metric;
import dev.convoke.report.published.Published;
import dev.convoke.report.published.PublishedRun;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Figures 2 to 5 of the report, drawn from our runs. */
final class PublishedFigures {
    private static final String[] TABLE_2 = {
        "base-adam", "dropout-0.3", "dropout-0.1", "l1", "l2", "batch-norm", "patience-7", "patience-5", "patience-3"
    };
    private static final List<Metric> ORDER =
            List.of(Metric.TRAIN_ACCURACY, Metric.VAL_ACCURACY, Metric.TRAIN_LOSS, Metric.VAL_LOSS);

    private final Subject subject;

    PublishedFigures(Subject subject) {
        this.subject = subject;
    }

    List<Block> blocks() {
        return Stream.of(
                        compared(2, "optimizers", "Optimizers", "base-adam", "rmsprop", "sgd"),
                        regularization(),
                        compared(4, "learning-rates", "Learning rates", "base-adam", "lr-0.01", "lr-0.0001"),
                        overfitting())
                .flatMap(Optional::stream)
                .<Block>map(Block.Plot::new)
                .toList();
    }

    /** Ours with bands and the published lines, a panel a metric. */
    private Optional<Figure> compared(int number, String file, String title, String... names) {
        List<RunResults> runs = subject.runs(names);
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        List<Panel> panels = new ArrayList<>();
        for (Metric metric : ORDER) {
            List<Series> series = IntStream.range(0, runs.size())
                    .boxed()
                    .flatMap(i -> Curves.beside(
                            subject.published(runs.get(i)),
                            runs.get(i),
                            metric,
                            runs.get(i).name(),
                            Hue.series(i))
                            .stream())
                    .toList();
            panels.add(
                    new LinePanel(Curves.title(metric), Curves.axis(metric), series, List.of(), LinePanel.Size.WIDE));
        }
        return Optional.of(new Figure(
                "figure-" + number + "-" + file + ".svg",
                "Figure " + number + ". " + title,
                "Training figures are running means over the epoch, on augmented images with dropout on. The axes are"
                        + " logarithmic in the loss and in the error." + flaws(number),
                Curves.strokes(subject, runs),
                panels,
                2));
    }

    private Optional<Figure> regularization() {
        List<RunResults> runs = subject.runs(TABLE_2);
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        List<Panel> panels = new ArrayList<>();
        for (Metric metric : List.of(Metric.VAL_ACCURACY, Metric.VAL_LOSS)) {
            panels.addAll(LinePanel.sharing(
                    runs.stream().map(run -> highlighted(run, runs, metric)).toList()));
        }
        List<LegendEntry> legend = new ArrayList<>();
        legend.add(new LegendEntry(Sample.LINE, Hue.BLUE, "training"));
        legend.add(new LegendEntry(Sample.LINE, Hue.VERMILION, "validation"));
        legend.addAll(Curves.strokes(subject, runs));
        legend.add(new LegendEntry(Sample.LINE, Hue.GREY, "validation of the other runs"));
        return Optional.of(new Figure(
                "figure-3-regularization.svg",
                "Figure 3. Regularization",
                "The runs of Table 2, accuracy in percent first, then loss. Panels of one kind share their axis."
                        + flaws(3),
                legend,
                panels,
                3));
    }

    private LinePanel highlighted(RunResults run, List<RunResults> all, Metric validation) {
        Metric training = validation == Metric.VAL_LOSS ? Metric.TRAIN_LOSS : Metric.TRAIN_ACCURACY;
        List<Series> series = new ArrayList<>();
        for (RunResults other : all) {
            if (!other.name().equals(run.name())) {
                series.add(Curves.mean(other, validation, "", Hue.GREY, Series.Stroke.FAINT));
            }
        }
        Optional<PublishedRun> published = subject.published(run);
        series.addAll(Curves.beside(published, run, training, "", Hue.BLUE));
        series.addAll(Curves.beside(published, run, validation, "", Hue.VERMILION));
        return new LinePanel(
                run.name() + (validation == Metric.VAL_LOSS ? ": loss" : ": accuracy, %"),
                Curves.axis(validation),
                series,
                List.of(),
                LinePanel.Size.SMALL);
    }

    private Optional<Figure> overfitting() {
        return subject.results().run("batch-norm").map(run -> {
            List<Series> series = new ArrayList<>();
            Optional<PublishedRun> published = subject.published(run);
            series.addAll(Curves.beside(published, run, Metric.TRAIN_LOSS, "training", Hue.BLUE));
            series.addAll(Curves.beside(published, run, Metric.VAL_LOSS, "validation", Hue.VERMILION));
            List<Integer> marks =
                    OverfittingEpochs.CLAIMED.marked().stream().sorted().toList();
            return new Figure(
                    "figure-5-overfitting.svg",
                    "Figure 5. Overfitting under batch normalization",
                    "First panel: the epochs at which the report sees overfitting are marked. Second: in how many of our seeds an"
                            + " epoch's validation loss rose while its training loss fell; a jump that belongs to one seed"
                            + " does not repeat in others." + flaws(5),
                    Curves.strokes(subject, List.of(run)),
                    List.of(
                            new LinePanel("Loss", LinePanel.Axis.LOSS, series, marks, LinePanel.Size.WIDE),
                            new BarPanel("Seeds in which it overfits, %", "epoch", bars(run))),
                    2);
        });
    }

    private static List<BarPanel.Bar> bars(RunResults run) {
        int epochs =
                run.done().stream().mapToInt(seed -> seed.epochs().size()).max().orElse(0);
        return IntStream.rangeClosed(2, epochs)
                .mapToObj(epoch -> new BarPanel.Bar(
                        Integer.toString(epoch),
                        OverfittingEpochs.at(epoch, run).share(),
                        OverfittingEpochs.CLAIMED.marked().contains(epoch) ? Hue.VERMILION : Hue.GREY))
                .toList();
    }

    /** The flaws of the original that bear on a figure, in a sentence. */
    private static String flaws(int figure) {
        List<String> numbers = Published.report().flaws().stream()
                .filter(flaw -> flaw.bearsOnFigure(figure))
                .map(flaw -> Integer.toString(flaw.number()))
                .toList();
        return numbers.isEmpty()
                ? ""
                : " Flaw " + String.join(" and ", numbers) + " of the original bears on this figure.";
    }
}
