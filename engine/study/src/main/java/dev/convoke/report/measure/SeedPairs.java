package dev.convoke.report.measure;

import dev.convoke.report.statistics.DetectableEffect;
import dev.convoke.report.statistics.Spread;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import java.util.ArrayList;
import java.util.List;

/**
 * Two runs side by side, seed by seed; only seeds that both trained to the end and that give a finite figure count.
 *
 * @param first figures of the first run, by pair
 * @param second figures of the second, by pair
 * @param noise for a single pair, the epoch-to-epoch standard deviations of both; empty for more pairs
 */
public record SeedPairs(double[] first, double[] second, List<Double> noise) {
    public static SeedPairs of(RunResults first, RunResults second, Metric metric) {
        List<double[]> pairs = new ArrayList<>();
        List<Double> noise = List.of();
        for (SeedResults one : first.done()) {
            for (SeedResults other : second.done()) {
                double[] pair = {LastEpochs.median(one, metric), LastEpochs.median(other, metric)};
                if (one.seed() == other.seed() && Double.isFinite(pair[0] - pair[1])) {
                    pairs.add(pair);
                    noise = List.of(LastEpochs.epochToEpochSd(one, metric), LastEpochs.epochToEpochSd(other, metric));
                }
            }
        }
        return new SeedPairs(
                pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
                pairs.stream().mapToDouble(pair -> pair[1]).toArray(),
                pairs.size() == 1 ? noise : List.of());
    }

    public int n() {
        return first.length;
    }

    /** First less second, by pair. */
    public double[] differences() {
        double[] differences = new double[n()];
        for (int i = 0; i < n(); i++) {
            differences[i] = first[i] - second[i];
        }
        return differences;
    }

    /** The smallest true difference that a test at {@code alpha} would see; NaN without a pair. */
    public double smallestEffect(double sd, double alpha) {
        return n() == 1 ? DetectableEffect.single(noise.get(0), noise.get(1), alpha) : smallestEffect(n(), sd, alpha);
    }

    /** The same for {@code n} differences whose standard deviation is known; NaN for fewer than two. */
    public static double smallestEffect(int n, double sd, double alpha) {
        return n < 2 ? Double.NaN : DetectableEffect.paired(sd, n, alpha);
    }

    /** Correlation between the figures of a pair, over all pairs; NaN for fewer than three, or without spread. */
    public double correlation() {
        Spread one = Spread.of(first);
        Spread other = Spread.of(second);
        double sum = 0;
        for (int i = 0; i < n(); i++) {
            sum += (first[i] - one.mean()) * (second[i] - other.mean());
        }
        double scale = (n() - 1) * one.sd() * other.sd();
        return n() < 3 || !(scale > 0) ? Double.NaN : sum / scale;
    }
}
