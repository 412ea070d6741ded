package dev.convoke.report.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Mean, standard deviation and range of a sample. Values that are not finite are ignored.
 *
 * @param n finite values
 * @param mean NaN for an empty sample
 * @param sd standard deviation with denominator n - 1; NaN for fewer than two values
 * @param min NaN for an empty sample
 * @param max NaN for an empty sample
 */
public record Spread(int n, double mean, double sd, double min, double max) {
    public static Spread of(double... values) {
        double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
        if (finite.length == 0) {
            return new Spread(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        double mean = Arrays.stream(finite).sum() / finite.length;
        double squares = Arrays.stream(finite).map(x -> (x - mean) * (x - mean)).sum();
        return new Spread(
                finite.length,
                mean,
                finite.length < 2 ? Double.NaN : Math.sqrt(squares / (finite.length - 1)),
                Arrays.stream(finite).min().orElse(Double.NaN),
                Arrays.stream(finite).max().orElse(Double.NaN));
    }

    /**
     * The interval that holds one more value from the same normal distribution with probability {@code level}: mean plus and
     * minus t times sd times sqrt(1 + 1/n). Both ends NaN for fewer than two values.
     */
    public Interval prediction(double level) {
        double half = n < 2
                ? Double.NaN
                : TDistribution.of(n - 1).inverseSurvivalProbability((1 - level) / 2) * sd * Math.sqrt(1 + 1.0 / n);
        return new Interval(mean - half, mean + half);
    }

    /** The middle value, or the mean of the two middle ones; NaN where no value is finite. */
    public static double median(double... values) {
        double[] sorted =
                Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
