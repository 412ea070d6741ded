package dev.convoke.report.published;

/** One epoch as the original notebook printed it; losses include penalties. */
public record PublishedEpoch(
        int epoch, double seconds, double trainLoss, double trainAccuracy, double valLoss, double valAccuracy) {}
