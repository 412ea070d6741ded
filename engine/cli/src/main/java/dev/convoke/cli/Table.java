package dev.convoke.cli;

import java.util.ArrayList;
import java.util.List;

/** A table of text whose columns line up: the first column to the left, numbers to the right. */
final class Table {
    private final List<Align> aligns;
    private final List<List<String>> rows = new ArrayList<>();

    /** Which edge a column lines up at. */
    enum Align {
        LEFT,
        RIGHT
    }

    Table(Align... aligns) {
        this.aligns = List.of(aligns);
    }

    void row(String... cells) {
        if (cells.length != aligns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + aligns.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    /** The lines; the first is the header if the caller gave one. */
    List<String> lines() {
        int[] widths = new int[aligns.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Ansi.width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            lines.add(line(row, widths));
        }
        return lines;
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String gap = " ".repeat(widths[i] - Ansi.width(row.get(i)));
            line.append(i == 0 ? "" : "  ").append(aligns.get(i) == Align.RIGHT ? gap + row.get(i) : row.get(i) + gap);
        }
        return line.toString().stripTrailing();
    }
}
