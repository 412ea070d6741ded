package dev.convoke.model;

/**
 * Size of one image or of one image's activations.
 *
 * @param channels C
 * @param height H
 * @param width W
 */
public record ImageShape(int channels, int height, int width) {
    public ImageShape {
        if (channels < 1 || height < 1 || width < 1) {
            throw new ModelException(
                    "a shape needs at least one channel, row and column, not " + channels + "x" + height + "x" + width);
        }
    }

    /** Values of one image, {@code C * H * W}. */
    public int size() {
        return Math.multiplyExact(Math.multiplyExact(channels, height), width);
    }

    /** Whether it has a single row and column, as features behind a flatten layer have. */
    public boolean isVector() {
        return height == 1 && width == 1;
    }

    @Override
    public String toString() {
        return isVector() ? Integer.toString(channels) : channels + "x" + height + "x" + width;
    }
}
