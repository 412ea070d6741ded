package dev.convoke.report;

import dev.convoke.datasets.HostileFile;
import dev.convoke.report.document.Document;
import dev.convoke.report.document.HtmlPage;
import dev.convoke.report.document.MarkdownPage;
import dev.convoke.report.section.ReportDocument;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.SweepResults;
import java.nio.file.Path;

/** {@code results.json}, and the report that is drawn of it. */
public final class ResultsFuzz {
    private static final int COLUMNS = 100;
    private static final HostileFile FILE = new HostileFile("results.json", ConfigurationException.class);

    private ResultsFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(data, ResultsFuzz::report);
    }

    private static void report(Path file) {
        SweepResults results = ResultsJson.read(file);
        // What is wrong from here on is not said of the file any more, but of the suite or of a run in it.
        HostileFile.judge(ConfigurationException.class, "", () -> {
            SweepResults judged = results.withClaims(ClaimJudge.judge(results));
            TerminalSummary.of(judged, COLUMNS);
            Document document = ReportDocument.of(judged);
            MarkdownPage.of(document, "figures");
            HtmlPage.of(document);
        });
    }
}
