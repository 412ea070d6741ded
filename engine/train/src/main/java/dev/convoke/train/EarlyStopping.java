package dev.convoke.train;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * When to end a run before its last epoch, as Keras' {@code EarlyStopping} of 2.8 and 3 does: when the monitored figure has not
 * improved by more than {@code minDelta} for {@code patience} epochs; and, which Keras has not, as soon as it reaches a target.
 *
 * @param monitor the figure watched
 * @param patience epochs without improvement that are borne; empty for any number
 * @param minDelta what counts as improvement
 * @param restoreBest whether the run ends with the parameters of its best epoch, stopped or not, as Keras 3; Keras 2 restores
 *     them only where it stopped
 * @param fromEpoch the first epochs, this many, neither improve nor wait, Keras' {@code start_from_epoch}
 * @param baseline an improvement ends the wait only where it passes this figure too; empty for none
 * @param target the run ends after the epoch that reaches it; empty for none
 */
public record EarlyStopping(
        Monitor monitor,
        OptionalInt patience,
        double minDelta,
        boolean restoreBest,
        int fromEpoch,
        OptionalDouble baseline,
        OptionalDouble target) {
    public EarlyStopping {
        if (patience.isPresent() && patience.getAsInt() < 1) {
            throw new IllegalArgumentException("patience must be at least 1, not " + patience.getAsInt());
        }
        if (!(minDelta >= 0)) {
            throw new IllegalArgumentException("min_delta must not be negative, not " + minDelta);
        }
        if (fromEpoch < 0) {
            throw new IllegalArgumentException("from_epoch must not be negative, not " + fromEpoch);
        }
        if (baseline.isPresent() && patience.isEmpty()) {
            throw new IllegalArgumentException("a baseline needs a patience, within which it is to be passed");
        }
    }

    /** Patience alone. */
    public EarlyStopping(Monitor monitor, int patience, double minDelta, boolean restoreBest) {
        this(
                monitor,
                OptionalInt.of(patience),
                minDelta,
                restoreBest,
                0,
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    /** A figure of {@link EpochMetrics}, and which way is better. */
    public enum Monitor {
        VAL_LOSS,
        VAL_ACCURACY,
        TRAIN_LOSS,
        TRAIN_ACCURACY;

        public double of(EpochMetrics epoch) {
            return switch (this) {
                case VAL_LOSS -> epoch.valLoss();
                case VAL_ACCURACY -> epoch.valAccuracy();
                case TRAIN_LOSS -> epoch.trainLoss();
                case TRAIN_ACCURACY -> epoch.trainAccuracy();
            };
        }

        private boolean isLoss() {
            return this == VAL_LOSS || this == TRAIN_LOSS;
        }

        /** A figure that every other one beats. */
        double worst() {
            return isLoss() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
        }

        /** Whether {@code value} beats {@code best} by more than {@code minDelta}. */
        public boolean improves(double value, double best, double minDelta) {
            return isLoss() ? value < best - minDelta : value > best + minDelta;
        }

        /** Whether {@code value} is as good as {@code target}. */
        boolean reaches(double value, double target) {
            return isLoss() ? value <= target : value >= target;
        }
    }
}
