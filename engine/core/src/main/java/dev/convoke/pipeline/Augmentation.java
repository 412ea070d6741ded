package dev.convoke.pipeline;

/**
 * Random changes to a training image, with the meaning that Keras' {@code ImageDataGenerator} (keras-preprocessing 1.1.2)
 * gives to the same names.
 *
 * @param rotation largest rotation, in degrees, either way
 * @param widthShift largest shift of the columns, as a share of the width, either way; not rounded to pixels
 * @param heightShift largest shift of the rows, as a share of the height, either way
 * @param shear largest shear angle, in degrees, either way
 * @param zoomLow smallest zoom factor; a factor above 1 shows more of the plane, that is a smaller figure
 * @param zoomHigh largest zoom factor; drawn for rows and columns apart
 * @param horizontalFlip whether half of the images are mirrored left to right
 * @param verticalFlip whether half of the images are mirrored top to bottom
 * @param center the point about which images turn
 * @param erasing random erasing, or {@link Erasing#NONE}
 * @param elastic elastic distortion, or {@link Elastic#NONE}
 */
public record Augmentation(
        double rotation,
        double widthShift,
        double heightShift,
        double shear,
        double zoomLow,
        double zoomHigh,
        boolean horizontalFlip,
        boolean verticalFlip,
        Center center,
        Erasing erasing,
        Elastic elastic) {

    /** Images as they are. */
    public static final Augmentation NONE =
            new Augmentation(0, 0, 0, 0, 1, 1, false, false, Center.KERAS, Erasing.NONE, Elastic.NONE);

    public Augmentation {
        if (!(rotation >= 0) || !(widthShift >= 0) || !(heightShift >= 0) || !(shear >= 0)) {
            throw new IllegalArgumentException("augmentation ranges must not be negative");
        }
        requireShare("width_shift", "width", widthShift);
        requireShare("height_shift", "height", heightShift);
        if (!(zoomLow > 0) || !(zoomHigh >= zoomLow) || Double.isInfinite(zoomHigh)) {
            throw new IllegalArgumentException("zoom must run from a positive factor up, not from " + zoomLow + " to "
                    + zoomHigh + "; a single number below 1, such as 0.1, stands for factors from 0.9 to 1.1");
        }
    }

    /** Keras takes 1 and more for pixels; here they would be whole pictures. */
    private static void requireShare(String name, String side, double shift) {
        if (!(shift < 1)) {
            throw new IllegalArgumentException(name + " is a share of the " + side + ", below 1, not " + shift
                    + "; for pixels divide by the " + side + ": 2 pixels of 28 are 0.0714");
        }
    }

    public boolean isNone() {
        return equals(NONE) || (!isGeometric() && erasing.probability() == 0 && elastic.alpha() == 0);
    }

    private boolean isGeometric() {
        return rotation != 0
                || widthShift != 0
                || heightShift != 0
                || shear != 0
                || zoomLow != 1
                || zoomHigh != 1
                || horizontalFlip
                || verticalFlip;
    }

    /** The point about which rotation, shear and zoom act. */
    public enum Center {
        /** {@code size / 2 + 0.5}: where keras-preprocessing 1.1.2 puts it, half a pixel past the middle plus half. */
        KERAS,
        /** {@code (size - 1) / 2}: the true middle. */
        EXACT;

        /** The coordinate along an axis of {@code size} pixels. */
        public double of(int size) {
            return this == KERAS ? size / 2.0 + 0.5 : (size - 1) / 2.0;
        }
    }

    /**
     * Random erasing (Zhong et al. 2020): with {@code probability}, one rectangle of the image is set to {@code value}. Its
     * area is a share of the image uniform in [areaLow, areaHigh], its aspect ratio log-uniform in [1 / aspect, aspect].
     *
     * @param value gray value in [0, 1]
     */
    public record Erasing(double probability, double areaLow, double areaHigh, double aspect, double value) {
        public static final Erasing NONE = new Erasing(0, 0.02, 0.33, 10.0 / 3, 0);

        public Erasing {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException("erasing probability must be in [0, 1], not " + probability);
            }
            if (!(areaLow > 0 && areaLow <= areaHigh && areaHigh <= 1)) {
                throw new IllegalArgumentException("erased area must run from a positive share up to at most 1, not "
                        + areaLow + " to " + areaHigh);
            }
            if (!(aspect >= 1)) {
                throw new IllegalArgumentException("erasing aspect must be at least 1, not " + aspect);
            }
        }
    }

    /**
     * Elastic distortion (Simard, Steinkraus, Platt 2003): every pixel is displaced by uniform noise, smoothed by a
     * Gaussian and scaled.
     *
     * @param alpha scale of the displacement in pixels, 0 for none
     * @param sigma standard deviation of the Gaussian in pixels
     */
    public record Elastic(double alpha, double sigma) {
        public static final Elastic NONE = new Elastic(0, 4);

        public Elastic {
            if (!(alpha >= 0) || !(sigma > 0) || sigma > 64) {
                throw new IllegalArgumentException(
                        "elastic distortion needs alpha >= 0 and sigma in (0, 64], not " + alpha + " and " + sigma);
            }
        }

        /** Pixels that the Gaussian reaches on either side: four standard deviations. */
        public int radius() {
            return (int) StrictMath.ceil(4 * sigma);
        }

        /** The Gaussian's weights, {@code 2 * radius + 1} of them, summing to 1. */
        public float[] taps() {
            int radius = radius();
            double[] weights = new double[2 * radius + 1];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                double x = (i - radius) / sigma;
                weights[i] = StrictMath.exp(-0.5 * x * x);
                sum += weights[i];
            }
            float[] taps = new float[weights.length];
            for (int i = 0; i < taps.length; i++) {
                taps[i] = (float) (weights[i] / sum);
            }
            return taps;
        }
    }
}
