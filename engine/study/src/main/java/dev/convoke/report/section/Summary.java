package dev.convoke.report.section;

import dev.convoke.report.document.Block;
import dev.convoke.report.document.Block.Fact;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Text;
import dev.convoke.report.measure.Formats;
import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.Machine;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What was run, and what came of it, on one screen. */
final class Summary {
    private static final int DIGEST_SHOWN = 12;

    /** Runs that are named as the best. */
    private static final int NAMED = 3;

    private final ReportContext context;
    private final SweepResults results;

    Summary(ReportContext context) {
        this.context = context;
        this.results = context.results();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(facts());
        blocks.add(new Block.Heading(2, "summary", "Summary"));
        savedModel().forEach(text -> blocks.add(new Block.Paragraph(text)));
        best().forEach(text -> blocks.add(new Block.Paragraph(text)));
        context.comparability()
                .otherData()
                .ifPresent(reason -> blocks.add(new Block.Paragraph(Text.plain(Curves.capital(reason)
                        + ". Its claims are tested as hypotheses about these data; published results are omitted."))));
        if (!results.claims().isEmpty()) {
            blocks.add(new Block.Cards(results.claims()));
        }
        return blocks;
    }

    private Block facts() {
        Machine machine = results.machine();
        SweepResults.DatasetFacts data = results.dataset();
        Text validation = Text.plain(data.validation() + ", " + Formats.count(data.validationImages()) + " images");
        return new Block.Facts(List.of(
                new Fact("Suite", Text.code(results.suite().name()).and(", " + runCount())),
                new Fact(
                        "Data",
                        Text.code(data.name())
                                .and(", " + Formats.count(data.trainImages()) + " training and "
                                        + Formats.count(data.testImages()) + " test images, digest ")
                                .and(new Inline.Code(shortened(data.digest())))),
                new Fact(
                        "Validation",
                        context.selectedOnTest()
                                ? validation.and(" ").and(new Inline.Warning("selected on test"))
                                : validation),
                new Fact("Seeds", Text.plain(seeds())),
                new Fact(
                        "Machine",
                        Text.plain(machine.processor() + ", " + machine.cores() + " cores, " + machine.os() + ", Java "
                                + machine.java())),
                new Fact(
                        "Device",
                        Text.plain(machine.device() + ": " + machine.detail() + "; " + machine.jobs()
                                + (machine.jobs() == 1 ? " trial" : " trials") + " at a time, " + machine.threads()
                                + (machine.threads() == 1 ? " thread" : " threads") + " each")),
                new Fact("Wall time", Text.plain(Formats.duration(results.seconds()))),
                new Fact(
                        "Made",
                        Text.plain(results.created() + " by Convoke " + results.convoke() + ": ")
                                .and(new Inline.Code(results.command())))));
    }

    private String runCount() {
        int runs = results.runs().size();
        return runs + (runs == 1 ? " run" : " runs");
    }

    private static String shortened(String digest) {
        return digest.length() <= DIGEST_SHOWN ? digest : digest.substring(0, DIGEST_SHOWN);
    }

    /** All seeds asked for: as a range where they follow each other. */
    private String seeds() {
        List<Long> seeds = results.runs().stream()
                .flatMap(run -> run.seeds().stream())
                .map(seed -> seed.seed())
                .distinct()
                .sorted()
                .toList();
        if (seeds.isEmpty()) {
            return "none";
        }
        long first = seeds.get(0);
        long last = seeds.get(seeds.size() - 1);
        return seeds.size() > 2 && last - first == seeds.size() - 1
                ? first + " to " + last
                : seeds.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** Of a single trial: what its model is worth, and how it is used. */
    private List<Text> savedModel() {
        if (results.runs().size() != 1 || results.runs().get(0).done().size() != 1) {
            return List.of();
        }
        RunResults run = results.runs().get(0);
        SweepResults.SeedResults trained = run.done().get(0);
        if (trained.test().isEmpty()) {
            return List.of();
        }
        SweepResults.TestResults test = trained.test().get();
        String images = Formats.count(results.dataset().testImages()) + " test images";
        String weights = "weights of epoch " + trained.finalEpoch() + ".";
        Text worth = Double.isNaN(test.accuracy())
                ? Text.plain("The saved model has a loss of ")
                        .and(new Inline.Strong(Formats.loss(test.loss())))
                        .and(" on " + images + "; " + weights)
                : Text.plain("The saved model classifies ")
                        .and(new Inline.Strong(Formats.percent(test.accuracy()) + " %"))
                        .and(" of " + images + " correctly (loss " + Formats.loss(test.loss()) + "); " + weights);
        return List.of(
                worth,
                Text.plain("To use it, in this folder: ")
                        .and(new Inline.Code("convoke predict runs/" + run.name() + "/seed-" + trained.seed()
                                + "/model.safetensors IMAGE")));
    }

    private List<Text> best() {
        List<RunResults> ranked = results.runs().stream()
                .filter(run -> LastEpochs.overSeeds(run, Metric.VAL_ACCURACY).n() > 0)
                .sorted(Comparator.comparingDouble((RunResults run) ->
                                LastEpochs.overSeeds(run, Metric.VAL_ACCURACY).mean())
                        .reversed())
                .toList();
        if (ranked.isEmpty()) {
            return List.of(Text.plain("No run was completed."));
        }
        Text text = Text.plain(ranked.size() == 1 ? "Validation accuracy: " : "Highest validation accuracy: ");
        for (int i = 0; i < Math.min(NAMED, ranked.size()); i++) {
            RunResults run = ranked.get(i);
            Spread accuracy = LastEpochs.overSeeds(run, Metric.VAL_ACCURACY);
            text = text.and(i == 0 ? "" : i == Math.min(NAMED, ranked.size()) - 1 ? " and " : ", ")
                    .and(new Inline.Jump("run-" + context.slug(run), ReportContext.label(run)))
                    .and(" with " + Formats.percent(accuracy.mean()) + " %"
                            + (accuracy.n() > 1
                                    ? " (SD " + Formats.percent(accuracy.sd()) + ", n\u00a0=\u00a0" + accuracy.n() + ")"
                                    : ""));
        }
        String basis = (ranked.size() == 1 ? ", the" : ". Each value is the") + " median over a seed's last "
                + LastEpochs.COUNT + " epochs, averaged over seeds" + continued(ranked)
                + (context.selectedOnTest()
                        ? "; validation used the test set, so it is not an estimate for new data."
                        : ".");
        return List.of(text.and(basis));
    }

    /** What '(continued)' means, where a run among the first has the word. */
    private static String continued(List<RunResults> ranked) {
        return ranked.stream().limit(NAMED).anyMatch(run -> run.startFrom().isPresent())
                ? "; a continued run began with trained weights"
                : "";
    }
}
