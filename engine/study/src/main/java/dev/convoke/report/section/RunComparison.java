package dev.convoke.report.section;

import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Hue;
import dev.convoke.report.chart.LinePanel;
import dev.convoke.report.chart.Panel;
import dev.convoke.report.chart.Series;
import dev.convoke.report.document.Block;
import dev.convoke.report.measure.PublishedComparison.Row;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The best runs of any suite in one figure; a single run has its curves in its own section. */
final class RunComparison {
    /** Lines that one panel bears. */
    private static final int MOST = 8;

    private RunComparison() {}

    static List<Block> blocks(ReportContext context) {
        List<RunResults> runs = OverviewTable.ranked(context.comparison().rows()).stream()
                .filter(row -> row.ours().n() > 0)
                .map(Row::run)
                .limit(MOST)
                .toList();
        if (runs.size() < 2) {
            return List.of();
        }
        List<Panel> panels = new ArrayList<>();
        for (Metric metric : List.of(Metric.VAL_ACCURACY, Metric.VAL_LOSS, Metric.TRAIN_ACCURACY, Metric.TRAIN_LOSS)) {
            List<Series> lines = IntStream.range(0, runs.size())
                    .mapToObj(i -> Curves.mean(
                            runs.get(i),
                            metric,
                            shortened(ReportContext.label(runs.get(i))),
                            Hue.series(i),
                            Series.Stroke.SOLID))
                    .toList();
            panels.add(new LinePanel(Curves.title(metric), Curves.axis(metric), lines, List.of(), LinePanel.Size.WIDE));
        }
        String which = context.results().runs().size() > runs.size()
                ? "The " + runs.size() + " best of " + context.results().runs().size() + " runs, means over seeds."
                : "Means over seeds.";
        return List.of(new Block.Plot(new Figure(
                "comparison.svg",
                "Runs compared",
                which + " The axes are logarithmic in the loss and in the error.",
                List.of(),
                panels,
                2)));
    }

    private static String shortened(String name) {
        return name.length() <= 20 ? name : name.substring(0, 19) + "…";
    }
}
