/** A report as blocks of text, tables and figures, and its two renderings: one HTML page, and Markdown with figure files. */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.document;
