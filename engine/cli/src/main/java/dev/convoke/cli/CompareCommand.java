package dev.convoke.cli;

import dev.convoke.report.measure.SweepComparison;
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

/** Tests whether a sweep's accuracies are worse than an earlier one's. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Tests, run by run and seed by seed, whether a sweep's validation accuracies are worse than those"
                + " of an earlier one: other kernels, another machine, another version. Exit code 7 where one is.",
        footerHeading = "%nExample:%n",
        footer = "  convoke compare out/report-mnist out/report-mnist-onednn --margin 0.002")
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NOW", description = "Folder of a sweep, or its results.json.")
    Path now = Path.of("");

    @Parameters(index = "1", paramLabel = "BEFORE", description = "The same of the earlier sweep.")
    Path before = Path.of("");

    @Option(
            names = "--margin",
            paramLabel = "SHARE",
            description = "What a run may be lower by and still count as not worse: 0.005 is half a point. Default:"
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
                    "--margin must lie between 0 and 1, not " + margin + "; 0.005 is half a point");
        }
        SweepComparison comparison = SweepComparison.of(read(now), read(before), margin);
        if (output.json) {
            console.printJson(Json.write(facts(comparison)));
        } else if (!output.quiet) {
            table(comparison).lines().forEach(console::print);
            console.print("");
            console.print(String.format(
                    Locale.ROOT,
                    "validation accuracy in percent, median of the last five epochs; one-sided paired t tests at %.2f,"
                            + " corrected (Holm); margin %.2f points",
                    SweepComparison.ALPHA,
                    100 * margin));
        }
        return (comparison.anyWorse() ? ExitCode.GATE : ExitCode.DONE).code();
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
                Table.Align.LEFT);
        table.row("run", "seeds", "before", "now", "difference", "p worse", "p not worse", "");
        for (SweepComparison.Row row : comparison.rows()) {
            table.row(
                    row.run(),
                    Integer.toString(row.difference().n()),
                    spread("%.2f", row.before()),
                    spread("%.2f", row.now()),
                    spread("%+.2f", row.difference()),
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
