package dev.convoke.datasets;

import java.util.Objects;

/**
 * Images of one size as unsigned bytes, and their targets: classes or numbers.
 *
 * <p>Pixels are stored as {@code [N, H, W, C]}. The arrays are shared, not copied, since backends read 47 MB of MNIST from
 * them, and must not be modified.
 */
public final class ImageSet {
    private final int height;
    private final int width;
    private final int channels;
    private final byte[] pixels;
    private final Targets targets;

    /**
     * Wraps pixels and targets without a copy.
     *
     * @param pixels {@code [N, H, W, C]}, unsigned
     * @param targets of the N images
     * @throws IllegalArgumentException if the pixel count is not {@code N * H * W * C}
     */
    public ImageSet(int height, int width, int channels, byte[] pixels, Targets targets) {
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.pixels = Objects.requireNonNull(pixels);
        this.targets = Objects.requireNonNull(targets);
        if ((long) targets.count() * height * width * channels != pixels.length) {
            throw new IllegalArgumentException(targets.count() + " images of " + height + "x" + width + "x" + channels
                    + " do not fit " + pixels.length + " pixel bytes");
        }
    }

    /**
     * Images with a class each.
     *
     * @param labels {@code [N]}, class indices
     */
    public ImageSet(int height, int width, int channels, byte[] pixels, int[] labels) {
        this(height, width, channels, pixels, new Targets.Classes(labels));
    }

    /**
     * Images with one of at most 256 classes each.
     *
     * @param labels {@code [N]}, unsigned class indices, copied
     */
    public ImageSet(int height, int width, int channels, byte[] pixels, byte[] labels) {
        this(height, width, channels, pixels, widen(labels));
    }

    private static int[] widen(byte[] labels) {
        int[] wide = new int[labels.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = labels[i] & 0xff;
        }
        return wide;
    }

    /** Number of images, N. */
    public int count() {
        return targets.count();
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** 1 for gray images, 3 for red, green, blue. */
    public int channels() {
        return channels;
    }

    /** The shared pixel array, {@code [N, H, W, C]}, unsigned; not to be written. */
    public byte[] pixels() {
        return pixels;
    }

    /** The target of each image. */
    public Targets targets() {
        return targets;
    }

    /** Whether each image has one class. */
    public boolean hasClasses() {
        return targets instanceof Targets.Classes;
    }

    /**
     * The shared class indices, {@code [N]}; not to be written.
     *
     * @throws IllegalStateException if the images have numbers instead
     */
    public int[] labels() {
        if (targets instanceof Targets.Classes classes) {
            return classes.labels();
        }
        throw new IllegalStateException("these images have no classes");
    }

    /** The class of image {@code index}. */
    public int label(int index) {
        return labels()[index];
    }

    /** Bytes of one image, {@code H * W * C}. */
    public int imageSize() {
        return height * width * channels;
    }

    /** A copy of image {@code index}, {@code [H, W, C]}, unsigned. */
    public byte[] image(int index) {
        byte[] image = new byte[imageSize()];
        System.arraycopy(pixels, index * imageSize(), image, 0, image.length);
        return image;
    }

    /** The same images with light and dark exchanged, copied: each sample becomes 255 minus itself. */
    public ImageSet inverted() {
        byte[] inverted = pixels.clone();
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        return new ImageSet(height, width, channels, inverted, targets);
    }

    /** The images at {@code indices}, copied in that order. */
    public ImageSet select(int[] indices) {
        int size = imageSize();
        byte[] chosenPixels = new byte[Math.multiplyExact(indices.length, size)];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * size, chosenPixels, i * size, size);
        }
        return new ImageSet(height, width, channels, chosenPixels, targets.select(indices));
    }
}
