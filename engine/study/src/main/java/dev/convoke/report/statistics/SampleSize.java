package dev.convoke.report.statistics;

import java.util.function.IntPredicate;
import org.apache.commons.statistics.distribution.TDistribution;

/** How many pairs of seeds a test needs to see what it should with a stated power. */
public final class SampleSize {
    /** The largest number of pairs considered. */
    public static final int MOST = 10_000;

    private SampleSize() {}

    /**
     * The power of a one-sided paired t test.
     *
     * @param effect true difference over the standard deviation of the differences
     * @param n pairs, at least 2
     * @param alpha level of the test
     */
    public static double power(double effect, int n, double alpha) {
        double critical = TDistribution.of(n - 1).inverseSurvivalProbability(alpha);
        return new NoncentralT(n - 1).above(critical, effect * Math.sqrt(n));
    }

    /**
     * The power of two one-sided tests of equivalence where the true difference is zero: the probability that both are
     * significant, approximated by the sum of both probabilities minus one, which is slightly too small if it is below one
     * half.
     *
     * @param margin over the standard deviation of the differences
     */
    public static double equivalencePower(double margin, int n, double alpha) {
        return Math.max(0, 2 * power(margin, n, alpha) - 1);
    }

    /**
     * The fewest pairs, at least two, with which a one-sided paired t test has that power; {@link #MOST} and one more where
     * {@link #MOST} do not suffice.
     */
    public static int paired(double effect, double alpha, double power) {
        return fewest(n -> power(effect, n, alpha) >= power);
    }

    /** The same for an equivalence. */
    public static int equivalence(double margin, double alpha, double power) {
        return fewest(n -> equivalencePower(margin, n, alpha) >= power);
    }

    /** Power grows with every pair, so halving finds the fewest. */
    private static int fewest(IntPredicate suffices) {
        int low = 1; // does not suffice
        int high = 2;
        while (high <= MOST && !suffices.test(high)) {
            low = high;
            high *= 2;
        }
        high = Math.min(high, MOST + 1);
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (suffices.test(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }
}
