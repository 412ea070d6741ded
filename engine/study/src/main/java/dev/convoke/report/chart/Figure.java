package dev.convoke.report.chart;

import java.util.List;

/**
 * Panels in a grid.
 *
 * @param file name of its own SVG file, without folder
 * @param title in a few words
 * @param caption what a reader needs to know
 * @param columns of panels if there is enough space
 */
public record Figure(
        String file, String title, String caption, List<LegendEntry> legend, List<Panel> panels, int columns) {
    public Figure {
        legend = List.copyOf(legend);
        panels = List.copyOf(panels);
    }
}
