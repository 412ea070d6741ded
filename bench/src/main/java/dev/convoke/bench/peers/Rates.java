package dev.convoke.bench.peers;

import java.util.Arrays;

/**
 * Images a second by round.
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

    /** The median over the rounds of how often this rate goes into {@code reference}'s of the same round. */
    double ratio(Rates reference) {
        double[] ratios = new double[perRound.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = reference.perRound[i] / perRound[i];
        }
        return median(ratios);
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
