package dev.convoke.train;

import java.util.Map;
import java.util.Optional;

/**
 * What one epoch gave. Training figures are running means over the epoch, on augmented images with dropout on; losses include
 * penalties, as Keras reports them, and the data loss stands beside. An accuracy is NaN where the loss does not count it and the
 * images have no classes.
 *
 * @param epoch from 1
 * @param seconds wall time, validation included
 * @param learningRate of the epoch's last step
 * @param figures what else the loss is judged by: the {@linkplain dev.convoke.model.Loss.Metric#label label} of each figure
 *     with {@code train_} or {@code val_} before it, {@code r_squared} beside them; empty where there is nothing else
 */
public record EpochMetrics(
        int epoch,
        double seconds,
        double learningRate,
        double trainLoss,
        double trainDataLoss,
        double trainAccuracy,
        double valLoss,
        double valDataLoss,
        double valAccuracy,
        Optional<Map<String, Double>> figures) {

    /** Losses and accuracies alone. */
    public EpochMetrics(
            int epoch,
            double seconds,
            double learningRate,
            double trainLoss,
            double trainDataLoss,
            double trainAccuracy,
            double valLoss,
            double valDataLoss,
            double valAccuracy) {
        this(
                epoch,
                seconds,
                learningRate,
                trainLoss,
                trainDataLoss,
                trainAccuracy,
                valLoss,
                valDataLoss,
                valAccuracy,
                Optional.empty());
    }
}
