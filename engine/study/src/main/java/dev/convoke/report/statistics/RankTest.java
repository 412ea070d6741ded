package dev.convoke.report.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * Wilcoxon's signed-rank test of differences between pairs, which asks only that they are symmetric about their center. It is
 * exact where no two differences have the same size and none is zero, else approximate but never below {@link #smallest}.
 *
 * @param n pairs
 * @param pGreater one-sided, for differences above zero; NaN without pairs, or where all are zero
 * @param pLess one-sided, for differences below zero; NaN likewise
 */
public record RankTest(int n, double pGreater, double pLess) {
    /** Tests whether {@code differences} are above or below zero. */
    public static RankTest of(double... differences) {
        if (Arrays.stream(differences).allMatch(difference -> difference == 0)) {
            return new RankTest(differences.length, Double.NaN, Double.NaN);
        }
        return new RankTest(
                differences.length,
                p(AlternativeHypothesis.GREATER_THAN, differences),
                p(AlternativeHypothesis.LESS_THAN, differences));
    }

    private static double p(AlternativeHypothesis alternative, double... differences) {
        double p = WilcoxonSignedRankTest.withDefaults()
                .with(alternative)
                .test(differences)
                .getPValue();
        return Math.min(1, Math.max(p, smallest(differences.length)));
    }

    /** The smallest one-sided p that {@code n} pairs can give: that of one sign pattern in 2^n. */
    public static double smallest(int n) {
        return Math.pow(2, -n);
    }

    /** The fewest pairs with which a one-sided p can fall below {@code alpha}. */
    public static int fewest(double alpha) {
        int n = 1;
        while (smallest(n) >= alpha) {
            n++;
        }
        return n;
    }
}
