package dev.convoke.pipeline;

import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;

/**
 * What happens to the training image at one position of one epoch: coefficients, flips and the erased rectangle.
 *
 * <p>The affine map takes an output pixel to the input point that it shows, {@code (row, column, 1) -> M (row, column,
 * 1)}, with {@code M = C . R . S . H . Z . C^-1}: rotation, shift, shear and zoom about the {@link Augmentation.Center}, as
 * in keras-preprocessing 1.1.2 (affine_transformations.py). Flips come last. All is computed in float64 with StrictMath
 * and rounded once, so that every backend works with the same coefficients.
 */
public final class Warp {
    /** Coefficients of one image: input row = a0 r + a1 c + a2, input column = a3 r + a4 c + a5. */
    public static final int COEFFICIENTS = 6;
    /** Numbers of one erased rectangle: row, column, height, width; height 0 means none. */
    public static final int RECTANGLE = 4;
    /** Bit of the flips that mirrors left to right. */
    public static final int FLIP_HORIZONTAL = 1;
    /** Bit of the flips that mirrors top to bottom. */
    public static final int FLIP_VERTICAL = 2;

    private static final int ROTATION = 0;
    private static final int SHIFT_ROWS = 1;
    private static final int SHIFT_COLUMNS = 2;
    private static final int SHEAR = 3;
    private static final int ZOOM_ROWS = 4;
    private static final int ZOOM_COLUMNS = 5;
    private static final int HORIZONTAL = 6;
    private static final int VERTICAL = 7;

    private final Augmentation augmentation;
    private final long seed;
    private final int height;
    private final int width;

    public Warp(Augmentation augmentation, long seed, int height, int width) {
        this.augmentation = augmentation;
        this.seed = seed;
        this.height = height;
        this.width = width;
    }

    /**
     * The affine map of one image.
     *
     * @param out receives six coefficients from {@code offset} on
     */
    public void affine(int epoch, int position, float[] out, int offset) {
        Philox.Stream words = Philox.stream(seed, Purpose.AUGMENT, 0, epoch, position);
        Augmentation a = augmentation;
        AffineMap map = AffineMap.keras(
                spread(words, ROTATION, a.rotation()),
                spread(words, SHIFT_ROWS, a.heightShift()) * height,
                spread(words, SHIFT_COLUMNS, a.widthShift()) * width,
                spread(words, SHEAR, a.shear()),
                words.uniform(ZOOM_ROWS, a.zoomLow(), a.zoomHigh()),
                words.uniform(ZOOM_COLUMNS, a.zoomLow(), a.zoomHigh()));
        map.about(a.center().of(height), a.center().of(width)).write(out, offset);
    }

    /** The flips of one image, a sum of {@link #FLIP_HORIZONTAL} and {@link #FLIP_VERTICAL}. */
    public int flips(int epoch, int position) {
        Philox.Stream words = Philox.stream(seed, Purpose.AUGMENT, 0, epoch, position);
        int flips = 0;
        if (augmentation.horizontalFlip() && words.uniform(HORIZONTAL) < 0.5) {
            flips |= FLIP_HORIZONTAL;
        }
        if (augmentation.verticalFlip() && words.uniform(VERTICAL) < 0.5) {
            flips |= FLIP_VERTICAL;
        }
        return flips;
    }

    /**
     * The erased rectangle of one image.
     *
     * @param out receives row, column, height and width from {@code offset} on; all 0 where nothing is erased
     */
    public void erased(int epoch, int position, int[] out, int offset) {
        Augmentation.Erasing erasing = augmentation.erasing();
        Philox.Stream words = Philox.stream(seed, Purpose.ERASE, 0, epoch, position);
        int rows = 0;
        int columns = 0;
        if (words.uniform(0) < erasing.probability()) {
            double area = words.uniform(1, erasing.areaLow(), erasing.areaHigh()) * height * width;
            double bound = StrictMath.log(erasing.aspect());
            double aspect = StrictMath.exp(words.uniform(2, -bound, bound));
            rows = clamp(StrictMath.round(StrictMath.sqrt(area * aspect)), height);
            columns = clamp(StrictMath.round(StrictMath.sqrt(area / aspect)), width);
        }
        out[offset] = rows == 0 ? 0 : (int) (words.uniform(3) * (height - rows + 1));
        out[offset + 1] = rows == 0 ? 0 : (int) (words.uniform(4) * (width - columns + 1));
        out[offset + 2] = rows;
        out[offset + 3] = columns;
    }

    private static int clamp(long size, int limit) {
        return (int) Math.max(1, Math.min(size, limit));
    }

    private static double spread(Philox.Stream words, int word, double range) {
        return words.uniform(word, -range, range);
    }
}
