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
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.FigureForm;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.Study.StudyFigure;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The figures of a study, drawn from our runs. */
final class StudyFigures {
    private static final List<Metric> ORDER =
            List.of(Metric.TRAIN_ACCURACY, Metric.VAL_ACCURACY, Metric.TRAIN_LOSS, Metric.VAL_LOSS);

    private final ReportContext context;

    StudyFigures(ReportContext context) {
        this.context = context;
    }

    /** The figures that have runs of the sweep; the architecture stands elsewhere. */
    List<Block> blocks() {
        return context.study().figures().stream()
                .filter(figure -> figure.form() != FigureForm.ARCHITECTURE)
                .filter(figure -> !context.runs(figure.runs()).isEmpty())
                .map(this::figure)
                .<Block>map(Block.Plot::new)
                .toList();
    }

    private Figure figure(StudyFigure figure) {
        List<RunResults> runs = context.runs(figure.runs());
        return switch (figure.form()) {
            case PANELS -> panels(figure, runs);
            case OVERFITTING -> overfitting(figure, runs.get(0));
            default -> compared(figure, runs);
        };
    }

    private static String file(StudyFigure figure) {
        return ReportContext.slug(figure.title()) + ".svg";
    }

    /** Ours with bands and the published lines, a panel a metric. */
    private Figure compared(StudyFigure figure, List<RunResults> runs) {
        List<Panel> panels = new ArrayList<>();
        for (Metric metric : ORDER) {
            List<Series> series = IntStream.range(0, runs.size())
                    .boxed()
                    .flatMap(i -> Curves.beside(
                            context.published(runs.get(i)),
                            runs.get(i),
                            metric,
                            runs.get(i).name(),
                            Hue.series(i))
                            .stream())
                    .toList();
            panels.add(
                    new LinePanel(Curves.title(metric), Curves.axis(metric), series, List.of(), LinePanel.Size.WIDE));
        }
        return new Figure(
                file(figure),
                figure.title(),
                "Training figures are running means over the epoch, on augmented images with dropout on. The axes are"
                        + " logarithmic in the loss and in the error." + words(context, figure),
                Curves.strokes(context, runs),
                panels,
                2);
    }

    private Figure panels(StudyFigure figure, List<RunResults> runs) {
        List<Panel> panels = new ArrayList<>();
        for (Metric metric : List.of(Metric.VAL_ACCURACY, Metric.VAL_LOSS)) {
            panels.addAll(LinePanel.sharing(
                    runs.stream().map(run -> highlighted(run, runs, metric)).toList()));
        }
        List<LegendEntry> legend = new ArrayList<>();
        legend.add(new LegendEntry(Sample.LINE, Hue.BLUE, "training"));
        legend.add(new LegendEntry(Sample.LINE, Hue.VERMILION, "validation"));
        legend.addAll(Curves.strokes(context, runs));
        legend.add(new LegendEntry(Sample.LINE, Hue.GRAY, "validation of the other runs"));
        return new Figure(
                file(figure),
                figure.title(),
                "Accuracy in percent first, then loss. Panels of one kind share their axis." + words(context, figure),
                legend,
                panels,
                3);
    }

    private LinePanel highlighted(RunResults run, List<RunResults> all, Metric validation) {
        Metric training = validation == Metric.VAL_LOSS ? Metric.TRAIN_LOSS : Metric.TRAIN_ACCURACY;
        List<Series> series = new ArrayList<>();
        for (RunResults other : all) {
            if (!other.name().equals(run.name())) {
                series.add(Curves.mean(other, validation, "", Hue.GRAY, Series.Stroke.FAINT));
            }
        }
        Optional<PublishedRun> published = context.published(run);
        series.addAll(Curves.beside(published, run, training, "", Hue.BLUE));
        series.addAll(Curves.beside(published, run, validation, "", Hue.VERMILION));
        return new LinePanel(
                run.name() + (validation == Metric.VAL_LOSS ? ": loss" : ": accuracy, %"),
                Curves.axis(validation),
                series,
                List.of(),
                LinePanel.Size.SMALL);
    }

    private Figure overfitting(StudyFigure figure, RunResults run) {
        List<Series> series = new ArrayList<>();
        Optional<PublishedRun> published = context.published(run);
        series.addAll(Curves.beside(published, run, Metric.TRAIN_LOSS, "training", Hue.BLUE));
        series.addAll(Curves.beside(published, run, Metric.VAL_LOSS, "validation", Hue.VERMILION));
        List<Integer> marks = figure.epochs().stream().sorted().toList();
        return new Figure(
                file(figure),
                figure.title(),
                "The losses, and the number of our seeds in which an epoch's validation loss rose while its training loss fell; a jump"
                        + " of a single seed does not repeat in others." + words(context, figure),
                Curves.strokes(context, List.of(run)),
                List.of(
                        new LinePanel("Loss", LinePanel.Axis.LOSS, series, marks, LinePanel.Size.WIDE),
                        new BarPanel("Seeds in which it overfits, %", "epoch", bars(run, figure.epochs()))),
                2);
    }

    private static List<BarPanel.Bar> bars(RunResults run, Set<Integer> marked) {
        int epochs =
                run.done().stream().mapToInt(seed -> seed.epochs().size()).max().orElse(0);
        return IntStream.rangeClosed(2, epochs)
                .mapToObj(epoch -> new BarPanel.Bar(
                        Integer.toString(epoch),
                        OverfittingEpochs.at(epoch, run).share(),
                        marked.contains(epoch) ? Hue.VERMILION : Hue.GRAY))
                .toList();
    }

    /** What the study says of a figure, and the notes that concern it; starts with a space where it is not empty. */
    static String words(ReportContext context, StudyFigure figure) {
        String caption = figure.caption().isEmpty() ? "" : " " + figure.caption();
        if (figure.notes().isEmpty() || context.notes().isEmpty()) {
            return caption;
        }
        String word = Curves.capital(context.notes().get().word());
        List<String> numbers = figure.notes().stream().map(String::valueOf).toList();
        return caption + " " + word + " " + String.join(" and ", numbers)
                + (numbers.size() == 1 ? " concerns" : " concern") + " this figure.";
    }
}
