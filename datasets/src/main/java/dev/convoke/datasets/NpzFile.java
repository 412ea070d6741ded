package dev.convoke.datasets;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A NumPy archive of images and labels: {@code x_train}, {@code y_train}, {@code x_test}, {@code y_test} as Keras has them,
 * or {@code train_images}, {@code train_labels}, ... as MedMNIST has; also of a part {@code val}. Images are uint8.
 */
final class NpzFile {
    private static final Pattern NAME = Pattern.compile(
            "(?:(?<what>x|y|images|labels)_(?<part>P)|(?<partFirst>P)_(?<whatLast>x|y|images|labels))\\.npy"
                    .replace("P", SetPart.pattern()),
            Pattern.CASE_INSENSITIVE);

    private final Path file;
    private final Map<SetPart, String> images = new EnumMap<>(SetPart.class);
    private final Map<SetPart, String> labels = new EnumMap<>(SetPart.class);

    private NpzFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a data set.
     *
     * @throws DatasetException if the file is damaged, lacks an array, or one is of another type or shape
     */
    static Dataset load(Path file, String name, Progress progress) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return new NpzFile(file).read(zip, name, progress);
        } catch (IOException | IllegalArgumentException e) {
            throw new DatasetException(
                    file + ": cannot be read as NPZ (" + DatasetException.reason(e) + "); save it again", e);
        }
    }

    private Dataset read(ZipFile zip, String name, Progress progress) throws IOException {
        for (ZipEntry entry : zip.stream().toList()) {
            Matcher matcher = NAME.matcher(entry.getName());
            if (matcher.matches()) {
                boolean first = matcher.group("what") != null;
                String what = matcher.group(first ? "what" : "whatLast");
                SetPart part = SetPart.named(matcher.group(first ? "part" : "partFirst"))
                        .orElseThrow();
                boolean isImages = what.equalsIgnoreCase("x") || what.equalsIgnoreCase("images");
                if ((isImages ? images : labels).put(part, entry.getName()) != null) {
                    throw new DatasetException(file + ": holds two arrays for the " + part.word() + " part; keep one");
                }
            }
        }
        NumberedImages all = new NumberedImages(file.toString());
        for (SetPart part : SetPart.values()) {
            String imageName = images.get(part);
            String labelName = labels.get(part);
            if (imageName != null && labelName != null) {
                NpyArray pixels = array(zip, imageName);
                NpyArray classes = array(zip, labelName);
                all.add(part, pixels.shape(), pixels.unsignedBytes(), classes.shape(), classes::get);
            } else if (imageName != null || labelName != null) {
                throw new DatasetException(file + ": the " + part.word() + " part lacks its "
                        + (imageName == null ? "images, x_" : "labels, y_") + part.word());
            }
        }
        if (images.isEmpty()) {
            throw new DatasetException(
                    file + ": holds no images; save it as numpy.savez(file, x_train=..., y_train=..., x_test=...,"
                            + " y_test=...)");
        }
        return all.toDataset(name, progress);
    }

    private NpyArray array(ZipFile zip, String member) throws IOException {
        ZipEntry entry = zip.getEntry(member);
        try (InputStream stream = new BufferedInputStream(zip.getInputStream(entry))) {
            long stored = Math.max(0, entry.getCompressedSize());
            return NpyArray.read(stream, file + "!" + member, IdxReader.likelyBytes(stored));
        }
    }
}
