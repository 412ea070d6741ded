package dev.convoke.report;

import dev.convoke.sweep.SweepResults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Writes sample reports to look at: {@code java ... dev.convoke.report.SampleReport target/sample-report}. */
public final class SampleReport {
    private SampleReport() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Map<String, SweepResults> samples = Map.of(
                "five-seeds", SampleSweep.report(5),
                "one-seed", SampleSweep.report(1),
                "sound", SampleSweep.builtIn("report-sound", 5),
                "as-described", SampleSweep.builtIn("report-as-described", 5),
                "digits", SampleSweep.onDigits(3),
                "grid", SampleSweep.grid());
        for (Map.Entry<String, SweepResults> sample : samples.entrySet()) {
            SweepResults judged = sample.getValue().withClaims(ClaimJudge.judge(sample.getValue()));
            ReportWriter.write(folder.resolve(sample.getKey()), judged);
            System.out.println(TerminalSummary.of(judged, 80));
        }
    }
}
