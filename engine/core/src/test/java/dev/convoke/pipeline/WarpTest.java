package dev.convoke.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WarpTest {
    /** Sines and products of numbers below 100 in float64, in another order of operations. */
    private static final double FLOAT64 = 1e-12;

    /** Coefficients below 32 are rounded to float32: half a unit in the last place there. */
    private static final double FLOAT32 = 0x1p-20;

    private static final int DRAWS = 2000;

    /** Four standard deviations of a binomial of 2000 draws at 1/4, each sqrt(2000 * 1/4 * 3/4) = 19.4. */
    private static final double FOUR_DEVIATIONS = 78;

    /** Sides of at least 7 pixels are rounded by half a pixel at most, both of them: (1 + 0.5 / 7)^2 = 1.148. */
    private static final double ROUNDED_SIDES = 0.15;

    /** Matrices by NumPy, multiplied as keras-preprocessing 1.1.2 multiplies them. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.pipeline.GoldenAugmentation#cases")
    void matricesAgreeWithNumPy(GoldenAugmentation golden) {
        AffineMap map = AffineMap.keras(
                        golden.number("rotation"),
                        golden.number("shiftRows"),
                        golden.number("shiftColumns"),
                        golden.number("shear"),
                        golden.number("zoomRows"),
                        golden.number("zoomColumns"))
                .about(
                        golden.center().of((int) golden.number("height")),
                        golden.center().of((int) golden.number("width")));
        double[] given = {map.rr(), map.rc(), map.r0(), map.cr(), map.cc(), map.c0()};
        assertArrayEquals(golden.coefficients(), given, FLOAT64);
    }

    @Test
    void kerasTurnsAboutHalfAPixelPastTheHalf() {
        assertEquals(14.5, Augmentation.Center.KERAS.of(28));
        assertEquals(13.5, Augmentation.Center.EXACT.of(28));
        assertEquals(4, Augmentation.Center.KERAS.of(7));
        assertEquals(3, Augmentation.Center.EXACT.of(7));
    }

    @Test
    void withoutRangesTheMapIsTheIdentityToTheBit() {
        float[] out = new float[8];
        new Warp(Augmentation.NONE, 5, 28, 31).affine(3, 4, out, 1);
        assertArrayEquals(new float[] {0, 1, 0, 0, 0, 1, 0, 0}, out);
    }

    /** Rotation, row shift, column shift, shear, row zoom, column zoom: the first six words in this order. */
    @Test
    void parametersAreTheStreamsWords() {
        Augmentation augmentation = augmentation(20, 0.1, 0.2, 5, 0.9, 1.2, Augmentation.Center.EXACT);
        Philox.Stream words = Philox.stream(77, Purpose.AUGMENT, 0, 6, 1234);
        AffineMap expected = AffineMap.keras(
                        40 * words.uniform(0) - 20,
                        (0.4 * words.uniform(1) - 0.2) * 10,
                        (0.2 * words.uniform(2) - 0.1) * 30,
                        10 * words.uniform(3) - 5,
                        0.9 + 0.3 * words.uniform(4),
                        0.9 + 0.3 * words.uniform(5))
                .about(4.5, 14.5);
        float[] out = new float[Warp.COEFFICIENTS];
        new Warp(augmentation, 77, 10, 30).affine(6, 1234, out, 0);
        double[] given = {out[0], out[1], out[2], out[3], out[4], out[5]};
        double[] wanted = {expected.rr(), expected.rc(), expected.r0(), expected.cr(), expected.cc(), expected.c0()};
        assertArrayEquals(wanted, given, FLOAT32, "coefficients are rounded to float32");
    }

    @Test
    void flipsComeInHalfOfTheCasesAndOnlyWhereAskedFor() {
        int both = Warp.FLIP_HORIZONTAL | Warp.FLIP_VERTICAL;
        int[] counts = flips(true, true);
        for (int flips = 0; flips <= both; flips++) {
            assertEquals(DRAWS / 4.0, counts[flips], FOUR_DEVIATIONS, "flips " + flips);
        }
        int[] horizontal = flips(true, false);
        assertEquals(DRAWS, horizontal[0] + horizontal[Warp.FLIP_HORIZONTAL]);
        assertEquals(counts[Warp.FLIP_HORIZONTAL] + counts[both], horizontal[Warp.FLIP_HORIZONTAL], "the same images");
        assertEquals(DRAWS, flips(false, false)[0]);
    }

    private static int[] flips(boolean horizontal, boolean vertical) {
        Augmentation augmentation = new Augmentation(
                0,
                0,
                0,
                0,
                1,
                1,
                horizontal,
                vertical,
                Augmentation.Center.KERAS,
                Augmentation.Erasing.NONE,
                Augmentation.Elastic.NONE);
        Warp warp = new Warp(augmentation, 31, 28, 28);
        int[] counts = new int[4];
        for (int position = 0; position < DRAWS; position++) {
            counts[warp.flips(1, position)]++;
        }
        return counts;
    }

    @Test
    void erasedRectanglesKeepToTheirRanges() {
        Augmentation.Erasing erasing = new Augmentation.Erasing(0.25, 0.1, 0.3, 2, 0);
        Warp warp = new Warp(erasing(erasing), 8, 40, 30);
        int[] out = new int[Warp.RECTANGLE + 1];
        int erased = 0;
        for (int position = 0; position < DRAWS; position++) {
            warp.erased(2, position, out, 1);
            if (out[3] == 0) {
                assertArrayEquals(new int[5], out, "no rectangle is all zeros");
                continue;
            }
            erased++;
            assertTrue(out[1] >= 0 && out[1] + out[3] <= 40, "rows");
            assertTrue(out[2] >= 0 && out[2] + out[4] <= 30, "columns");
            double area = out[3] * out[4] / 1200.0;
            double aspect = (double) out[3] / out[4];
            assertTrue(within(area, 0.1, 0.3), "area " + area);
            assertTrue(within(aspect, 0.5, 2), "aspect " + aspect);
        }
        assertEquals(DRAWS / 4.0, erased, FOUR_DEVIATIONS);
    }

    private static boolean within(double given, double low, double high) {
        return given > low * (1 - ROUNDED_SIDES) && given < high * (1 + ROUNDED_SIDES);
    }

    @Test
    void erasingIsOffAtZeroAndOnAtOne() {
        int[] out = new int[Warp.RECTANGLE];
        for (int position = 0; position < 100; position++) {
            new Warp(erasing(Augmentation.Erasing.NONE), 8, 9, 9).erased(0, position, out, 0);
            assertEquals(0, out[2]);
            new Warp(erasing(new Augmentation.Erasing(1, 0.9, 1, 10, 0)), 8, 9, 9).erased(0, position, out, 0);
            assertTrue(out[2] >= 1 && out[2] <= 9 && out[3] >= 1 && out[3] <= 9, "cut to the image");
        }
    }

    private static Augmentation erasing(Augmentation.Erasing erasing) {
        return new Augmentation(
                0, 0, 0, 0, 1, 1, false, false, Augmentation.Center.KERAS, erasing, Augmentation.Elastic.NONE);
    }

    static Augmentation augmentation(
            double rotation,
            double width,
            double height,
            double shear,
            double zoomLow,
            double zoomHigh,
            Augmentation.Center center) {
        return new Augmentation(
                rotation,
                width,
                height,
                shear,
                zoomLow,
                zoomHigh,
                false,
                false,
                center,
                Augmentation.Erasing.NONE,
                Augmentation.Elastic.NONE);
    }
}
