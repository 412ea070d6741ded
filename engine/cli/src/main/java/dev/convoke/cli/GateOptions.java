package dev.convoke.cli;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.NearestName;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.Baseline;
import dev.convoke.sweep.Gate;
import dev.convoke.sweep.GateFailure;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.SweepResults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What results must keep for the command to end well. */
final class GateOptions {
    @Option(
            names = "--gate",
            paramLabel = "BOUND",
            description = "Exit with 7 unless every run satisfies it: 'val_accuracy>=0.98', 'RUN:test_loss<0.05'."
                    + " May be given several times.")
    List<String> gates = new ArrayList<>();

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description =
                    "Exit with 7 if a run's accuracy is more than half a point below that of an earlier results.json.")
    @Nullable Path baseline;

    /** Rejects invalid gates and baselines before anything is loaded. */
    void check() {
        bounds();
        earlier();
    }

    /** Refuses gates and a baseline that do not go with what is to be trained, before it is. */
    void check(Suite suite, Dataset dataset) {
        List<String> runs = suite.runs().stream().map(Suite.Run::name).toList();
        for (Gate gate : bounds()) {
            gate.run().filter(run -> !runs.contains(run)).ifPresent(run -> {
                throw new ConfigurationException("gate: there is no run '" + run + "'" + NearestName.hint(runs, run));
            });
        }
        Baseline before = earlier();
        if (before != null && !before.results().dataset().digest().equals(dataset.digest())) {
            throw new ConfigurationException(baseline + ": is of data set '"
                    + before.results().dataset().name() + "', not of this '" + dataset.name()
                    + "'; compare results of the same data");
        }
        if (before != null) {
            requireCommon(before, runs);
        }
    }

    /** A baseline that compares nothing would pass whatever was trained. */
    private void requireCommon(Baseline before, List<String> runs) {
        List<String> comparable = before.comparable();
        if (comparable.stream().noneMatch(runs::contains)) {
            throw new ConfigurationException(baseline + ": contains nothing to compare with: "
                    + (comparable.isEmpty()
                            ? "none of its runs was finished"
                            : "it finished " + some(comparable) + ", and to be trained are " + some(runs))
                    + "; name results of the same runs");
        }
    }

    private static String some(List<String> runs) {
        int shown = 5;
        String names = runs.stream().limit(shown).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return runs.size() > shown ? names + " and " + (runs.size() - shown) + " more" : names;
    }

    private List<Gate> bounds() {
        return gates.stream().map(Gate::parse).toList();
    }

    private @Nullable Baseline earlier() {
        return baseline == null ? null : new Baseline(ResultsJson.read(baseline), Baseline.DEFAULT_TOLERANCE);
    }

    /** Prints failed runs and missed bounds, one line each. */
    ExitCode judge(SweepResults results, TrainingOptions.Extent extent, Console console) {
        List<String> lines = new ArrayList<>();
        for (SweepResults.RunResults run : results.runs()) {
            for (SweepResults.SeedResults seed : run.seeds()) {
                if (seed.status() != SweepResults.Status.DONE) {
                    lines.add(run.name() + "/seed-" + seed.seed() + " "
                            + seed.status().name().toLowerCase(Locale.ROOT) + ": " + seed.message());
                }
            }
        }
        List<GateFailure> failures = new ArrayList<>();
        bounds().forEach(gate -> failures.addAll(gate.check(results)));
        Baseline before = earlier();
        if (before != null) {
            boolean whole = extent == TrainingOptions.Extent.WHOLE_SUITE;
            List<String> trained =
                    results.runs().stream().map(SweepResults.RunResults::name).toList();
            Baseline wanted = whole ? before : before.of(trained);
            failures.addAll(wanted.check(results));
            // Printed even with --quiet: runs that were not compared did not pass.
            List<String> compared = wanted.comparable();
            console.remark("baseline: compared "
                    + some(compared.stream().filter(trained::contains).toList()));
            List<String> without =
                    trained.stream().filter(run -> !compared.contains(run)).toList();
            if (!without.isEmpty()) {
                console.remark("baseline: has no finished " + some(without) + "; not compared");
            }
        }
        failures.forEach(failure -> lines.add("gate: " + failure));
        lines.forEach(line -> console.remark(console.remarkStyled(Style.BAD, "convoke: ") + line));
        return lines.isEmpty() ? ExitCode.DONE : ExitCode.GATE;
    }
}
