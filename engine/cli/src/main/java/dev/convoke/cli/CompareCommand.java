package dev.convoke.cli;

import dev.convoke.report.measure.RunDifference;
import dev.convoke.report.measure.SweepComparison;
import dev.convoke.report.statistics.Interval;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Baseline;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Sweep;
import dev.convoke.sweep.SweepResults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tests whether a sweep's accuracies are worse than an earlier one's, or compares two runs of one sweep. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = {
            "convoke compare [OPTIONS] NOW BEFORE",
            "       convoke compare [OPTIONS] DIR RUN RUN",
        },
        description = "Tests, run by run and seed by seed, whether a sweep's validation accuracies are worse than those"
                + " of an earlier one: other kernels, another machine, another version. Exit code 7 if one is. With one"
                + " sweep and two of its runs: every metric of both, their difference and its interval.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke compare out/report-mnist out/report-mnist-onednn --margin 0.002",
            "  convoke compare out/mine-digits narrow wide"
        })
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NOW", description = "Folder of a sweep, or its results.json.")
    Path now = Path.of("");

    @Parameters(
            index = "1..2",
            arity = "1..2",
            paramLabel = "BEFORE",
            description = "The same of the earlier sweep; or two runs of one sweep.")
    List<String> others = List.of();

    @Option(
            names = "--margin",
            paramLabel = "SHARE",
            description = "How much lower a run may be and still count as not worse: 0.005 is half a point. Default:"
                    + " ${DEFAULT-VALUE}.")
    double margin = Baseline.DEFAULT_TOLERANCE;

    @Mixin
    OutputOptions output = new OutputOptions();

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!(margin > 0 && margin < 1)) {
            CommandSpec command = Objects.requireNonNull(spec);
            throw new ParameterException(
                    command.commandLine(),
                    "--margin must be between 0 and 1, not " + margin + "; 0.005 is half a point");
        }
        if (others.size() == 2) {
            return runs(others.get(0), others.get(1));
        }
        SweepComparison comparison = SweepComparison.of(read(now), read(Path.of(others.get(0))), margin);
        if (output.json) {
            console.printJson(Json.write(facts(comparison)));
        } else if (!output.quiet) {
            table(comparison).lines().forEach(console::print);
            console.print("");
            console.print(String.format(
                    Locale.ROOT,
                    "validation accuracy in percent, median of the last five epochs; change with its 95 %% interval;%np of one-sided"
                            + " paired t tests at %.2f, corrected (Holm); margin %.2f points",
                    SweepComparison.ALPHA,
                    100 * margin));
        }
        return (comparison.anyWorse() ? ExitCode.GATE : ExitCode.DONE).code();
    }

    private int runs(String first, String second) {
        RunDifference comparison = RunDifference.of(read(now), first, second);
        if (output.json) {
            console.printJson(Json.write(facts(comparison, first, second)));
        } else if (!output.quiet) {
            int pairs = comparison.rows().get(0).difference().n();
            console.print("a  " + first);
            console.print("b  " + second + ", " + pairs + (pairs == 1 ? " seed of both" : " seeds of both"));
            console.print("");
            table(comparison).lines().forEach(console::print);
            console.print("");
            comparison
                    .settings()
                    .forEach((key, values) ->
                            console.print(key + ": " + values.get(0) + " in a, " + values.get(1) + " in b"));
            console.print(comparison.settings().isEmpty() ? "The settings are the same." : "");
            console.print("accuracies in percent; a - b with its 95 % interval; two-sided p, not corrected, of the");
            console.print("paired t, the signed-rank and Welch's test; last: correlation of the seeds");
        }
        return ExitCode.DONE.code();
    }

    private static Table table(RunDifference comparison) {
        Table table = new Table(
                Table.Align.LEFT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT);
        table.row("", "a", "b", "a - b", "interval", "p", "ranks", "Welch", "r");
        for (RunDifference.Row row : comparison.rows()) {
            double factor = row.metric().isAccuracy() ? 100 : 1;
            String form = row.metric().isAccuracy() ? "%.2f" : "%.4f";
            table.row(
                    row.metric().label(),
                    number(form, factor * row.first().mean()),
                    number(form, factor * row.second().mean()),
                    number(form.replace("%", "%+"), factor * row.difference().mean()),
                    interval(form.replace("%", "%+"), factor, row.interval()),
                    chance(row.p()),
                    chance(row.rankP()),
                    chance(row.unpairedP()),
                    number("%.2f", row.correlation()));
        }
        return table;
    }

    private static String number(String form, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, form, value);
    }

    private static String interval(String form, double factor, Interval interval) {
        return interval.isKnown()
                ? number(form, factor * interval.low()) + ".." + number(form, factor * interval.high())
                : "-";
    }

    private static Map<String, Object> facts(RunDifference comparison, String first, String second) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (RunDifference.Row row : comparison.rows()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("metric", row.metric().label());
            facts.put("pairs", row.difference().n());
            facts.put("first", row.first().mean());
            facts.put("second", row.second().mean());
            facts.put("difference", row.difference().mean());
            facts.put("low", number(row.interval().low()));
            facts.put("high", number(row.interval().high()));
            facts.put("p", number(row.p()));
            facts.put("rank_p", number(row.rankP()));
            facts.put("unpaired_p", number(row.unpairedP()));
            facts.put("correlation", number(row.correlation()));
            rows.add(facts);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("first", first);
        all.put("second", second);
        all.put("settings", comparison.settings());
        all.put("metrics", rows);
        return all;
    }

    private SweepResults read(Path path) {
        return ResultsJson.read(Files.isDirectory(path) ? path.resolve(Sweep.RESULTS) : path, console::remark);
    }

    private static Table table(SweepComparison comparison) {
        Table table = new Table(
                Table.Align.LEFT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.LEFT);
        table.row("run", "seeds", "before", "now", "change", "interval", "worse", "not worse", "");
        for (SweepComparison.Row row : comparison.rows()) {
            table.row(
                    row.run(),
                    Integer.toString(row.difference().n()),
                    spread("%.2f", row.before()),
                    spread("%.2f", row.now()),
                    String.format(Locale.ROOT, "%+.2f", 100 * row.difference().mean()),
                    interval("%+.2f", 100, row.interval()),
                    chance(row.pWorse()),
                    chance(row.pNotWorse()),
                    words(row.answer()));
        }
        return table;
    }

    private static String spread(String format, Spread spread) {
        String mean = String.format(Locale.ROOT, format, 100 * spread.mean());
        return spread.n() < 2 ? mean : mean + String.format(Locale.ROOT, " ± %.2f", 100 * spread.sd());
    }

    private static String chance(double p) {
        if (Double.isNaN(p)) {
            return "-";
        }
        return p < 0.0005 ? "<0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    private static String words(SweepComparison.Answer answer) {
        return answer.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Map<String, Object> facts(SweepComparison comparison) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (SweepComparison.Row row : comparison.rows()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("run", row.run());
            facts.put("pairs", row.difference().n());
            facts.put("before", row.before().mean());
            facts.put("now", row.now().mean());
            facts.put("difference", row.difference().mean());
            facts.put("difference_sd", number(row.difference().sd()));
            facts.put("low", number(row.interval().low()));
            facts.put("high", number(row.interval().high()));
            facts.put("p_worse", number(row.pWorse()));
            facts.put("p_not_worse", number(row.pNotWorse()));
            facts.put("answer", words(row.answer()));
            rows.add(facts);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("margin", comparison.margin());
        all.put("alpha", SweepComparison.ALPHA);
        all.put("runs", rows);
        return all;
    }

    private static @Nullable Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
