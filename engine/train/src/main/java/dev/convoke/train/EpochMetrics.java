package dev.convoke.train;

import java.util.Map;
import java.util.Optional;

/**
 * Metrics of one epoch. Training metrics are running means over the epoch, on augmented images with dropout; losses include
 * penalties, as in Keras, and the data loss is given separately. An accuracy is NaN if the loss does not define it and the
 * images have no classes.
 *
 * @param epoch from 1
 * @param seconds wall time, validation included
 * @param learningRate of the epoch's last step
 * @param figures additional metrics of the loss: the {@linkplain dev.convoke.model.Loss.Metric#label label} of each metric
 *     prefixed with {@code train_} or {@code val_}, and {@code r_squared}; may be empty
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
