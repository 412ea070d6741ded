/** The chapters of the report on a sweep, each made of the blocks of {@link dev.convoke.report.document}. */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.section;
