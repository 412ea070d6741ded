package dev.convoke.sweep;

import dev.convoke.train.EpochMetrics;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A figure of a finished run that a gate or a baseline looks at: of its final epoch, or of the test set. */
public enum Metric {
    TRAIN_LOSS,
    TRAIN_ACCURACY,
    VAL_LOSS,
    VAL_ACCURACY,
    TEST_LOSS,
    TEST_ACCURACY;

    /** The name on a command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the figure is a share of images, from 0 to 1. */
    public boolean isAccuracy() {
        return this == TRAIN_ACCURACY || this == VAL_ACCURACY || this == TEST_ACCURACY;
    }

    /** The figure of one seed; NaN where there is none. */
    public double of(SweepResults.SeedResults seed) {
        return switch (this) {
            case TEST_LOSS -> seed.test().map(SweepResults.TestResults::loss).orElse(Double.NaN);
            case TEST_ACCURACY ->
                seed.test().map(SweepResults.TestResults::accuracy).orElse(Double.NaN);
            default -> ofEpoch(seed);
        };
    }

    private double ofEpoch(SweepResults.SeedResults seed) {
        if (seed.finalEpoch() < 1 || seed.finalEpoch() > seed.epochs().size()) {
            return Double.NaN;
        }
        EpochMetrics epoch = seed.epochs().get(seed.finalEpoch() - 1);
        return switch (this) {
            case TRAIN_LOSS -> epoch.trainLoss();
            case TRAIN_ACCURACY -> epoch.trainAccuracy();
            case VAL_LOSS -> epoch.valLoss();
            default -> epoch.valAccuracy();
        };
    }

    /** The mean over all seeds of a run; empty unless every seed was trained to the end. */
    public OptionalDouble mean(SweepResults.RunResults run) {
        List<SweepResults.SeedResults> done = run.done();
        return done.isEmpty() || done.size() < run.seeds().size()
                ? OptionalDouble.empty()
                : done.stream().mapToDouble(this::of).average();
    }
}
