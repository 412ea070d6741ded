/** Elements of HTML and SVG that are escaped and balanced by construction. */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.markup;
