package dev.convoke.report.document;

import java.util.List;

/**
 * A table.
 *
 * @param caption above it
 * @param rows each as wide as {@code columns}; the first cell names the row
 * @param notes notes numbered in the rows, printed below in full
 */
public record Table(Text caption, List<Column> columns, List<List<Cell>> rows, List<Footnote> notes) implements Block {
    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        notes = List.copyOf(notes);
        for (List<Cell> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(row.size() + " cells for " + columns.size() + " columns");
            }
        }
    }

    /** Where the cells of a column stand. */
    public enum Align {
        LEFT,
        RIGHT
    }

    /**
     * A column.
     *
     * @param group a heading over this and its neighbors of the same group; empty for none
     * @param emphasis how much its values stand out, such as not at all where they may not be compared
     */
    public record Column(String group, String heading, Align align, Emphasis emphasis) {
        public static Column words(String heading) {
            return new Column("", heading, Align.LEFT, Emphasis.PLAIN);
        }

        public static Column number(String heading) {
            return new Column("", heading, Align.RIGHT, Emphasis.PLAIN);
        }

        public static Column number(String group, String heading, Emphasis emphasis) {
            return new Column(group, heading, Align.RIGHT, emphasis);
        }
    }

    /** How much a value stands out. */
    public enum Emphasis {
        PLAIN,
        STRONG,
        MUTED,
        /** Out of bounds. */
        ALERT
    }

    /**
     * A cell.
     *
     * @param below a second, smaller line, such as a spread; empty for none
     */
    public record Cell(Text text, String below, Emphasis emphasis) {
        public static Cell of(String text) {
            return new Cell(Text.plain(text), "", Emphasis.PLAIN);
        }

        public static Cell of(Text text) {
            return new Cell(text, "", Emphasis.PLAIN);
        }

        public static Cell muted(String text) {
            return new Cell(Text.plain(text), "", Emphasis.MUTED);
        }
    }

    /** A note by its number. */
    public record Footnote(int number, String text) {}
}
