package dev.convoke.report.document;

import dev.convoke.report.document.Table.Align;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Table.Emphasis;
import dev.convoke.report.document.Table.Footnote;
import dev.convoke.report.markup.Element;
import java.util.List;
import java.util.Locale;

/** Writes a table as HTML, in a box that scrolls by itself where the page is narrow. */
final class HtmlTable {
    private final Table table;

    HtmlTable(Table table) {
        this.table = table;
    }

    Element write() {
        Element html = Element.of("table").add(head());
        Element body = Element.of("tbody");
        table.rows().forEach(row -> body.add(row(row)));
        Element box = Element.of("div", "table");
        if (!table.caption().parts().isEmpty()) {
            box.add(HtmlInlines.write(
                    table.caption(), Element.of("p", "caption"))); // outside the box, or it scrolls too
        }
        box.add(Element.of("div", "scroll").with("tabindex", "0").add(html.add(body)));
        if (!table.notes().isEmpty()) {
            box.add(notes());
        }
        return box;
    }

    private Element head() {
        Element head = Element.of("thead");
        if (table.columns().stream().anyMatch(column -> !column.group().isEmpty())) {
            head.add(groups());
        }
        Element names = Element.of("tr");
        for (int i = 0; i < table.columns().size(); i++) {
            names.add(Element.of("th", css(i, Emphasis.PLAIN))
                    .with("scope", "col")
                    .text(table.columns().get(i).heading()));
        }
        return head.add(names);
    }

    private Element groups() {
        Element row = Element.of("tr", "groups");
        List<Column> columns = table.columns();
        for (int from = 0; from < columns.size(); ) {
            int to = from + 1;
            while (to < columns.size()
                    && columns.get(to).group().equals(columns.get(from).group())) {
                to++;
            }
            row.add(Element.of("th", columns.get(from).group().isEmpty() ? "" : "group")
                    .with("colspan", Integer.toString(to - from))
                    .text(columns.get(from).group()));
            from = to;
        }
        return row;
    }

    private Element row(List<Cell> cells) {
        Element row = Element.of("tr");
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            Element html = i == 0
                    ? Element.of("th", css(i, cell.emphasis())).with("scope", "row")
                    : Element.of("td", css(i, cell.emphasis()));
            HtmlInlines.write(cell.text(), html);
            if (!cell.below().isEmpty()) {
                html.add(Element.of("span", "below").text(cell.below()));
            }
            row.add(html);
        }
        return row;
    }

    private String css(int index, Emphasis emphasis) {
        Column column = table.columns().get(index);
        StringBuilder css = new StringBuilder(column.align() == Align.RIGHT ? "number" : "words");
        Emphasis shown = emphasis == Emphasis.PLAIN ? column.emphasis() : emphasis;
        if (shown != Emphasis.PLAIN) {
            css.append(' ').append(shown.name().toLowerCase(Locale.ROOT));
        }
        boolean opens = index > 0
                && !column.group().equals(table.columns().get(index - 1).group());
        return opens ? css.append(" opens").toString() : css.toString();
    }

    private Element notes() {
        Element notes = Element.of("div", "notes");
        for (Footnote note : table.notes()) {
            notes.add(Element.of("p")
                    .add(Element.of("sup").text(Integer.toString(note.number())))
                    .text(" " + note.text()));
        }
        return notes;
    }
}
