package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix. Wrong predictions are shaded by their fraction of the row, on a square-root scale that makes rare
 * ones visible; correct predictions are not shaded, since they would dominate.
 *
 * @param counts row: true class, column: predicted class
 * @param classes their names
 */
public record HeatMap(String title, List<List<Integer>> counts, List<String> classes) implements Panel {
    private static final double TOP = 52;
    private static final double SIZE = 400;
    /** With more classes than this the cells are too small for a number. */
    private static final int MOST_WITH_NUMBERS = 16;
    /** The fraction of wrong predictions in a row with the darkest shade. */
    private static final double FULL = 0.1;
    /** From this shade on a number is drawn in the page's color. */
    private static final double DARK = 0.55;
    /** The lightest shade, so that a single wrong prediction is visible. */
    private static final double FAINTEST = 0.06;
    /** Characters of a class name that fit next to the matrix. */
    private static final int LONGEST_NAME = 12;

    public HeatMap {
        counts = counts.stream().map(List::copyOf).toList();
        classes = List.copyOf(classes);
    }

    @Override
    public int width() {
        return (int) Math.ceil(left() + SIZE + 6);
    }

    @Override
    public int height() {
        return (int) (TOP + SIZE + 34);
    }

    @Override
    public String description() {
        return title + ": confusion matrix, rows are true classes, columns predictions";
    }

    private double left() {
        int longest = classes.stream()
                .mapToInt(name -> shortened(name).length())
                .max()
                .orElse(1);
        return 34 + 7.2 * longest;
    }

    @Override
    public Element draw() {
        Element g = Element.of("g").add(LinePanel.text("title", 2, 16, title));
        int n = counts.size();
        if (n == 0) {
            return g.add(LinePanel.text("empty", left(), TOP + 20, "no predictions"));
        }
        double cell = SIZE / n;
        for (int row = 0; row < n; row++) {
            drawRow(g, row, cell);
        }
        drawNames(g, cell);
        g.add(LinePanel.text("tick middle", left() + SIZE / 2, TOP + SIZE + 24, "columns: prediction"));
        double middle = TOP + SIZE / 2;
        return g.add(LinePanel.text("tick middle", 12, middle, "rows: true class")
                .with("transform", String.format(Locale.ROOT, "rotate(-90 12 %.1f)", middle)));
    }

    private void drawRow(Element g, int row, double cell) {
        double support = counts.get(row).stream().mapToInt(Integer::intValue).sum();
        for (int column = 0; column < counts.size(); column++) {
            int count = counts.get(row).get(column);
            double x = left() + column * cell;
            double y = TOP + row * cell;
            double shade = row == column || count == 0
                    ? 0
                    : Math.max(FAINTEST, Math.min(1, Math.sqrt(count / support / FULL)));
            Element rect = Element.of("rect", row == column ? "cell right" : "cell")
                    .with("x", x + 0.5)
                    .with("y", y + 0.5)
                    .with("width", cell - 1)
                    .with("height", cell - 1);
            g.add(row == column ? rect : rect.with("fill-opacity", shade));
            if (count > 0 && counts.size() <= MOST_WITH_NUMBERS) {
                String css = row == column ? "count hit" : shade > DARK ? "count on" : "count";
                g.add(LinePanel.text(css, x + cell / 2, y + cell / 2 + 4, Integer.toString(count)));
            }
        }
    }

    private void drawNames(Element g, double cell) {
        int every = (int) Math.ceil(13 / cell);
        for (int i = 0; i < counts.size(); i += every) {
            String name = i < classes.size() ? shortened(classes.get(i)) : Integer.toString(i);
            double middle = (i + 0.5) * cell;
            g.add(LinePanel.text("tick end", left() - 6, TOP + middle + 4, name));
            boolean fits = name.length() * 7.2 <= cell * every;
            g.add(LinePanel.text(
                    "tick middle",
                    left() + middle,
                    TOP - 8,
                    fits ? name : name.substring(0, Math.min(2, name.length()))));
        }
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }
}
