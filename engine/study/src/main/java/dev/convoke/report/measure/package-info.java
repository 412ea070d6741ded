/**
 * Values that the report derives from a run: which metric, over which epochs, and whether it can be compared with the
 * published one.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.measure;
