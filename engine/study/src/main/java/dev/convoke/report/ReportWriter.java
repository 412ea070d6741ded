package dev.convoke.report;

import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.StandaloneSvg;
import dev.convoke.report.document.Document;
import dev.convoke.report.document.HtmlPage;
import dev.convoke.report.document.MarkdownPage;
import dev.convoke.report.section.ReportDocument;
import dev.convoke.sweep.SweepResults;
import dev.convoke.train.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code report.html}, {@code report.md} and the figures that the latter links. */
public final class ReportWriter {
    private static final String FIGURES = "figures";

    private ReportWriter() {}

    /**
     * Writes the report to a folder, which is created if needed. Each file is written atomically.
     *
     * @param judged results with the verdicts of {@link ClaimJudge}
     * @throws IOException if the folder cannot be created
     * @throws java.io.UncheckedIOException if a file cannot be written
     */
    public static void write(Path folder, SweepResults judged) throws IOException {
        Document document = ReportDocument.of(judged);
        Path figures = Files.createDirectories(folder.resolve(FIGURES));
        for (Figure figure : document.figures()) {
            AtomicFile.write(figures.resolve(figure.file()), StandaloneSvg.of(figure));
        }
        AtomicFile.write(folder.resolve("report.md"), MarkdownPage.of(document, FIGURES));
        AtomicFile.write(folder.resolve("report.html"), HtmlPage.of(document));
    }
}
