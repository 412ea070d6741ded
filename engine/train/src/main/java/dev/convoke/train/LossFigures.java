package dev.convoke.train;

import dev.convoke.backend.TargetRows;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import dev.convoke.model.Loss.Metric;
import java.util.List;
import java.util.Map;

/** Names the two metrics of a loss and computes derived ones. */
final class LossFigures {
    private static final String R_SQUARED = "r_squared";

    private final Loss loss;
    private final String prefix;
    private final double variance; // of the targets, mean over the outputs; NaN if not needed

    /**
     * @param prefix of every key
     * @param images that the figures are of
     */
    LossFigures(Loss loss, String prefix, ImageSet images) {
        this.loss = loss;
        this.prefix = prefix;
        this.variance = loss.metrics().contains(Metric.MEAN_SQUARED_ERROR) ? variance(loss, images) : Double.NaN;
    }

    /** Two passes over the targets, in float64. */
    private static double variance(Loss loss, ImageSet images) {
        double squares = 0;
        for (int k = 0; k < loss.outputs(); k++) {
            double sum = 0;
            for (int n = 0; n < images.count(); n++) {
                sum += TargetRows.value(images.targets(), n, k);
            }
            double mean = sum / images.count();
            for (int n = 0; n < images.count(); n++) {
                double distance = TargetRows.value(images.targets(), n, k) - mean;
                squares += distance * distance;
            }
        }
        return squares / images.count() / loss.outputs();
    }

    /** The accuracy, if that is the first metric of the loss; otherwise NaN. */
    double accuracy(double first) {
        return loss.metrics().get(0) == Metric.ACCURACY ? first : Double.NaN;
    }

    /**
     * Adds all metrics except accuracy, which has its own field. R squared is
     * {@code 1 - mean squared error / variance of the targets}; of several outputs, error and variance are means over them.
     */
    void put(double first, double second, Map<String, Double> figures) {
        List<Metric> metrics = loss.metrics();
        put(metrics.get(0), first, figures);
        put(metrics.get(1), second, figures);
    }

    private void put(Metric metric, double value, Map<String, Double> figures) {
        boolean isAlwaysOne = metric == Metric.TOP_K_ACCURACY
                && loss instanceof Loss.SoftmaxCrossEntropy softmax
                && softmax.topK() >= softmax.classes();
        if (metric == Metric.ACCURACY || isAlwaysOne) {
            return;
        }
        figures.put(prefix + metric.label(), value);
        if (metric == Metric.MEAN_SQUARED_ERROR && variance > 0) {
            figures.put(prefix + R_SQUARED, 1 - value / variance);
        }
    }
}
