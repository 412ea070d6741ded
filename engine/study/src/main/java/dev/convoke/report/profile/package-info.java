/**
 * The report of a profiled run: what every op of a training step took, what it had to do at least, and how near that is to
 * what the machine can do. As a table's rows, JSON, a Chrome trace, a roofline and a page.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.profile;
