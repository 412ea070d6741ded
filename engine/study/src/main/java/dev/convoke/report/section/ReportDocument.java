package dev.convoke.report.section;

import dev.convoke.report.document.Block;
import dev.convoke.report.document.Document;
import dev.convoke.report.document.Text;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;

/** Puts the chapters in order. */
public final class ReportDocument {
    private ReportDocument() {}

    /** The report on a sweep, with verdicts if it has claims. */
    public static Document of(SweepResults results) {
        ReportContext context = ReportContext.of(results);
        List<Block> blocks = new ArrayList<>(new Summary(context).blocks());
        blocks.addAll(new OverviewTable(context).blocks());
        blocks.addAll(new StudyTables(context).blocks());
        blocks.addAll(new Claims(context).blocks());
        blocks.add(new Block.Heading(2, "figures", "Figures"));
        blocks.addAll(Networks.blocks(context));
        List<Block> figures = new StudyFigures(context).blocks();
        blocks.addAll(figures.isEmpty() ? RunComparison.blocks(context) : figures);
        blocks.add(new Block.Heading(2, "runs", results.runs().size() == 1 ? "The run" : "Every run"));
        for (RunResults run : results.runs()) {
            blocks.addAll(new RunSection(context, run).blocks());
        }
        blocks.addAll(Method.blocks(context));
        context.notes().ifPresent(notes -> blocks.addAll(Method.notes(notes)));
        String title = results.suite().title().isBlank()
                ? results.suite().name()
                : results.suite().title();
        return new Document(title, Text.plain(results.suite().description()), blocks);
    }
}
