package dev.convoke.bench.peers;

import java.util.Arrays;

/**
 * Images a second by round, or ratios of them.
 *
 * @param perRound {@code [rounds]}
 */
record Rates(double[] perRound) {
    double median() {
        return median(perRound);
    }

    double slowest() {
        return Arrays.stream(perRound).min().orElse(Double.NaN);
    }

    double fastest() {
        return Arrays.stream(perRound).max().orElse(Double.NaN);
    }

    /** How many times as large as {@code other}'s each rate is, round by round. */
    Rates over(Rates other) {
        double[] ratios = new double[perRound.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = perRound[i] / other.perRound[i];
        }
        return new Rates(ratios);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
