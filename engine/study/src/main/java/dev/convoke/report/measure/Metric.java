package dev.convoke.report.measure;

import dev.convoke.report.published.PublishedEpoch;
import dev.convoke.report.published.PublishedRow;
import dev.convoke.train.EpochMetrics;

/** A figure that every epoch gives. Accuracies are shares of 1; losses include penalties, as the original reports them. */
public enum Metric {
    TRAIN_LOSS("train_loss", "training loss"),
    TRAIN_ACCURACY("train_accuracy", "training accuracy"),
    VAL_LOSS("val_loss", "validation loss"),
    VAL_ACCURACY("val_accuracy", "validation accuracy");

    private final String symbol;
    private final String label;

    Metric(String symbol, String label) {
        this.symbol = symbol;
        this.label = label;
    }

    /** As {@code results.json} and {@code --gate} write it. */
    public String symbol() {
        return symbol;
    }

    /** In words. */
    public String label() {
        return label;
    }

    /** Whether it is a share of right answers, where more is better. */
    public boolean isAccuracy() {
        return this == TRAIN_ACCURACY || this == VAL_ACCURACY;
    }

    public double of(EpochMetrics epoch) {
        return switch (this) {
            case TRAIN_LOSS -> epoch.trainLoss();
            case TRAIN_ACCURACY -> epoch.trainAccuracy();
            case VAL_LOSS -> epoch.valLoss();
            case VAL_ACCURACY -> epoch.valAccuracy();
        };
    }

    public double of(PublishedEpoch epoch) {
        return switch (this) {
            case TRAIN_LOSS -> epoch.trainLoss();
            case TRAIN_ACCURACY -> epoch.trainAccuracy();
            case VAL_LOSS -> epoch.valLoss();
            case VAL_ACCURACY -> epoch.valAccuracy();
        };
    }

    public double of(PublishedRow row) {
        return switch (this) {
            case TRAIN_LOSS -> row.trainLoss();
            case TRAIN_ACCURACY -> row.trainAccuracy();
            case VAL_LOSS -> row.valLoss();
            case VAL_ACCURACY -> row.valAccuracy();
        };
    }
}
