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
        description = "Judges the results of a sweep again and writes report.html, report.md and the figures anew.",
        footerHeading = "%nExample:%n",
        footer = "  convoke report out/report-digits")
final class ReportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "DIR", description = "Folder of a sweep, with its results.json.")
    Path folder = Path.of("");

    @Option(
            names = "--suite",
            paramLabel = "SUITE",
            description = "Take claims and published figures from this suite, not from the one that was swept.")
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
            // Says what is missing, before a lock is left in a folder that is no sweep's.
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
