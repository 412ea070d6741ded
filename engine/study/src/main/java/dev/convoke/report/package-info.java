/**
 * The report on a sweep: verdicts on claims, tables with published values, and figures, as HTML, as Markdown and as
 * terminal output.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report;
