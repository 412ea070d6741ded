package dev.convoke.train;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.ImageSet;
import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;
import java.util.List;

/**
 * A data set of a few images, 8x8 where nothing else is said, in three classes that a small network can tell apart: each
 * has its own bright rows.
 */
public final class TinyData {
    public static final int CLASSES = 3;
    private static final int SIZE = 8;
    private static final int MNIST_SIZE = 28;

    private TinyData() {}

    public static Dataset dataset() {
        return dataset("tiny", 'a');
    }

    /** As large as MNIST's, for backends that are fast. */
    public static Dataset mnistSized() {
        return dataset("tiny28", 'c', MNIST_SIZE);
    }

    /** The same images under another name and digest. */
    public static Dataset dataset(String name, char digit) {
        return dataset(name, digit, SIZE);
    }

    private static Dataset dataset(String name, char digit, int size) {
        return new Dataset(
                name,
                images(46, 1, size),
                images(24, 2, size),
                List.of("top", "middle", "bottom"),
                String.valueOf(digit).repeat(64),
                "made up");
    }

    public static ImageSet images(int count, long seed) {
        return images(count, seed, SIZE);
    }

    private static ImageSet images(int count, long seed, int size) {
        byte[] pixels = new byte[count * size * size]; // [N, H, W, C]
        byte[] labels = new byte[count];
        for (int image = 0; image < count; image++) {
            Philox.Stream noise = Philox.stream(seed, Purpose.AUGMENT, 99, 0, image);
            int label = image % CLASSES;
            labels[image] = (byte) label;
            for (int pixel = 0; pixel < size * size; pixel++) {
                boolean bright = pixel / size * CLASSES / size == label;
                pixels[image * size * size + pixel] = (byte) (int) (noise.uniform(pixel) * 150 + (bright ? 80 : 0));
            }
        }
        return new ImageSet(size, size, 1, pixels, labels);
    }
}
