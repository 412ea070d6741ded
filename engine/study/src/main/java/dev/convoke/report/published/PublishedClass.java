package dev.convoke.report.published;

/** One class of a run on the 10,000 test images, to the two digits that the notebook printed. */
public record PublishedClass(String label, double precision, double recall, double f1, int support) {}
