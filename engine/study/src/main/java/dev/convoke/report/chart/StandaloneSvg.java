package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;
import java.util.List;
import java.util.Locale;

/** A figure as a separate file, with its own colors and background, readable on light and dark pages. */
public final class StandaloneSvg {
    private static final double MARGIN = 20;
    private static final double HEAD = 34;
    private static final double LEGEND_LINE = 22;
    private static final double SPACE = 18;
    /** Width of a character of the legend, at most. */
    private static final double CHARACTER = 7;

    private StandaloneSvg() {}

    /** The whole file. */
    public static String of(Figure figure) {
        List<Panel> panels = figure.panels();
        int columns = Math.max(1, Math.min(figure.columns(), panels.size()));
        double cellWidth = panels.stream().mapToInt(Panel::width).max().orElse(400);
        double cellHeight = panels.stream().mapToInt(Panel::height).max().orElse(0);
        double width = 2 * MARGIN + columns * cellWidth + (columns - 1) * SPACE;
        Element legend = Element.of("g");
        double top = MARGIN + HEAD + drawLegend(legend, figure.legend(), width);
        int rows = (panels.size() + columns - 1) / columns;
        double height = top + rows * (cellHeight + SPACE) - SPACE + MARGIN;
        Element svg = Element.of("svg", "chart")
                .with("xmlns", "http://www.w3.org/2000/svg")
                .with("width", width)
                .with("height", height)
                .with("viewBox", "0 0 " + Element.coordinate(width) + " " + Element.coordinate(height))
                .with("role", "img");
        svg.add(Element.of("title").text(figure.title()));
        svg.add(Element.of("style").text(Stylesheet.CHART.text()));
        svg.add(Element.of("rect", "ground")
                .with("x", 0)
                .with("y", 0)
                .with("width", width)
                .with("height", height)
                .with("rx", 8));
        svg.add(LinePanel.text("headline", MARGIN, MARGIN + 14, figure.title()));
        svg.add(legend);
        for (int i = 0; i < panels.size(); i++) {
            double x = MARGIN + (i % columns) * (cellWidth + SPACE);
            int row = i / columns;
            double y = top + row * (cellHeight + SPACE);
            svg.add(at(x, y, panels.get(i).draw()));
        }
        return svg.toString();
    }

    /** Draws the legend in as many lines as it takes; returns its height. */
    private static double drawLegend(Element into, List<LegendEntry> entries, double width) {
        double x = MARGIN;
        double y = MARGIN + HEAD - 6;
        for (LegendEntry entry : entries) {
            double needed = LegendEntry.WIDTH + 8 + CHARACTER * entry.label().length() + 18;
            if (x > MARGIN && x + needed > width - MARGIN) {
                x = MARGIN;
                y += LEGEND_LINE;
            }
            into.add(at(
                    x,
                    y,
                    Element.of("g")
                            .add(entry.draw())
                            .add(LinePanel.text("label", LegendEntry.WIDTH + 8, 11, entry.label()))));
            x += needed;
        }
        return entries.isEmpty() ? 0 : y + LEGEND_LINE + 8 - (MARGIN + HEAD - 6);
    }

    private static Element at(double x, double y, Element drawing) {
        return Element.of("g")
                .with("transform", String.format(Locale.ROOT, "translate(%.1f %.1f)", x, y))
                .add(drawing);
    }
}
