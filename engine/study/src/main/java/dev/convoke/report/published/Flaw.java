package dev.convoke.report.published;

import java.util.Set;

/**
 * A place where the report and its own notebook part, or where its method does not carry its words.
 *
 * @param number from 1, as footnotes name it
 * @param text in one or two sentences
 * @param bearsOn table rows as {@code table/run} ({@code 2/patience-3}), figures as {@code figure/3}, or {@code all}
 */
public record Flaw(int number, String text, Set<String> bearsOn) {
    /** Whether it bears on the row of {@code run} in {@code table}. */
    public boolean bearsOnRow(int table, String run) {
        return bearsOn.contains(table + "/" + run);
    }

    /** Whether it bears on that figure. */
    public boolean bearsOnFigure(int figure) {
        return bearsOn.contains("figure/" + figure);
    }

    /** Whether it bears on every run alike. */
    public boolean bearsOnAll() {
        return bearsOn.contains("all");
    }
}
