/**
 * Charts as SVG. A panel is one chart of fixed size; a figure is a grid of panels with a legend. Colours are classes that
 * {@code chart.css} resolves for light and dark, so that one drawing serves the page and a file of its own.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.chart;
