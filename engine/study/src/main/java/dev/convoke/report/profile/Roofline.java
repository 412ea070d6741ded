package dev.convoke.report.profile;

import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Hue;
import dev.convoke.report.chart.LegendEntry;
import dev.convoke.report.chart.RooflinePanel;
import java.util.List;

/** The roofline of a profile, a figure of one panel. */
final class Roofline {
    static final String FILE = "roofline.svg";

    private Roofline() {}

    static Figure figure(ProfileReport report) {
        ProfileReport.ProfiledRun subject = report.subject();
        String title = subject.run() + ", batch " + subject.batch() + ", " + subject.precision() + ", "
                + (subject.threads() == 1 ? "1 thread" : subject.threads() + " threads") + ", " + subject.device();
        RooflinePanel panel = new RooflinePanel(
                subject.processor(),
                report.roof().flopsPerSecond(),
                report.roof().memoryBytesPerSecond(),
                report.roof().cacheBytesPerSecond(),
                report.rows().stream().map(Roofline::point).toList());
        return new Figure(
                FILE,
                "Roofline: " + title,
                "The performance of each op of a training step and the limit of this machine. FLOPs are effective: those of the"
                        + " textbook algorithm, even if Winograd's algorithm or skipping zeros needs fewer, so that a point may be"
                        + " above the roof. The larger a mark, the larger the op's share of the step.",
                List.of(
                        new LegendEntry(LegendEntry.Sample.DOT, Hue.BLUE, "forward"),
                        new LegendEntry(LegendEntry.Sample.DIAMOND, Hue.VERMILION, "backward"),
                        new LegendEntry(LegendEntry.Sample.BLOCK, Hue.GREEN, "images, loss, update"),
                        new LegendEntry(LegendEntry.Sample.LINE, Hue.INK, "arithmetic, memory"),
                        new LegendEntry(LegendEntry.Sample.DASHED, Hue.GRAY, "cache")),
                List.of(panel),
                1);
    }

    private static RooflinePanel.Point point(ProfileRow row) {
        return new RooflinePanel.Point(
                row.name().split("\\+", 2)[0],
                mark(row.pass()),
                row.work().intensity(),
                row.flopsPerSecond(),
                row.share());
    }

    private static RooflinePanel.Mark mark(Pass pass) {
        return switch (pass) {
            case FORWARD -> RooflinePanel.Mark.CIRCLE;
            case BACKWARD -> RooflinePanel.Mark.DIAMOND;
            case PIPELINE, LOSS, SUM, REORDER, OPTIMIZER -> RooflinePanel.Mark.SQUARE;
        };
    }
}
