package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Accuracies in rows: a dot with its spread, and a diamond for the published one.
 *
 * @param rows from top to bottom
 */
public record DotPanel(String title, List<Row> rows) implements Panel {
    private static final double TOP = 34;
    private static final double LINE = 22;
    private static final double CHARACTER = 7;
    /** A percentage with two digits after the point, and the space around it. */
    private static final double LABEL_WIDTH = 48;

    private static final double DIAMOND = 5;
    private static final int LONGEST_LABEL = 22;

    /**
     * One row.
     *
     * @param mean NaN for none
     * @param low end of the spread; NaN for none
     * @param high end of the spread; NaN for none
     * @param published NaN for none
     */
    public record Row(String label, double mean, double low, double high, double published) {}

    public DotPanel {
        rows = List.copyOf(rows);
    }

    @Override
    public int width() {
        return 640;
    }

    @Override
    public int height() {
        return (int) (TOP + LINE * rows.size() + 30);
    }

    @Override
    public String description() {
        return title;
    }

    @Override
    public Element draw() {
        Element g = Element.of("g").add(LinePanel.text("title", 2, 16, title));
        double left = 16
                + CHARACTER
                        * rows.stream()
                                .mapToInt(row -> shortened(row.label()).length())
                                .max()
                                .orElse(0);
        double right = width() - 16.0;
        double bottom = TOP + LINE * rows.size();
        Scale scale = Scale.around(
                Scale.Kind.ERROR,
                rows.stream()
                        .flatMapToDouble(row -> DoubleStream.of(row.mean(), row.low(), row.high(), row.published()))
                        .toArray());
        for (double tick : scale.ticks(right - left, LABEL_WIDTH)) {
            double x = left + scale.at(tick) * (right - left);
            g.add(LinePanel.line("grid", x, TOP, x, bottom));
            g.add(LinePanel.text("tick middle", x, bottom + 18, scale.label(tick)));
        }
        for (int i = 0; i < rows.size(); i++) {
            double y = TOP + (i + 0.5) * LINE;
            g.add(LinePanel.text(
                    "label end", left - 10, y + 4, shortened(rows.get(i).label())));
            drawRow(g, rows.get(i), y, scale, left, right - left);
        }
        return g;
    }

    private static void drawRow(Element g, Row row, double y, Scale scale, double left, double length) {
        if (Double.isFinite(row.published())) {
            double x = left + scale.at(row.published()) * length;
            String corners = corner('M', x - DIAMOND, y)
                    + corner('L', x, y - DIAMOND)
                    + corner('L', x + DIAMOND, y)
                    + corner('L', x, y + DIAMOND);
            g.add(Element.of("path", "diamond c2").with("d", corners + "Z"));
        }
        if (Double.isFinite(row.low()) && Double.isFinite(row.high())) {
            g.add(LinePanel.line(
                    "line c1", left + scale.at(row.low()) * length, y, left + scale.at(row.high()) * length, y));
        }
        if (Double.isFinite(row.mean())) {
            g.add(Element.of("circle", "dot c1")
                    .with("cx", left + scale.at(row.mean()) * length)
                    .with("cy", y)
                    .with("r", 4));
        }
    }

    private static String corner(char command, double x, double y) {
        return command + Element.coordinate(x) + " " + Element.coordinate(y);
    }

    private static String shortened(String label) {
        return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL - 1) + "…";
    }
}
