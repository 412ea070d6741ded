package dev.convoke.cli;

import dev.convoke.report.claims.SeedPlan;
import dev.convoke.report.measure.Formats;
import dev.convoke.report.statistics.SampleSize;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.Sweep;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a suite without training and computes how many seeds its claims need. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Checks a suite without training, and computes how many seeds its claims need for a given"
                + " power. How far seeds scatter is taken from an earlier sweep of the same runs.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke plan my-suite.yaml",
            "  convoke plan my-suite.yaml --from out/my-suite-digits --effect 0.002",
            "  convoke plan report --from bench/results/mnist-report-5-seeds --power 0.9"
        })
final class PlanCommand implements Callable<Integer> {
    private static final double[] EFFECTS = {0.5, 1, 1.5, 2, 3};

    private final Console console;

    @Parameters(paramLabel = "SUITE", description = "A built-in suite or a YAML file.")
    String suite = "";

    @Option(
            names = "--power",
            paramLabel = "SHARE",
            description = "Probability that a test detects the effect. Default: ${DEFAULT-VALUE}.")
    double power = 0.8;

    @Option(
            names = "--effect",
            paramLabel = "SHARE",
            description = "Difference of accuracy to detect if a claim has no size: 0.002 is 0.2 percentage points.")
    @Nullable Double effect;

    @Option(names = "--from", paramLabel = "DIR", description = "Folder of a sweep of the same runs.")
    @Nullable Path from;

    @Mixin
    OutputOptions output = new OutputOptions();

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!(power > 0 && power < 1)) {
            throw new ConfigurationException("--power must be between 0 and 1, not " + power);
        }
        if (effect != null && !(effect > 0 && effect < 1)) {
            throw new ConfigurationException(
                    "--effect must be between 0 and 1, not " + effect + "; 0.002 is 0.2 points");
        }
        Suite read = Suites.load(suite);
        Optional<SweepResults> results = Optional.ofNullable(from).map(PlanCommand::results);
        SeedPlan plan = SeedPlan.of(
                read.study().claims(),
                results,
                effect == null ? OptionalDouble.empty() : OptionalDouble.of(effect),
                power);
        if (output.json) {
            console.print(Json.write(facts(read, plan)));
        } else {
            print(read, plan, results);
        }
        return ExitCode.DONE.code();
    }

    private static SweepResults results(Path path) {
        return ResultsJson.read(Files.isDirectory(path) ? path.resolve(Sweep.RESULTS) : path);
    }

    private void print(Suite read, SeedPlan plan, Optional<SweepResults> results) {
        int claims = read.study().claims().size();
        console.print(
                console.styled(Style.BOLD, read.name()) + "  " + read.runs().size()
                        + (read.runs().size() == 1 ? " run, " : " runs, ") + claims
                        + (claims == 1 ? " claim, " : " claims, ") + plan.judged() + " to be tested");
        if (plan.judged() == 0) {
            console.print("Without claims the best run is compared with the others; add 'claims' to plan for them.");
            return;
        }
        console.print(String.format(
                Locale.ROOT,
                "level %.4f (0.05 over %d, Holm's strictest); power %.2f; with fewer than %d seeds nothing is tested",
                plan.alpha(),
                plan.judged(),
                power,
                SeedPlan.FEWEST));
        console.print("the signed-rank test can be significant from " + plan.fewestForRanks() + " seeds on");
        console.print("");
        if (results.isPresent()) {
            rows(plan);
            cost(read, plan, results.get());
        } else {
            generic(plan);
        }
    }

    private void rows(SeedPlan plan) {
        Table table =
                new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT);
        table.row("claim", "test", "effect", "sd", "seeds");
        for (SeedPlan.Row row : plan.rows()) {
            table.row(
                    row.claim(),
                    row.statement(),
                    Double.isNaN(row.effect()) ? "-" : Formats.size(row.metric(), row.effect()),
                    Double.isNaN(row.sd()) ? "-" : sd(row),
                    row.twoGroups()
                            ? plan.fewestForRanks() + " by ranks"
                            : row.seeds().map(String::valueOf).orElse("-"));
        }
        table.lines().forEach(console::print);
        console.print("");
        console.print("A dash under effect: the claim has no size; --effect names one for accuracies. By ranks: the");
        console.print(
                "seeds fall into two groups, so that a t test is not valid; the rank test needs at least so many.");
    }

    private static String sd(SeedPlan.Row row) {
        return row.metric().isAccuracy()
                ? String.format(Locale.ROOT, "%.2f points", 100 * row.sd())
                : String.format(Locale.ROOT, "%.4f", row.sd());
    }

    /** What as many seeds cost on the machine that made the earlier results. */
    private void cost(Suite read, SeedPlan plan, SweepResults results) {
        double seconds = read.runs().stream()
                .flatMap(run -> results.run(run.name()).stream())
                .filter(run -> !run.done().isEmpty())
                .mapToDouble(run -> run.done().stream()
                        .mapToDouble(SeedResults::seconds)
                        .average()
                        .orElse(0))
                .sum();
        double each = seconds / Math.max(1, results.machine().jobs());
        plan.rows().stream()
                .flatMap(row -> row.seeds().stream())
                .max(Integer::compare)
                .ifPresent(seeds -> console.print("A seed of every run took "
                        + Formats.duration(each) + " there; " + seeds + " seeds take "
                        + Formats.duration(each * seeds) + "."));
        console.print("A deviation from few seeds is uncertain: from five by a factor of 0.6 to 2.9.");
    }

    private void generic(SeedPlan plan) {
        Table table = new Table(Table.Align.RIGHT, Table.Align.RIGHT);
        table.row("true difference over its sd", "seeds");
        for (double size : EFFECTS) {
            int seeds = SampleSize.paired(size, plan.alpha(), power);
            table.row(Double.toString(size), Integer.toString(Math.max(SeedPlan.FEWEST, seeds)));
        }
        table.lines().forEach(console::print);
        console.print("");
        console.print("The sd is that of the differences between two runs, by seed. --from takes it from a sweep.");
    }

    private Map<String, Object> facts(Suite read, SeedPlan plan) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (SeedPlan.Row row : plan.rows()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("claim", row.claim());
            facts.put("test", row.statement());
            facts.put("effect", number(row.effect()));
            facts.put("basis", row.basis().name().toLowerCase(Locale.ROOT));
            facts.put("sd", number(row.sd()));
            facts.put("seeds", row.seeds().orElse(null));
            facts.put("two_groups", row.twoGroups());
            rows.add(facts);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("suite", read.name());
        all.put("claims", plan.judged());
        all.put("alpha", plan.alpha());
        all.put("power", power);
        all.put("fewest_for_ranks", plan.fewestForRanks());
        all.put("tests", rows);
        return all;
    }

    private static @Nullable Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
