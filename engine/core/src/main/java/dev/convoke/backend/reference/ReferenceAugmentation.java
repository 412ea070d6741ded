package dev.convoke.backend.reference;

import dev.convoke.datasets.ImageSet;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.Warp;
import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;

/**
 * A training image as the network sees it: sampled through the affine map and the elastic field, then flipped, then erased.
 */
final class ReferenceAugmentation {
    private final Augmentation augmentation;
    private final Warp warp;
    private final long seed;

    ReferenceAugmentation(Augmentation augmentation, long seed, int height, int width) {
        this.augmentation = augmentation;
        this.warp = new Warp(augmentation, seed, height, width);
        this.seed = seed;
    }

    /** Image {@code index} as augmented for {@code position} of {@code epoch}, {@code [C, H, W]}. */
    double[] image(ImageSet images, int index, int epoch, int position) {
        if (augmentation.isNone()) {
            return plain(images, index);
        }
        float[] affine = new float[Warp.COEFFICIENTS];
        warp.affine(epoch, position, affine, 0);
        int[] rectangle = new int[Warp.RECTANGLE];
        warp.erased(epoch, position, rectangle, 0);
        double[] displacement = displacement(epoch, position, images.height(), images.width());
        double[] sampled = sample(images, index, affine, displacement);
        double[] flipped = flip(sampled, warp.flips(epoch, position), images.height(), images.width());
        erase(flipped, rectangle, augmentation.erasing().value(), images.height(), images.width());
        return flipped;
    }

    /** Image {@code index}, byte / 255, {@code [C, H, W]}. */
    static double[] plain(ImageSet images, int index) {
        int pixels = images.height() * images.width();
        byte[] bytes = images.image(index); // [H, W, C]
        double[] plain = new double[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            plain[i % images.channels() * pixels + i / images.channels()] = (bytes[i] & 0xff) / 255.0;
        }
        return plain;
    }

    /**
     * Output pixel (r, c) shows the input at {@code (a0 r + a1 c + a2, a3 r + a4 c + a5)} plus its displacement, bilinear,
     * edge pixels repeated outside.
     *
     * @param a six coefficients
     * @param displacement {@code [2, H, W]}, rows then columns
     * @return {@code [C, H, W]}
     */
    static double[] sample(ImageSet images, int index, float[] a, double[] displacement) {
        int height = images.height();
        int width = images.width();
        int pixels = height * width;
        double[] plain = plain(images, index);
        double[] sampled = new double[plain.length];
        for (int i = 0; i < sampled.length; i++) {
            int pixel = i % pixels;
            int r = pixel / width;
            int c = pixel % width;
            double row = (double) a[0] * r + (double) a[1] * c + a[2] + displacement[pixel];
            double column = (double) a[3] * r + (double) a[4] * c + a[5] + displacement[pixels + pixel];
            sampled[i] = bilinear(plain, i / pixels, height, width, row, column);
        }
        return sampled;
    }

    private static double bilinear(
            double[] image, int channel, int height, int width, double wantedRow, double wantedColumn) {
        double row = Math.max(0, Math.min(wantedRow, height - 1));
        double column = Math.max(0, Math.min(wantedColumn, width - 1));
        int top = (int) row;
        int left = (int) column;
        int bottom = Math.min(top + 1, height - 1);
        int right = Math.min(left + 1, width - 1);
        double down = row - top;
        double across = column - left;
        int plane = channel * height * width;
        double upper = (1 - across) * image[plane + top * width + left] + across * image[plane + top * width + right];
        double lower =
                (1 - across) * image[plane + bottom * width + left] + across * image[plane + bottom * width + right];
        return (1 - down) * upper + down * lower;
    }

    /** Mirrors {@code [C, H, W]} as the bits of {@code flips} say. */
    static double[] flip(double[] image, int flips, int height, int width) {
        double[] flipped = new double[image.length];
        for (int i = 0; i < image.length; i++) {
            int plane = i / (height * width);
            int r = i / width % height;
            int c = i % width;
            int row = (flips & Warp.FLIP_VERTICAL) != 0 ? height - 1 - r : r;
            int column = (flips & Warp.FLIP_HORIZONTAL) != 0 ? width - 1 - c : c;
            flipped[(plane * height + row) * width + column] = image[i];
        }
        return flipped;
    }

    private static void erase(double[] image, int[] rectangle, double value, int height, int width) {
        for (int i = 0; i < image.length; i++) {
            int r = i / width % height - rectangle[0];
            int c = i % width - rectangle[1];
            if (r >= 0 && r < rectangle[2] && c >= 0 && c < rectangle[3]) {
                image[i] = (float) value;
            }
        }
    }

    /**
     * The elastic field of one image: noise in [-1, 1), blurred along rows and along columns, times alpha; {@code [2, H, W]}.
     */
    double[] displacement(int epoch, int position, int height, int width) {
        Augmentation.Elastic elastic = augmentation.elastic();
        double[] field = new double[2 * height * width];
        if (elastic.alpha() == 0) {
            return field;
        }
        Philox.Stream words = Philox.stream(seed, Purpose.ELASTIC, 0, epoch, position);
        for (int i = 0; i < field.length; i++) {
            field[i] = 2 * words.uniform(i) - 1;
        }
        float[] taps = elastic.taps();
        double[] blurred = blurColumns(blurRows(field, taps, width), taps, height, width);
        for (int i = 0; i < blurred.length; i++) {
            blurred[i] *= elastic.alpha();
        }
        return blurred;
    }

    private static double[] blurRows(double[] field, float[] taps, int width) {
        int radius = taps.length / 2;
        double[] blurred = new double[field.length];
        for (int i = 0; i < field.length; i++) {
            int start = i - i % width;
            for (int t = 0; t < taps.length; t++) {
                blurred[i] += taps[t] * field[start + clamp(i % width + t - radius, width)];
            }
        }
        return blurred;
    }

    private static double[] blurColumns(double[] field, float[] taps, int height, int width) {
        int radius = taps.length / 2;
        double[] blurred = new double[field.length];
        for (int i = 0; i < field.length; i++) {
            int start = i / (height * width) * height * width + i % width;
            for (int t = 0; t < taps.length; t++) {
                blurred[i] += taps[t] * field[start + clamp(i / width % height + t - radius, height) * width];
            }
        }
        return blurred;
    }

    private static int clamp(int index, int size) {
        return Math.max(0, Math.min(index, size - 1));
    }
}
