package dev.convoke.report.section;

import dev.convoke.report.document.Block;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Table;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Table.Emphasis;
import dev.convoke.report.document.Table.Footnote;
import dev.convoke.report.document.Text;
import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.measure.Metric;
import dev.convoke.report.measure.NotebookComparison;
import dev.convoke.report.measure.Numbers;
import dev.convoke.report.published.Flaw;
import dev.convoke.report.published.Published;
import dev.convoke.report.published.PublishedRow;
import dev.convoke.report.statistics.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Tables 2, 3 and 4: ours, what the report prints, and what its notebook gave. */
final class PublishedTables {
    private final Subject subject;

    PublishedTables(Subject subject) {
        this.subject = subject;
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(2, "tables", "Tables 2, 3 and 4"));
        blocks.add(new Block.Paragraph(Text.plain(
                "Ours and the notebook's are medians over the last five epochs, ours averaged over seeds with the standard"
                        + " deviation below. 'Printed' is what the report prints: mostly the last epoch alone. Losses"
                        + " include penalties, accuracies are percent. Small numbers name the flaws of the original that"
                        + " bear on a row; flaws " + everywhere() + " bear on all.")));
        if (!subject.comparable()) {
            blocks.add(new Block.Paragraph(Text.of(
                    new Inline.Warning("not comparable"),
                    new Inline.Plain(" The printed and the notebook's columns are about other data or settings."))));
        }
        NotebookComparison.of(subject.results())
                .caveat()
                .ifPresent(caveat -> blocks.add(new Block.Paragraph(Text.plain(caveat))));
        blocks.add(table(2, "Table 2. Regularization"));
        blocks.add(table(3, "Table 3. Number of convolution blocks"));
        blocks.add(table(4, "Table 4. Learning rates"));
        return blocks;
    }

    private static String everywhere() {
        return Published.report().flaws().stream()
                .filter(Flaw::bearsOnAll)
                .map(flaw -> Integer.toString(flaw.number()))
                .collect(Collectors.joining(" and "));
    }

    private Table table(int number, String caption) {
        List<PublishedRow> rows = Published.report().table(number).stream()
                .filter(row -> subject.results().run(row.run()).isPresent())
                .toList();
        return new Table(
                Text.strong(caption),
                columns(),
                rows.stream().map(this::cells).toList(),
                Published.report().flaws().stream()
                        .filter(flaw -> rows.stream().anyMatch(row -> flaw.bearsOnRow(number, row.run())))
                        .map(flaw -> new Footnote(flaw.number(), flaw.text()))
                        .toList());
    }

    private List<Column> columns() {
        Emphasis published = subject.comparable() ? Emphasis.PLAIN : Emphasis.MUTED;
        List<Column> columns = new ArrayList<>();
        columns.add(Column.words("Row"));
        for (Metric metric : Metric.values()) {
            String group = Curves.title(metric);
            columns.add(Column.number(group, "ours", Emphasis.STRONG));
            columns.add(Column.number(group, "printed", published));
            columns.add(Column.number(group, "notebook", published));
        }
        return columns;
    }

    private List<Cell> cells(PublishedRow row) {
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.of(label(row)));
        boolean beside =
                subject.results().run(row.run()).flatMap(subject::published).isPresent();
        for (Metric metric : Metric.values()) {
            cells.add(ours(row, metric));
            double printed = metric.of(row);
            cells.add(published(
                    metric.isAccuracy() ? Numbers.fixed(100 * printed, 1) : Numbers.fixed(printed, 3), beside));
            double notebook = Published.report()
                    .run(row.run())
                    .map(run -> LastEpochs.median(run, metric))
                    .orElse(Double.NaN);
            cells.add(published(Numbers.value(metric, notebook), beside));
        }
        return cells;
    }

    private static Cell published(String figure, boolean beside) {
        return beside ? Cell.of(figure) : Cell.muted(figure);
    }

    private Text label(PublishedRow row) {
        Text label = Text.plain(row.label());
        for (Flaw flaw : Published.report().flaws()) {
            if (flaw.bearsOnRow(row.table(), row.run())) {
                label = label.and(" ").and(new Inline.Note(flaw.number()));
            }
        }
        return label;
    }

    private Cell ours(PublishedRow row, Metric metric) {
        Spread spread = subject.results()
                .run(row.run())
                .map(run -> LastEpochs.overSeeds(run, metric))
                .orElse(Spread.of());
        return new Cell(
                Text.plain(Numbers.value(metric, spread.mean())),
                spread.n() > 1 ? "± " + Numbers.value(metric, spread.sd()) : "",
                Emphasis.PLAIN);
    }
}
