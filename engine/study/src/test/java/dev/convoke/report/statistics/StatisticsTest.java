package dev.convoke.report.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Reference values come from SciPy 1.17: ttest_1samp, nct and norm; those of later tests from statistics.py in the resources. */
class StatisticsTest {
    /** SciPy and Commons Statistics agree to rounding; its values are copied here to eleven digits. */
    private static final double CLOSE = 1e-10;
    /** The quantile sum over the noncentral t is good to 1e-3 in probability, which moves an effect by less than this share. */
    private static final double EFFECT_SHARE = 4e-3;

    /** The same quantile sum, as a power. */
    private static final double POWER = 1e-3;

    private static final double[] RISING = {0.3, 0.5, -0.1, 0.4, 0.6};
    private static final double[] LEVEL = {0.05, -0.03, 0.08, 0.01, -0.06};

    @Test
    void a_paired_test_gives_the_known_t_and_p() {
        PairedTest test = PairedTest.of(RISING);
        assertEquals(5, test.n());
        assertEquals(0.34, test.mean(), CLOSE);
        assertEquals(2.8138600212480513, test.t(), CLOSE);
        assertEquals(0.024063784870370388, test.pGreater(), CLOSE);
        assertEquals(0.9759362151296296, test.pLess(), CLOSE);
    }

    @Test
    void differences_that_do_not_vary_cannot_be_tested() {
        assertTrue(Double.isNaN(PairedTest.of(0.1, 0.1, 0.1).pGreater()));
        assertTrue(Double.isNaN(PairedTest.of(0.1).pGreater()));
        assertTrue(Double.isNaN(PairedTest.of().mean()));
        assertThrows(IllegalArgumentException.class, () -> PairedTest.of(0.1, Double.NaN));
    }

    @Test
    void equivalence_takes_the_weaker_of_its_two_tests() {
        Equivalence test = Equivalence.of(0.2, LEVEL);
        assertEquals(0.0008660058019830044, test.p(), CLOSE);
        assertEquals(-7.452413135250993, test.t(), CLOSE);
        assertEquals(1, test.pOutside(), 0.01, "a mean in the middle of the margin is no sign of lying outside");
        assertEquals(2 * 0.15553038366718566, Equivalence.of(0.2, RISING).pOutside(), CLOSE);
    }

    @Test
    void holm_multiplies_the_smallest_most_and_never_falls() {
        // By hand: 0.01 * 4, 0.02 * 3, 0.03 * 2 raised to 0.06 before it, 0.9 * 1.
        assertArrayEquals(new double[] {0.06, 0.9, 0.04, 0.06}, Holm.correct(0.03, 0.9, 0.01, 0.02), CLOSE);
    }

    @Test
    void holm_leaves_out_what_was_not_tested_and_stops_at_one() {
        assertArrayEquals(new double[] {Double.NaN, 1, 0.02}, Holm.correct(Double.NaN, 1, 0.01), CLOSE);
        assertArrayEquals(new double[] {1, 1}, Holm.correct(0.6, 0.7), CLOSE);
        assertEquals(0, Holm.correct().length);
    }

    @Test
    void the_smallest_effect_of_a_paired_test_is_that_of_the_noncentral_t() {
        assertEffect(1.3594179588549475, 5, 0.05);
        assertEffect(3.1553486309861456, 5, 0.0025);
        assertEffect(2.29727476730515, 3, 0.05);
        assertEffect(0.8528375122385511, 10, 0.05);
        assertEffect(5.792801491690296, 2, 0.05);
    }

    private static void assertEffect(double expected, int n, double alpha) {
        assertEquals(expected, DetectableEffect.paired(1, n, alpha), EFFECT_SHARE * expected);
        assertEquals(2 * expected, DetectableEffect.paired(2, n, alpha), EFFECT_SHARE * 2 * expected);
    }

    @Test
    void one_pair_rests_on_both_standard_deviations() {
        assertEquals(12.432374302621936, DetectableEffect.single(3, 4, 0.05), CLOSE);
        assertThrows(IllegalArgumentException.class, () -> DetectableEffect.paired(1, 1, 0.05));
    }

    @Test
    void a_spread_leaves_out_what_is_not_finite() {
        Spread spread = Spread.of(1, Double.NaN, 3, Double.POSITIVE_INFINITY);
        assertEquals(2, spread.n());
        assertEquals(2, spread.mean(), CLOSE);
        assertEquals(Math.sqrt(2), spread.sd(), CLOSE);
        assertTrue(Double.isNaN(Spread.of(1).sd()));
        assertEquals(2.5, Spread.median(4, 1, 2, 3), CLOSE);
        assertEquals(3, Spread.median(3, Double.NaN), CLOSE);
        assertTrue(Double.isNaN(Spread.median()));
    }

    @Test
    void an_interval_holds_the_mean_and_a_prediction_the_next_value() {
        Interval interval = PairedTest.of(RISING).interval(Interval.LEVEL);
        assertEquals(0.004520861507334495, interval.low(), CLOSE);
        assertEquals(0.6754791384926655, interval.high(), CLOSE);
        Interval prediction = Spread.of(RISING).prediction(Interval.LEVEL);
        assertEquals(-0.4817527086555215, prediction.low(), CLOSE);
        assertEquals(1.1617527086555215, prediction.high(), CLOSE);
        assertTrue(prediction.holds(1) && !prediction.holds(2));
        assertTrue(!Spread.of(1).prediction(Interval.LEVEL).isKnown());
        assertTrue(!PairedTest.of(1, 1, 1).interval(Interval.LEVEL).isKnown());
    }

    @Test
    void ranks_are_exact_and_never_below_what_they_can_give() {
        assertEquals(0.0625, RankTest.of(RISING).pGreater(), CLOSE);
        assertEquals(0.96875, RankTest.of(RISING).pLess(), CLOSE);
        assertEquals(1 / 32.0, RankTest.of(1, 2, 3, 4, 5).pGreater(), CLOSE);
        assertTrue(RankTest.of(1, 1, 1, 1, 1).pGreater() >= 1 / 32.0, "ties are approximated");
        assertTrue(Double.isNaN(RankTest.of(0, 0, 0).pGreater()));
        assertTrue(Double.isNaN(RankTest.of().pGreater()));
        assertEquals(7, RankTest.fewest(0.05 / 6));
    }

    @Test
    void an_unpaired_test_is_welchs() {
        UnpairedTest test = UnpairedTest.of(RISING, LEVEL);
        assertEquals(0.025473032595552225, test.pGreater(), CLOSE);
        assertEquals(0.9745269674044478, test.pLess(), CLOSE);
        assertTrue(Double.isNaN(UnpairedTest.of(new double[] {1}, LEVEL).pGreater()));
        assertTrue(Double.isNaN(
                UnpairedTest.of(new double[] {1, 1}, new double[] {2, 2}).pGreater()));
    }

    @Test
    void two_groups_are_told_from_one() {
        assertTrue(TwoGroups.in(0.0692, 0.874, 0.0729, 0.0566, 0.8745));
        assertTrue(!TwoGroups.in(RISING));
        assertTrue(!TwoGroups.in(0.01, 0.02, 0.03, 0.04, 0.9), "one seed alone is no group");
        assertTrue(!TwoGroups.in(0, 0, 0, 0.1, 0.1), "steps of one image are no groups");
        assertTrue(!TwoGroups.in());
    }

    @Test
    void sample_sizes_are_those_of_the_noncentral_t() {
        assertEquals(0.8975169943396827, SampleSize.power(1, 10, 0.05), POWER);
        assertEquals(17, SampleSize.paired(1, 0.05 / 16, 0.8));
        assertEquals(10, SampleSize.paired(1.5, 0.05 / 16, 0.8));
        assertEquals(SampleSize.MOST + 1, SampleSize.paired(1e-6, 0.05, 0.8));
        // Simulated: 200,000 draws, standard error below 0.0003.
        assertEquals(0.99997, SampleSize.equivalencePower(2, 10, 0.05), POWER);
        assertEquals(0.992205, SampleSize.equivalencePower(1, 20, 0.05), 2 * POWER);
    }
}
