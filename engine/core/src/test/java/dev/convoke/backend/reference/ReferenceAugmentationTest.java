package dev.convoke.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Pictures;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ImageShape;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.GoldenAugmentation;
import dev.convoke.pipeline.Warp;
import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sampling, flipping, erasing and elastic fields of the oracle. */
class ReferenceAugmentationTest {
    /** Coefficients are float32, so a coordinate below 50 is off by 2e-6 at most, and a pixel by that times the contrast. */
    private static final double COORDINATES = 1e-5;

    private static final double ROUNDING = 1e-12;

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.pipeline.GoldenAugmentation#cases")
    void picturesAgreeWithSciPy(GoldenAugmentation golden) {
        float[] coefficients = new float[Warp.COEFFICIENTS];
        for (int i = 0; i < coefficients.length; i++) {
            coefficients[i] = (float) golden.coefficients()[i];
        }
        ImageSet images = golden.images();
        double[] still = new double[2 * images.height() * images.width()];
        double[] sampled = ReferenceAugmentation.sample(images, 0, coefficients, still);
        double[] flipped = ReferenceAugmentation.flip(sampled, golden.flips(), images.height(), images.width());
        assertArrayEquals(golden.expected(), flipped, COORDINATES);
    }

    @Test
    void anErasedRectangleHoldsItsValueInEveryChannel() {
        Augmentation.Erasing erasing = new Augmentation.Erasing(1, 0.2, 0.3, 2, 0.25);
        Augmentation augmentation = new Augmentation(
                0, 0, 0, 0, 1, 1, true, true, Augmentation.Center.KERAS, erasing, Augmentation.Elastic.NONE);
        ImageSet images = black(2, 8, 10);
        ReferenceAugmentation reference = new ReferenceAugmentation(augmentation, 3, 8, 10);
        for (int position = 0; position < 8; position++) { // flipped or not, the rectangle stays where it is
            int[] rectangle = new int[Warp.RECTANGLE];
            new Warp(augmentation, 3, 8, 10).erased(1, position, rectangle, 0);
            assertErased(rectangle, reference.image(images, 0, 1, position));
        }
    }

    /** Fails unless {@code [2, 8, 10]} holds 0.25 inside the rectangle and 0 elsewhere. */
    private static void assertErased(int[] rectangle, double[] image) {
        int erased = 0;
        for (int i = 0; i < image.length; i++) {
            int row = i / 10 % 8;
            int column = i % 10;
            boolean inside = row >= rectangle[0]
                    && row < rectangle[0] + rectangle[2]
                    && column >= rectangle[1]
                    && column < rectangle[1] + rectangle[3];
            assertEquals(inside ? 0.25 : 0, image[i], "value " + i);
            erased += inside ? 1 : 0;
        }
        assertEquals(2 * rectangle[2] * rectangle[3], erased);
        assertTrue(erased > 0);
    }

    @Test
    void anImageIsSampledWithItsFieldAndThenFlipped() {
        Augmentation augmentation = new Augmentation(
                20,
                0.1,
                0.2,
                3,
                0.9,
                1.1,
                true,
                true,
                Augmentation.Center.KERAS,
                Augmentation.Erasing.NONE,
                new Augmentation.Elastic(4, 1));
        ImageSet images = Pictures.random(new ImageShape(3, 7, 9), 2, 2);
        ReferenceAugmentation reference = new ReferenceAugmentation(augmentation, 6, 7, 9);
        Warp warp = new Warp(augmentation, 6, 7, 9);
        for (int position = 0; position < 8; position++) {
            float[] coefficients = new float[Warp.COEFFICIENTS];
            warp.affine(2, position, coefficients, 0);
            double[] field = reference.displacement(2, position, 7, 9);
            double[] sampled = ReferenceAugmentation.sample(images, 1, coefficients, field);
            double[] expected = ReferenceAugmentation.flip(sampled, warp.flips(2, position), 7, 9);
            assertArrayEquals(expected, reference.image(images, 1, 2, position));
        }
    }

    @Test
    void aDisplacementMovesWhatAPixelShows() {
        ImageSet images = new ImageSet(2, 3, 1, new byte[] {10, 20, 30, 40, 50, 60}, new byte[1]);
        float[] identity = {1, 0, 0, 0, 1, 0};
        double[] field = {1, 1, 1, 0, 0, 0, -0.5, -0.5, -0.5, 0, 0, 2}; // rows, then columns
        double[] sampled = ReferenceAugmentation.sample(images, 0, identity, field);
        double[] bytes = {40, 45, 55, 40, 50, 60};
        for (int i = 0; i < bytes.length; i++) {
            assertEquals(bytes[i] / 255, sampled[i], ROUNDING, "pixel " + i);
        }
    }

    @Test
    void anElasticFieldIsTheBlurredNoiseTimesAlpha() {
        double sigma = 1.5;
        double alpha = 7;
        int height = 6;
        int width = 5;
        Augmentation augmentation = new Augmentation(
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
                new Augmentation.Elastic(alpha, sigma));
        double[] field = new ReferenceAugmentation(augmentation, 8, height, width).displacement(2, 4, height, width);
        Philox.Stream words = Philox.stream(8, Purpose.ELASTIC, 0, 2, 4);
        float[] taps = augmentation.elastic().taps();
        int radius = taps.length / 2;
        for (int i = 0; i < field.length; i++) {
            int axis = i / (height * width);
            int row = i / width % height;
            int column = i % width;
            double expected = 0; // the two blurs as one sum
            for (int down = -radius; down <= radius; down++) {
                for (int across = -radius; across <= radius; across++) {
                    int r = Math.min(Math.max(row + down, 0), height - 1);
                    int c = Math.min(Math.max(column + across, 0), width - 1);
                    double noise = 2 * words.uniform((axis * height + r) * width + c) - 1;
                    expected += (double) taps[down + radius] * taps[across + radius] * noise * alpha;
                }
            }
            assertEquals(expected, field[i], ROUNDING, "value " + i);
        }
    }

    @Test
    void withoutAugmentationBytesBecomeShares() {
        ImageSet images =
                new ImageSet(1, 2, 3, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255}, new byte[1]);
        double[] image = new ReferenceAugmentation(Augmentation.NONE, 1, 1, 2).image(images, 0, 0, 0);
        assertArrayEquals(new double[] {0, 0.6, 0.2, 0.8, 0.4, 1}, image, ROUNDING);
    }

    private static ImageSet black(int channels, int height, int width) {
        return new ImageSet(height, width, channels, new byte[channels * height * width], new byte[1]);
    }
}
