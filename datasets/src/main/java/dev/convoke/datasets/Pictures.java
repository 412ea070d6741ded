package dev.convoke.datasets;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Images without labels, for prediction. */
public final class Pictures {
    /** Rec. 601 weights of red, green and blue in a gray value, in thousandths. */
    private static final int[] GRAY_WEIGHTS = {299, 587, 114};

    private Pictures() {}

    /**
     * Reads PNG, JPEG, BMP or GIF pictures; every label is 0.
     *
     * @param files at least one
     * @param size to which pictures of another size are brought
     * @param channels 1 to have colors turned gray, 3 to have gray repeated
     * @param progress hears in a line how many were resized
     * @throws DatasetException if a file is no picture, damaged or too large
     */
    public static ImageSet read(List<Path> files, PictureSize size, int channels, Progress progress) {
        if (files.isEmpty() || (channels != 1 && channels != 3)) {
            throw new DatasetException("pictures are read as 1 or 3 channels, at least one at a time, not "
                    + files.size() + " of " + channels + " channels");
        }
        PictureStack stack = PictureStack.read(files, Optional.of(size), "pictures");
        if (stack.resized() > 0) {
            progress.notice(
                    stack.resized() + " of " + stack.count() + " pictures resized to " + size + ", the model's size");
        }
        return withChannels(stack.toImageSet(0, new byte[files.size()]), channels);
    }

    /**
     * The pictures directly in a folder, in natural order of their names; other files are left out.
     *
     * @throws DatasetException if the folder cannot be read, or holds none
     */
    public static List<Path> in(Path folder) {
        try {
            List<Path> pictures = PictureFolder.pictures(folder);
            if (pictures.isEmpty()) {
                throw new DatasetException(
                        folder + ": holds no PNG, JPEG, BMP or GIF picture; name a folder with pictures in it");
            }
            return pictures;
        } catch (IOException e) {
            throw new DatasetException(folder + ": cannot be read (" + DatasetException.reason(e) + ")", e);
        }
    }

    /**
     * One picture in memory as a network reads it: brought to a size and a number of channels as {@link #read} does.
     *
     * @return an image set of one image, label 0
     */
    public static ImageSet of(BufferedImage image, PictureSize size, int channels) {
        return one(Picture.of(image), size, channels);
    }

    /**
     * The content of one PNG, JPEG, BMP or GIF file as a network reads it.
     *
     * @param source what messages call it
     * @return an image set of one image, label 0
     * @throws DatasetException if it is no picture, damaged or too large
     */
    public static ImageSet decode(String source, byte[] content, PictureSize size, int channels) {
        return one(Picture.decode(source, content), size, channels);
    }

    private static ImageSet one(Picture picture, PictureSize size, int channels) {
        Picture fitted = picture.resized(size);
        return withChannels(
                new ImageSet(size.height(), size.width(), fitted.channels(), fitted.samples(), new int[1]), channels);
    }

    private static ImageSet withChannels(ImageSet images, int channels) {
        if (images.channels() == channels) {
            return images;
        }
        byte[] from = images.pixels();
        byte[] to = new byte[from.length / images.channels() * channels];
        for (int i = 0; i < to.length / channels; i++) {
            if (channels == 1) {
                to[i] = gray(from, 3 * i);
            } else {
                to[3 * i] = from[i];
                to[3 * i + 1] = from[i];
                to[3 * i + 2] = from[i];
            }
        }
        return new ImageSet(images.height(), images.width(), channels, to, images.labels());
    }

    private static byte gray(byte[] samples, int at) {
        int sum = 500;
        for (int channel = 0; channel < 3; channel++) {
            sum += GRAY_WEIGHTS[channel] * (samples[at + channel] & 0xff);
        }
        return (byte) (sum / 1000);
    }
}
