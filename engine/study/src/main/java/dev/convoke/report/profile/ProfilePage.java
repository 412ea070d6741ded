package dev.convoke.report.profile;

import dev.convoke.report.document.Block;
import dev.convoke.report.document.Document;
import dev.convoke.report.document.Table;
import dev.convoke.report.document.Text;
import dev.convoke.report.measure.Formats;
import java.util.ArrayList;
import java.util.List;

/** A profile as a page: chart, table, kernels of each op, explanations. */
final class ProfilePage {
    private static final int WORDS = 2;

    private ProfilePage() {}

    static Document of(ProfileReport report) {
        ProfileReport.ProfiledRun subject = report.subject();
        List<Block> blocks = new ArrayList<>();
        blocks.add(facts(report));
        blocks.add(new Block.Heading(2, "roofline", "Roofline"));
        blocks.add(new Block.Plot(Roofline.figure(report)));
        blocks.add(new Block.Heading(2, "ops", "Time per op"));
        blocks.add(times(report));
        blocks.add(new Block.Paragraph(Text.plain(ProfileCells.sum(report) + ".")));
        blocks.add(new Block.Heading(2, "kernels", "Kernels of each op"));
        blocks.add(kernels(report));
        blocks.add(new Block.Heading(2, "reading", "How to read this page"));
        reading().forEach(text -> blocks.add(new Block.Paragraph(Text.plain(text))));
        return new Document(
                "Profile of " + subject.run(),
                Text.plain(Formats.count(Math.round(report.imagesPerSecond()))
                        + " images per second in complete training steps of " + subject.batch() + " images."),
                blocks);
    }

    private static Block facts(ProfileReport report) {
        ProfileReport.ProfiledRun subject = report.subject();
        return new Block.Facts(List.of(
                new Block.Fact("device", Text.plain(subject.device() + ": " + subject.detail())),
                new Block.Fact("processor", Text.plain(subject.processor())),
                new Block.Fact("data set", Text.plain(subject.dataset())),
                new Block.Fact("precision", Text.plain(subject.precision())),
                new Block.Fact("threads", Text.plain(Integer.toString(subject.threads()))),
                new Block.Fact("kernels", Text.plain(subject.kernels())),
                new Block.Fact("steps", Text.plain(subject.steps() + " measured after " + subject.warmUp())),
                new Block.Fact("roof", Text.plain(ProfileCells.roof(report))),
                new Block.Fact("command", Text.code(subject.command()))));
    }

    private static Block times(ProfileReport report) {
        List<Table.Column> columns = new ArrayList<>();
        for (String heading : ProfileCells.head()) {
            columns.add(columns.size() < WORDS ? Table.Column.words(heading) : Table.Column.number(heading));
        }
        List<List<Table.Cell>> rows = new ArrayList<>();
        report.rows().forEach(row -> rows.add(cells(ProfileCells.of(row, report))));
        rows.add(cells(ProfileCells.between(report)));
        rows.add(cells(ProfileCells.step(report)));
        return new Table(Text.plain(ProfileCells.origin(report)), columns, rows, List.of());
    }

    private static Block kernels(ProfileReport report) {
        List<List<Table.Cell>> rows = report.rows().stream()
                .map(row -> cells(List.of(
                        ProfileCells.of(row, report).get(0),
                        ProfileCells.of(row, report).get(1),
                        row.kernels())))
                .toList();
        return new Table(
                Text.plain("The choice is forced with --kernels."),
                List.of(Table.Column.words("op"), Table.Column.words("pass"), Table.Column.words("kernels")),
                rows,
                List.of());
    }

    private static List<Table.Cell> cells(List<String> texts) {
        return texts.stream().map(Table.Cell::of).toList();
    }

    private static List<String> reading() {
        return List.of(
                "FLOPs are effective: those of the textbook algorithm on complete tensors, two per multiply-add. Our convolutions need"
                        + " fewer, forward by Winograd's algorithm, backward because they visit only the windows that have a"
                        + " gradient; their rate is higher as a result and may exceed the roof.",
                "Bytes are those of an op's own tensors, each moved once. The roof of an op is the lower of two: the peak of"
                        + " multiply-adds, and its FLOPs per byte times the bandwidth of a memory copy of as many"
                        + " bytes, measured on the same machine with the same threads just before.",
                "Times are measured around each op, in regular training steps; the time between the ops is spent in Java.");
    }
}
