package dev.convoke.datasets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of the user's IDX files, named like MNIST's: {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}
 * and the same with {@code t10k} or {@code test}, and with {@code val}; compressed or not, with any prefix of the names.
 */
final class IdxFolder {
    private static final Pattern NAME = Pattern.compile(
            "(?:.*[-_.])?(?<part>" + SetPart.pattern()
                    + ")[-_.](?<what>images|labels)(?:[-_.]?idx\\d)?(?:[-_.]ubyte)?(?:\\.idx)?(?:\\.gz)?",
            Pattern.CASE_INSENSITIVE);

    private final Path folder;
    private final Map<SetPart, Path> images = new EnumMap<>(SetPart.class);
    private final Map<SetPart, Path> labels = new EnumMap<>(SetPart.class);

    private IdxFolder(Path folder) {
        this.folder = folder;
    }

    /** The IDX files of {@code folder}; empty where there are none. */
    static Optional<IdxFolder> of(Path folder) throws IOException {
        IdxFolder found = new IdxFolder(folder);
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.sorted().toList()) {
                Matcher matcher = NAME.matcher(String.valueOf(entry.getFileName()));
                if (matcher.matches() && Files.isRegularFile(entry)) {
                    boolean isImages = matcher.group("what").equalsIgnoreCase("images");
                    found.add(isImages ? found.images : found.labels, matcher.group("part"), entry);
                }
            }
        }
        return found.images.isEmpty() && found.labels.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    private void add(Map<SetPart, Path> files, String partName, Path file) {
        SetPart part = SetPart.named(partName).orElseThrow();
        Path before = files.putIfAbsent(part, file);
        // Sorted, an unpacked file comes before the same one packed: tools leave both.
        if (before != null && !(before + ".gz").equals(file.toString())) {
            throw new DatasetException(folder + ": '" + before.getFileName() + "' and '" + file.getFileName()
                    + "' are of the same part; keep one of them there");
        }
    }

    /**
     * Reads all files.
     *
     * @throws DatasetException if one is missing, damaged or of another type, or they do not go together
     */
    Dataset read(String name, Progress progress) {
        NumberedImages all = new NumberedImages(folder.toString());
        for (SetPart part : SetPart.values()) {
            Path imageFile = images.get(part);
            Path labelFile = labels.get(part);
            if (imageFile != null && labelFile != null) {
                add(all, part, imageFile, labelFile);
            } else if (imageFile != null || labelFile != null) {
                throw new DatasetException(folder + ": the " + part.word() + " part has no "
                        + (imageFile == null ? "images" : "labels") + "; add "
                        + part.word() + "-" + (imageFile == null ? "images-idx3-ubyte" : "labels-idx1-ubyte"));
            }
        }
        return all.toDataset(name, progress);
    }

    private static void add(NumberedImages all, SetPart part, Path imageFile, Path labelFile) {
        IdxArray pixels = IdxReader.read(imageFile);
        IdxArray classes = IdxReader.read(labelFile);
        if (pixels.type() != IdxType.UINT8) {
            throw new DatasetException(imageFile + ": holds " + pixels + "; save the pixels as UINT8, 0 to 255");
        }
        if (!classes.type().isInteger()) {
            throw new DatasetException(labelFile + ": holds " + classes + "; save the labels as whole numbers");
        }
        all.add(part, shape(imageFile, pixels), pixels.data(), shape(labelFile, classes), i -> (long) classes.get(i));
    }

    private static NumberedImages.Shape shape(Path file, IdxArray array) {
        int[] sizes = new int[array.rank()];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = array.size(axis);
        }
        return new NumberedImages.Shape(file.toString(), sizes);
    }
}
