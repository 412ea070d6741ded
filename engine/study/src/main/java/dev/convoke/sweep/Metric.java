package dev.convoke.sweep;

import dev.convoke.train.EpochMetrics;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A figure of a run that a gate, a baseline or a claim looks at. Accuracies are shares of 1; losses include penalties, as
 * Keras reports them.
 */
public enum Metric {
    TRAIN_LOSS("training loss"),
    TRAIN_ACCURACY("training accuracy"),
    VAL_LOSS("validation loss"),
    VAL_ACCURACY("validation accuracy"),
    TEST_LOSS("test loss"),
    TEST_ACCURACY("test accuracy");

    /** The figures that every epoch gives. */
    public static final List<Metric> OF_EPOCHS = List.of(TRAIN_LOSS, TRAIN_ACCURACY, VAL_LOSS, VAL_ACCURACY);

    private final String words;

    Metric(String words) {
        this.words = words;
    }

    /** The name on a command line, in a suite and in {@code results.json}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name in a sentence. */
    public String words() {
        return words;
    }

    /** Whether the figure is a share of images, from 0 to 1, where more is better; else it is a loss. */
    public boolean isAccuracy() {
        return this == TRAIN_ACCURACY || this == VAL_ACCURACY || this == TEST_ACCURACY;
    }

    /** Whether it is of the test set under the final parameters, not of an epoch. */
    public boolean isOfTest() {
        return this == TEST_LOSS || this == TEST_ACCURACY;
    }

    /** The figure of one epoch; NaN for figures of the test set. */
    public double of(EpochMetrics epoch) {
        return switch (this) {
            case TRAIN_LOSS -> epoch.trainLoss();
            case TRAIN_ACCURACY -> epoch.trainAccuracy();
            case VAL_LOSS -> epoch.valLoss();
            case VAL_ACCURACY -> epoch.valAccuracy();
            case TEST_LOSS, TEST_ACCURACY -> Double.NaN;
        };
    }

    /** The figure of one seed's final epoch or test set; NaN where there is none. */
    public double of(SweepResults.SeedResults seed) {
        return switch (this) {
            case TEST_LOSS -> seed.test().map(SweepResults.TestResults::loss).orElse(Double.NaN);
            case TEST_ACCURACY ->
                seed.test().map(SweepResults.TestResults::accuracy).orElse(Double.NaN);
            default ->
                seed.finalEpoch() < 1 || seed.finalEpoch() > seed.epochs().size()
                        ? Double.NaN
                        : of(seed.epochs().get(seed.finalEpoch() - 1));
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
