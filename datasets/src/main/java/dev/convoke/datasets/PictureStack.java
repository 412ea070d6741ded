package dev.convoke.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads pictures into image sets of one size: the one that is asked for, else the most common one, to which the others are
 * resized. If any picture is in color, gray ones become color too.
 */
final class PictureStack {
    private final List<Path> files;
    private final PictureSize size;
    private final int resized;
    private final List<Picture> pictures = new ArrayList<>();

    private PictureStack(List<Path> files, PictureSize size, int resized) {
        this.files = files;
        this.size = size;
        this.resized = resized;
    }

    /**
     * Reads all of {@code files}, after checking their headers.
     *
     * @param files at least one
     * @param wanted the target size; if empty, the most common one
     * @param source name of the data in messages
     * @throws DatasetException if a file is not an image, corrupt or too large, or the total size is too large
     */
    static PictureStack read(List<Path> files, Optional<PictureSize> wanted, String source) {
        Map<PictureSize, Integer> sizes = new LinkedHashMap<>();
        for (Path file : files) {
            sizes.merge(Picture.sizeOf(file), 1, Integer::sum);
        }
        PictureSize size = wanted.orElseGet(() -> mostCommon(sizes));
        long bytes = 3L * size.area() * files.size();
        if (bytes > IdxReader.MAX_PAYLOAD_BYTES) {
            throw new DatasetException(
                    source + ": " + files.size() + " pictures of " + size + " need " + bytes + " bytes, more than "
                            + IdxReader.MAX_PAYLOAD_BYTES + "; have them made smaller with --resize 64x64");
        }
        PictureStack stack = new PictureStack(files, size, files.size() - sizes.getOrDefault(size, 0));
        for (Path file : files) {
            stack.pictures.add(Picture.read(file).resized(size));
        }
        return stack;
    }

    /** Of sizes that are equally common the smallest, and of these the narrowest. */
    private static PictureSize mostCommon(Map<PictureSize, Integer> sizes) {
        Comparator<Map.Entry<PictureSize, Integer>> rarest = Map.Entry.comparingByValue();
        return sizes.entrySet().stream()
                .min(rarest.reversed()
                        .thenComparing(entry -> entry.getKey().area())
                        .thenComparing(entry -> entry.getKey().width()))
                .orElseThrow()
                .getKey();
    }

    PictureSize size() {
        return size;
    }

    /** How many pictures had another size. */
    int resized() {
        return resized;
    }

    int count() {
        return files.size();
    }

    /** The pictures from {@code start} on, one for each label. */
    ImageSet toImageSet(int start, byte[] labels) {
        int channels = pictures.stream().mapToInt(Picture::channels).max().orElse(1);
        int area = size.area();
        byte[] pixels = new byte[labels.length * area * channels]; // [N, H, W, C]
        for (int i = 0; i < labels.length; i++) {
            copy(pictures.get(start + i), pixels, i * area * channels, channels);
        }
        return new ImageSet(size.height(), size.width(), channels, pixels, labels);
    }

    private static void copy(Picture picture, byte[] pixels, int start, int channels) {
        byte[] samples = picture.samples();
        if (picture.channels() == channels) {
            System.arraycopy(samples, 0, pixels, start, samples.length);
            return;
        }
        for (int i = 0; i < samples.length * channels; i++) {
            pixels[start + i] = samples[i / channels];
        }
    }
}
