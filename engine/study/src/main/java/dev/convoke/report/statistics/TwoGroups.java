package dev.convoke.report.statistics;

import java.util.Arrays;

/**
 * Whether a sample falls into two groups far apart, as the accuracies of a learning rate at which some seeds learn and some do
 * not. A t test, and a standard deviation, say nothing of such a sample. Commons Statistics has no test of normality or
 * modality.
 */
public final class TwoGroups {
    /**
     * Minimum distance of the groups in units of the standard deviation within them. Of samples of five values from a
     * normal distribution about one in a hundred is classified as two groups, of ten values almost none; the program that
     * generates the tests' golden values counts them.
     */
    public static final double APART = 10;

    private static final int FEWEST_IN_A_GROUP = 2;

    private TwoGroups() {}

    /** Whether some gap parts the values into two groups of at least two each, farther apart than {@link #APART} allows. */
    public static boolean in(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        for (int low = FEWEST_IN_A_GROUP; low <= sorted.length - FEWEST_IN_A_GROUP; low++) {
            double within =
                    Math.sqrt((squares(sorted, 0, low) + squares(sorted, low, sorted.length)) / (sorted.length - 2));
            double gap = sorted[low] - sorted[low - 1];
            // Figures in steps of one image may agree within a group by that alone.
            if (within > PairedTest.NO_SPREAD && gap > APART * within) {
                return true;
            }
        }
        return false;
    }

    private static double squares(double[] values, int from, int to) {
        double mean = Arrays.stream(values, from, to).average().orElse(0);
        return Arrays.stream(values, from, to).map(x -> (x - mean) * (x - mean)).sum();
    }
}
