package dev.convoke.report.section;

import dev.convoke.report.document.Table;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Table.Emphasis;
import dev.convoke.report.document.Text;
import dev.convoke.report.measure.Formats;
import dev.convoke.sweep.Study.Published;
import dev.convoke.sweep.Study.PublishedClass;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.train.Classification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Precision, recall and F1 of every class, with the published ones if they can be compared. */
final class ClassTable {
    private ClassTable() {}

    static Table of(ReportContext context, RunResults run, List<Classification> answers) {
        Optional<PublishedRun> published = context.published(run)
                .filter(other -> other.classes().size() == answers.get(0).classes());
        String source = context.source().map(Published::name).orElse("");
        List<List<Cell>> rows = new ArrayList<>();
        for (int c = 0; c < answers.get(0).classes(); c++) {
            rows.add(row(context.className(c), c, answers, published));
        }
        return new Table(
                Text.plain("Test images by class, percent"
                        + (answers.size() > 1 ? ", mean over seeds" : "")
                        + (published.isPresent() ? "; those of the " + source + " to two digits" : "")),
                columns(published.isPresent(), source),
                rows,
                List.of());
    }

    private static List<Column> columns(boolean published, String source) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.words("Class"));
        for (String name : List.of("Precision", "Recall", "F1")) {
            if (published) {
                columns.add(Column.number(name, "ours", Emphasis.STRONG));
                columns.add(Column.number(name, source, Emphasis.PLAIN));
            } else {
                columns.add(Column.number("", name, Emphasis.PLAIN));
            }
        }
        columns.add(Column.number("Support"));
        return columns;
    }

    private static List<Cell> row(String name, int c, List<Classification> answers, Optional<PublishedRun> published) {
        Optional<PublishedClass> other = published.map(run -> run.classes().get(c));
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.of(name));
        cells.add(mean(answers, answer -> answer.precision(c)));
        other.ifPresent(printed -> cells.add(percent(printed.precision())));
        cells.add(mean(answers, answer -> answer.recall(c)));
        other.ifPresent(printed -> cells.add(percent(printed.recall())));
        cells.add(mean(answers, answer -> answer.f1(c)));
        other.ifPresent(printed -> cells.add(percent(printed.f1())));
        cells.add(Cell.of(Formats.count(answers.get(0).support(c))));
        return cells;
    }

    private static Cell mean(List<Classification> answers, ToDoubleFunction<Classification> figure) {
        return Cell.of(Formats.fixed(
                100 * answers.stream().mapToDouble(figure).average().orElse(Double.NaN), 1));
    }

    private static Cell percent(double share) {
        return Cell.of(Formats.fixed(100 * share, 0));
    }
}
