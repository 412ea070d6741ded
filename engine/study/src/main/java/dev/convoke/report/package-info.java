/**
 * What a person reads after a sweep: verdicts on the published claims, tables beside the published values, figures, and
 * all of it as a page of HTML, as Markdown and as lines for a terminal.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report;
