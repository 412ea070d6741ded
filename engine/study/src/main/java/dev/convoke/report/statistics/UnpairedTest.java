package dev.convoke.report.statistics;

import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;

/**
 * Welch's t test of two independent samples with unlike variances.
 *
 * @param pGreater one-sided, for a first mean above the second by more than the bound; NaN for fewer than two values a side,
 *     or where neither side varies
 * @param pLess one-sided, for one below; NaN likewise
 */
public record UnpairedTest(double pGreater, double pLess) {
    /** Tests whether the mean of {@code first} is above or below that of {@code second}. */
    public static UnpairedTest of(double[] first, double[] second) {
        return against(0, first, second);
    }

    /** Tests whether the mean of {@code first} minus that of {@code second} is above or below {@code bound}. */
    public static UnpairedTest against(double bound, double[] first, double[] second) {
        if (first.length < 2
                || second.length < 2
                || Spread.of(first).sd() + Spread.of(second).sd() < PairedTest.NO_SPREAD) {
            return new UnpairedTest(Double.NaN, Double.NaN);
        }
        TTest test = TTest.withDefaults().with(DataDispersion.HETEROSCEDASTIC).withMu(bound);
        return new UnpairedTest(
                test.with(AlternativeHypothesis.GREATER_THAN)
                        .test(first, second)
                        .getPValue(),
                test.with(AlternativeHypothesis.LESS_THAN).test(first, second).getPValue());
    }
}
