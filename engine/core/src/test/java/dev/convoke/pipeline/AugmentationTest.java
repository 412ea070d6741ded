package dev.convoke.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentationTest {
    /** A tap and the middle one are below 1, where float32 rounds by at most 2^-25: once for either. */
    private static final double TWO_ROUNDINGS = 0x1p-24;

    /** Float32 rounds every tap by at most 2^-24 of itself, and so all of them by 2^-24 of their sum, 1. */
    private static final double ROUNDING_OF_THE_SUM = 0x1p-24;

    @ParameterizedTest
    @CsvSource({"0.5, 2", "1, 4", "4, 16", "1.3, 6", "64, 256"})
    void theGaussianReachesFourDeviations(double sigma, int radius) {
        Augmentation.Elastic elastic = new Augmentation.Elastic(1, sigma);
        assertEquals(radius, elastic.radius());
        assertEquals(2 * radius + 1, elastic.taps().length);
    }

    @ParameterizedTest
    @CsvSource({"0.5", "1", "4", "64"})
    void theGaussiansWeightsAreEvenAndSumToOne(double sigma) {
        float[] taps = new Augmentation.Elastic(1, sigma).taps();
        int radius = taps.length / 2;
        double sum = 0;
        for (int i = 0; i < taps.length; i++) {
            sum += taps[i];
            assertEquals(taps[i], taps[taps.length - 1 - i]);
            double share = Math.exp(-0.5 * (i - radius) * (i - radius) / (sigma * sigma));
            assertEquals(taps[radius] * share, taps[i], TWO_ROUNDINGS);
        }
        assertEquals(1, sum, ROUNDING_OF_THE_SUM);
    }

    @Test
    void isNoneWhereNothingWouldChange() {
        assertTrue(Augmentation.NONE.isNone());
        assertTrue(WarpTest.augmentation(0, 0, 0, 0, 1, 1, Augmentation.Center.EXACT)
                .isNone());
        assertFalse(WarpTest.augmentation(1, 0, 0, 0, 1, 1, Augmentation.Center.KERAS)
                .isNone());
        assertFalse(WarpTest.augmentation(0, 0, 0, 0, 1, 1.1, Augmentation.Center.KERAS)
                .isNone());
        assertFalse(new Augmentation(
                        0,
                        0,
                        0,
                        0,
                        1,
                        1,
                        false,
                        false,
                        Augmentation.Center.KERAS,
                        Augmentation.Erasing.NONE,
                        new Augmentation.Elastic(1, 4))
                .isNone());
    }

    @Test
    void shiftsAreSharesBelowOne() {
        assertRefused("width_shift", () -> WarpTest.augmentation(0, 2, 0, 0, 1, 1, Augmentation.Center.KERAS));
        assertRefused("height_shift", () -> WarpTest.augmentation(0, 0, 1, 0, 1, 1, Augmentation.Center.KERAS));
        assertFalse(WarpTest.augmentation(0, 0.99, 0, 0, 1, 1, Augmentation.Center.KERAS)
                .isNone());
    }

    @Test
    void rangesThatCannotBeAreRefused() {
        assertRefused("negative", () -> WarpTest.augmentation(-1, 0, 0, 0, 1, 1, Augmentation.Center.KERAS));
        assertRefused("negative", () -> WarpTest.augmentation(0, 0, Double.NaN, 0, 1, 1, Augmentation.Center.KERAS));
        assertRefused("zoom", () -> WarpTest.augmentation(0, 0, 0, 0, 0, 1, Augmentation.Center.KERAS));
        assertRefused("zoom", () -> WarpTest.augmentation(0, 0, 0, 0, 1.2, 1.1, Augmentation.Center.KERAS));
        assertRefused("probability", () -> new Augmentation.Erasing(1.1, 0.1, 0.2, 2, 0));
        assertRefused("area", () -> new Augmentation.Erasing(1, 0.3, 0.2, 2, 0));
        assertRefused("aspect", () -> new Augmentation.Erasing(1, 0.1, 0.2, 0.5, 0));
        assertRefused("elastic", () -> new Augmentation.Elastic(-1, 4));
        assertRefused("elastic", () -> new Augmentation.Elastic(1, 0));
        assertRefused("elastic", () -> new Augmentation.Elastic(1, 65));
    }

    private static void assertRefused(String named, Executable construction) {
        var refusal = assertThrows(IllegalArgumentException.class, construction);
        assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
    }
}
