package dev.convoke.report.published;

/**
 * One row of Tables 2 to 4, as printed: figures of the last epoch.
 *
 * @param table 2, 3 or 4
 * @param label the row's name in the report
 * @param run the run that it speaks of
 */
public record PublishedRow(
        int table,
        String label,
        String run,
        double trainLoss,
        double trainAccuracy,
        double valLoss,
        double valAccuracy) {}
