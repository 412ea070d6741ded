package dev.convoke.datasets;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** The digest that identifies the images of a run. */
public final class DatasetDigest {
    private DatasetDigest() {}

    /**
     * SHA-256 over the training part, then the test part. Each part is its N, H, W and C as big-endian 32-bit numbers, its
     * pixels {@code [N, H, W, C]} and its labels {@code [N]}, one byte each, or 32 bits if there are more than 256 classes;
     * numbers instead of labels are float32. Names and locations are not included.
     *
     * @return lower-case hexadecimal, 64 characters
     */
    public static String of(ImageSet train, ImageSet test) {
        return of(train, Optional.empty(), test);
    }

    /** The same with the validation part, where there is one, after the training part. */
    public static String of(ImageSet train, Optional<ImageSet> validation, ImageSet test) {
        MessageDigest digest = Digests.sha256();
        add(digest, train);
        validation.ifPresent(part -> add(digest, part));
        add(digest, test);
        return Digests.hex(digest);
    }

    private static void add(MessageDigest digest, ImageSet part) {
        ByteBuffer shape = ByteBuffer.allocate(4 * Integer.BYTES);
        shape.putInt(part.count()).putInt(part.height()).putInt(part.width()).putInt(part.channels());
        digest.update(shape.array());
        digest.update(part.pixels());
        if (part.targets() instanceof Targets.Values values) {
            ByteBuffer numbers = ByteBuffer.allocate(Float.BYTES * values.values().length);
            numbers.asFloatBuffer().put(values.values());
            digest.update(numbers);
        } else {
            addLabels(digest, part.labels());
        }
    }

    private static void addLabels(MessageDigest digest, int[] labels) {
        boolean small = Arrays.stream(labels).allMatch(label -> label < 256);
        ByteBuffer bytes = ByteBuffer.allocate((small ? 1 : Integer.BYTES) * labels.length);
        for (int label : labels) {
            if (small) {
                bytes.put((byte) label);
            } else {
                bytes.putInt(label);
            }
        }
        digest.update(bytes.flip());
    }
}
