package dev.convoke.report.statistics;

/**
 * Two one-sided tests (Schuirmann 1987): the mean difference is shown to be within a margin if it is shown to be above the
 * lower bound and below the upper one.
 *
 * @param t the statistic of the weaker of the two tests
 * @param p of the weaker test, so of the equivalence
 * @param pOutside that the mean is outside the margin; two-sided
 */
public record Equivalence(int n, double mean, double sd, double t, double p, double pOutside) {
    /** Tests whether the mean of {@code differences} is between {@code -margin} and {@code margin}. */
    public static Equivalence of(double margin, double... differences) {
        PairedTest lower = PairedTest.against(-margin, differences);
        PairedTest upper = PairedTest.against(margin, differences);
        boolean lowerIsWeaker = lower.pGreater() > upper.pLess();
        double outside = Math.min(1, 2 * Math.min(lower.pLess(), upper.pGreater()));
        return new Equivalence(
                lower.n(),
                lower.mean(),
                lower.sd(),
                lowerIsWeaker ? lower.t() : upper.t(),
                Math.max(lower.pGreater(), upper.pLess()),
                outside);
    }
}
