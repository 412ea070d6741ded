/** What the report reads off a run: which figure, over which epochs, and whether it may stand beside the published one. */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.measure;
