package dev.convoke.datasets;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntToLongFunction;

/** Images and labels that come as arrays of numbers, part by part. The classes are {@code 0} to the highest label. */
final class NumberedImages {
    private final String source;
    private final Map<SetPart, ImageSet> parts = new EnumMap<>(SetPart.class);
    private int classes;

    /** @param source what messages call the data */
    NumberedImages(String source) {
        this.source = source;
    }

    /**
     * An array's shape and where it comes from.
     *
     * @param source what messages call it
     */
    record Shape(String source, int... sizes) {
        private int rank() {
            return sizes.length;
        }
    }

    /**
     * Adds a part.
     *
     * @param images {@code [N, H, W]} or {@code [N, H, W, C]}, of 1 or 3 channels
     * @param pixels of the images, unsigned bytes
     * @param labels {@code [N]}, or {@code [N, 1]}
     * @param label the number at an index of the labels' array
     * @throws DatasetException if a shape is another, the counts differ or a label is no class
     */
    void add(SetPart part, Shape images, byte[] pixels, Shape labels, IntToLongFunction label) {
        int channels = images.rank() == 4 ? images.sizes()[3] : 1;
        if ((images.rank() != 3 && images.rank() != 4) || (channels != 1 && channels != 3)) {
            throw new DatasetException(images.source() + ": has the shape " + words(images)
                    + "; images are count x height x width, or that x 3 for colors");
        }
        int[] sizes = images.sizes();
        boolean one = labels.rank() == 1 || (labels.rank() == 2 && labels.sizes()[1] == 1);
        if (!one || labels.sizes()[0] != sizes[0]) {
            throw new DatasetException(labels.source() + ": has the shape " + words(labels) + " beside " + sizes[0]
                    + " images; give one label an image, the number of its class");
        }
        if (sizes[0] > 0 && (sizes[1] == 0 || sizes[2] == 0 || (long) sizes[1] * sizes[2] > Picture.MAX_PIXELS)) {
            throw new DatasetException(images.source() + ": has images of " + sizes[1] + "x" + sizes[2]
                    + " pixels, none or more than " + Picture.MAX_PIXELS + "; make them of another size");
        }
        byte[] classOf = new byte[sizes[0]];
        for (int i = 0; i < classOf.length; i++) {
            long number = label.applyAsLong(i);
            if (number < 0 || number >= ClassNames.MOST) {
                throw new DatasetException(labels.source() + ": label " + number + " of image " + i
                        + " is not from 0 to " + (ClassNames.MOST - 1) + "; number the classes from 0");
            }
            classOf[i] = (byte) number;
            classes = Math.max(classes, (int) number + 1);
        }
        parts.put(part, new ImageSet(sizes[1], sizes[2], channels, pixels, classOf));
    }

    /** All that was added. */
    Dataset toDataset(String name, Progress progress) {
        return new SetParts(source, parts).toDataset(name, ClassNames.numbers(classes), progress);
    }

    private static String words(Shape shape) {
        StringBuilder words = new StringBuilder();
        for (int size : shape.sizes()) {
            words.append(words.isEmpty() ? "" : " x ").append(size);
        }
        return words.isEmpty() ? "of one number" : words.toString();
    }
}
