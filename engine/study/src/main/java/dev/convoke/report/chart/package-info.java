/**
 * Charts as SVG. A panel is one chart of fixed size; a figure is a grid of panels with a legend. Colors are classes that
 * {@code chart.css} defines for light and dark pages, so that the same drawing can be used in the page and in a separate
 * file.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.chart;
