package dev.convoke.cli;

import dev.convoke.report.ClaimJudge;
import dev.convoke.report.TerminalSummary;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.StoreLock;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.Sweep;
import dev.convoke.sweep.SweepResults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws the report of a sweep anew. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description =
                "Tests the claims of a finished sweep again and regenerates report.html, report.md and the figures.",
        footerHeading = "%nExample:%n",
        footer = "  convoke report out/report-digits")
final class ReportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "DIR", description = "Folder of a sweep, with its results.json.")
    Path folder = Path.of("");

    @Option(
            names = "--suite",
            paramLabel = "SUITE",
            description = "Use claims and published results of this suite instead of the sweep's own.")
    @Nullable String suite;

    @Mixin
    OutputOptions output = new OutputOptions();

    ReportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        SweepResults judged = judged();
        if (output.json) {
            console.printJson(ResultsJson.text(judged));
        } else if (!output.quiet) {
            console.printLines(TerminalSummary.of(judged, console.columns()));
            console.print("");
            console.print("report   " + folder.resolve("report.html"));
        }
        return ExitCode.DONE.code();
    }

    private SweepResults judged() {
        Path file = folder.resolve(Sweep.RESULTS);
        if (!Files.isRegularFile(file)) {
            // Reports what is missing before a lock is created in a folder that contains no sweep.
            return ResultsJson.read(file);
        }
        try (StoreLock lock = StoreLock.take(folder)) {
            SweepResults results = ResultsJson.read(file, console::remark);
            if (suite != null) {
                results = results.withSuite(SweepResults.SuiteFacts.of(Suites.load(suite)));
            }
            SweepResults judged = results.withClaims(ClaimJudge.judge(results));
            SweepSession.write(lock.folder(), judged);
            return judged;
        }
    }
}
