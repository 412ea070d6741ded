package dev.convoke.report.section;

import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Gallery;
import dev.convoke.report.chart.HeatMap;
import dev.convoke.report.chart.Hue;
import dev.convoke.report.chart.LinePanel;
import dev.convoke.report.chart.Panel;
import dev.convoke.report.chart.Series;
import dev.convoke.report.document.Block;
import dev.convoke.report.document.Block.Fact;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Text;
import dev.convoke.report.measure.FlatSettings;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.train.Classification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run: its settings, curves, predictions by class, and the images that it misclassified with the highest confidence.
 */
final class RunSection {
    private final ReportContext context;
    private final RunResults run;
    private final String slug;

    RunSection(ReportContext context, RunResults run) {
        this.context = context;
        this.run = run;
        this.slug = context.slug(run);
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(3, "run-" + slug, run.name()));
        if (!run.title().isBlank()) {
            blocks.add(new Block.Paragraph(Text.plain(run.title())));
        }
        List<Text> notes = notes();
        if (!notes.isEmpty()) {
            blocks.add(new Block.Bullets(Block.Order.NONE, notes));
        }
        if (!run.parameters().isEmpty()) {
            blocks.add(settings());
        }
        if (run.seeds().stream().anyMatch(seed -> !seed.epochs().isEmpty())) {
            blocks.add(new Block.Plot(curves()));
        } else {
            blocks.add(new Block.Paragraph(Text.plain("No epoch of this run was trained.")));
        }
        List<Classification> answers = answers();
        if (!answers.isEmpty()) {
            blocks.add(new Block.SideBySide(
                    List.of(new Block.Plot(confusion(answers)), ClassTable.of(context, run, answers))));
        }
        mistakes().ifPresent(blocks::add);
        return blocks;
    }

    private List<Text> notes() {
        List<Text> notes = new ArrayList<>();
        run.startFrom()
                .ifPresent(from -> notes.add(Text.plain("Continues from the final parameters of ")
                        .and(new Inline.Code(from))
                        .and(".")));
        run.notes().forEach(note -> notes.add(Text.plain(note)));
        long stopped = run.done().stream().filter(SeedResults::stoppedEarly).count();
        if (stopped > 0) {
            notes.add(Text.plain("Early stopping ended " + stopped + " of "
                    + run.done().size() + " seeds; best epochs: "
                    + String.join(
                            ", ",
                            run.done().stream()
                                    .map(seed -> Integer.toString(seed.bestEpoch()))
                                    .toList())
                    + "."));
        }
        return notes;
    }

    private Block settings() {
        return new Block.Facts(FlatSettings.of(run).entrySet().stream()
                .map(setting -> new Fact(setting.getKey(), Text.code(String.valueOf(setting.getValue()))))
                .toList());
    }

    private Figure curves() {
        List<Panel> panels = List.of(
                panel("Accuracy, %", Metric.TRAIN_ACCURACY, Metric.VAL_ACCURACY),
                panel("Loss", Metric.TRAIN_LOSS, Metric.VAL_LOSS));
        String seeds = run.done().isEmpty()
                ? "No seed was completed; the curves show the epochs so far."
                : run.done().size() == 1 ? "One seed." : run.done().size() + " seeds.";
        return new Figure(
                "curves-" + slug + ".svg",
                "Curves of " + run.name(),
                seeds,
                Curves.strokes(context, List.of(run)),
                panels,
                2);
    }

    private Panel panel(String title, Metric training, Metric validation) {
        Optional<PublishedRun> published = context.published(run);
        List<Series> series = new ArrayList<>();
        series.addAll(Curves.beside(published, run, training, "training", Hue.BLUE));
        series.addAll(Curves.beside(published, run, validation, "validation", Hue.VERMILION));
        return new LinePanel(title, Curves.axis(training), series, List.of(), LinePanel.Size.WIDE);
    }

    private List<Classification> answers() {
        return run.done().stream()
                .flatMap(seed -> seed.test().stream())
                .map(test -> test.classification())
                .filter(classification -> classification.classes() > 0)
                .toList();
    }

    private Figure confusion(List<Classification> answers) {
        int classes = answers.get(0).classes();
        List<List<Integer>> sum = new ArrayList<>();
        for (int row = 0; row < classes; row++) {
            List<Integer> counts = new ArrayList<>();
            for (int column = 0; column < classes; column++) {
                int r = row;
                int c = column;
                counts.add(answers.stream()
                        .mapToInt(answer -> answer.confusion().get(r).get(c))
                        .sum());
            }
            sum.add(counts);
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            names.add(context.className(i));
        }
        return new Figure(
                "confusion-" + slug + ".svg",
                "Predictions of " + run.name(),
                "Test images by true class and prediction"
                        + (answers.size() > 1 ? ", summed over " + answers.size() + " seeds" : "")
                        + ". Wrong predictions are shaded by their fraction of the row.",
                List.of(),
                List.of(new HeatMap("Confusion matrix", sum, names)),
                1);
    }

    private Optional<Block> mistakes() {
        List<Gallery.Picture> pictures = MostConfused.of(context, run);
        return pictures.isEmpty()
                ? Optional.empty()
                : Optional.of(new Block.Pictures(
                        "mistakes-" + slug + ".svg",
                        "Test images that the final parameters misclassified, those with the most seeds"
                                + " first, then by confidence. True class → prediction, with its probability.",
                        new Gallery("Most confused images of " + run.name(), pictures)));
    }
}
