package dev.convoke.report.section;

import dev.convoke.report.document.Block;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Table;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Table.Emphasis;
import dev.convoke.report.document.Table.Footnote;
import dev.convoke.report.document.Text;
import dev.convoke.report.measure.Formats;
import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.Notes;
import dev.convoke.sweep.Study.Published;
import dev.convoke.sweep.Study.Row;
import dev.convoke.sweep.Study.Scope;
import dev.convoke.sweep.Study.StudyTable;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The tables of a study: ours and, where they are of the same data, what was printed and published. */
final class StudyTables {
    private final ReportContext context;

    StudyTables(ReportContext context) {
        this.context = context;
    }

    /** Nothing where no row has a run of the sweep. */
    List<Block> blocks() {
        List<StudyTable> tables = context.study().tables().stream()
                .filter(table -> !rows(table).isEmpty())
                .toList();
        if (tables.isEmpty()) {
            return List.of();
        }
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(2, "tables", "Tables"));
        blocks.add(new Block.Paragraph(Text.plain(lead())));
        context.comparison().caveat().ifPresent(caveat -> blocks.add(new Block.Paragraph(Text.plain(caveat))));
        tables.forEach(table -> blocks.add(table(table)));
        return blocks;
    }

    private String lead() {
        String ours = "Medians over the last " + LastEpochs.COUNT
                + " epochs, averaged over seeds with the standard deviation below. Losses include penalties, accuracies are"
                + " percent.";
        return ours
                + context.source()
                        .map(source -> " The " + source.name()
                                + "'s are medians of its own last epochs; 'printed' are the values in its tables."
                                + everywhere())
                        .orElse("");
    }

    private String everywhere() {
        return context.notes()
                .map(notes -> {
                    String numbers = IntStream.rangeClosed(1, notes.items().size())
                            .filter(i -> notes.items().get(i - 1).scope() == Scope.ALL)
                            .mapToObj(Integer::toString)
                            .collect(Collectors.joining(" and "));
                    return " Small numbers refer to the " + notes.word() + "s that concern a row"
                            + (numbers.isEmpty() ? "." : "; " + numbers + " concern all.");
                })
                .orElse("");
    }

    private List<Row> rows(StudyTable table) {
        return table.rows().stream()
                .filter(row -> context.results().run(row.run()).isPresent())
                .toList();
    }

    private Table table(StudyTable table) {
        List<Row> rows = rows(table);
        List<Footnote> footnotes =
                context.notes().map(notes -> footnotes(notes, rows)).orElse(List.of());
        return new Table(
                Text.strong(table.title()),
                columns(rows),
                rows.stream().map(row -> cells(row, rows)).toList(),
                footnotes);
    }

    private static List<Footnote> footnotes(Notes notes, List<Row> rows) {
        return rows.stream()
                .flatMap(row -> row.notes().stream())
                .distinct()
                .sorted()
                .map(number ->
                        new Footnote(number, notes.items().get(number - 1).text()))
                .toList();
    }

    private boolean showsPrinted(List<Row> rows) {
        return context.source().isPresent()
                && rows.stream().anyMatch(row -> !row.printed().isEmpty());
    }

    private List<Column> columns(List<Row> rows) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.words("Row"));
        for (Metric metric : Metric.OF_EPOCHS) {
            String group = Curves.title(metric);
            columns.add(Column.number(group, "ours", Emphasis.STRONG));
            if (showsPrinted(rows)) {
                columns.add(Column.number(group, "printed", Emphasis.PLAIN));
            }
            context.source().ifPresent(source -> columns.add(Column.number(group, source.name(), Emphasis.PLAIN)));
        }
        return columns;
    }

    private List<Cell> cells(Row row, List<Row> rows) {
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.of(label(row)));
        RunResults run = context.results().run(row.run()).orElseThrow();
        boolean beside = context.published(run).isPresent();
        Optional<Published> source = context.source();
        for (Metric metric : Metric.OF_EPOCHS) {
            cells.add(ours(run, metric));
            if (showsPrinted(rows)) {
                double printed = row.printed(metric);
                cells.add(published(
                        metric.isAccuracy() ? Formats.fixed(100 * printed, 1) : Formats.fixed(printed, 3), beside));
            }
            source.ifPresent(published -> cells.add(published(
                    Formats.value(
                            metric,
                            published
                                    .run(row.run())
                                    .map(other -> LastEpochs.median(other, metric))
                                    .orElse(Double.NaN)),
                    beside)));
        }
        return cells;
    }

    private static Cell published(String figure, boolean beside) {
        return beside ? Cell.of(figure) : Cell.muted(figure);
    }

    private Text label(Row row) {
        Text label = Text.plain(row.label());
        if (context.notes().isPresent()) {
            String word = context.notes().get().word();
            for (int number : row.notes()) {
                label = label.and(" ").and(new Inline.Note(number, word));
            }
        }
        return label;
    }

    private static Cell ours(RunResults run, Metric metric) {
        Spread spread = LastEpochs.overSeeds(run, metric);
        return new Cell(
                Text.plain(Formats.value(metric, spread.mean())),
                spread.n() > 1 ? "± " + Formats.value(metric, spread.sd()) : "",
                Emphasis.PLAIN);
    }
}
