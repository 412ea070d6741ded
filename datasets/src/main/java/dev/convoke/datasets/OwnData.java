package dev.convoke.datasets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Loads user data, detected by content: an NPZ or a CSV file; a folder of IDX files; a folder of CSV files, one per split;
 * a folder of images.
 */
final class OwnData {
    private static final List<String> CSV = List.of(".csv", ".csv.gz", ".tsv", ".tsv.gz");
    private static final String NPZ = ".npz";

    private final Path path;
    private final Optional<PictureSize> size;
    private final Progress progress;

    private OwnData(Path path, Optional<PictureSize> size, Progress progress) {
        this.path = path;
        this.size = size;
        this.progress = progress;
    }

    /**
     * Reads the data at {@code path}.
     *
     * @param size that pictures are brought to; where it is empty, the size that most of them have
     * @throws DatasetException if they are of no known form, or damaged
     */
    static Dataset load(Path path, Optional<PictureSize> size, Progress progress) {
        try {
            return new OwnData(path, size, progress).read();
        } catch (IOException e) {
            throw new DatasetException(path + ": cannot be read (" + DatasetException.reason(e) + ")", e);
        }
    }

    private Dataset read() throws IOException {
        if (Files.isDirectory(path)) {
            return folder();
        }
        refuseSize();
        if (isNamed(path, List.of(NPZ))) {
            return NpzFile.load(path, name(), progress);
        }
        if (isNamed(path, CSV)) {
            return new CsvFiles(path.toString(), Map.of(SetPart.TRAIN, path)).read(name(), progress);
        }
        throw new DatasetException(
                path + ": is no data set; name a folder of pictures or IDX files, an .npz or a .csv file");
    }

    /** Kinds of files in a folder other than images. */
    private record Content(boolean folders, List<Path> arrays, List<Path> tables) {
        static Content of(Path folder) throws IOException {
            try (Stream<Path> entries = Files.list(folder)) {
                List<Path> visible = entries.sorted()
                        .filter(entry -> !String.valueOf(entry.getFileName()).startsWith("."))
                        .toList();
                List<Path> files = visible.stream().filter(Files::isRegularFile).toList();
                return new Content(
                        visible.stream().anyMatch(Files::isDirectory),
                        files.stream()
                                .filter(file -> isNamed(file, List.of(NPZ)))
                                .toList(),
                        files.stream().filter(file -> isNamed(file, CSV)).toList());
            }
        }

        /** A folder of images often contains a table in addition to its class folders. */
        boolean isPictures() {
            return folders || (arrays.isEmpty() && tables.isEmpty());
        }
    }

    /** Whether {@code path} is a folder that is read as pictures. */
    static boolean isPictureFolder(Path path) {
        try {
            return Files.isDirectory(path)
                    && IdxFolder.of(path).isEmpty()
                    && Content.of(path).isPictures();
        } catch (IOException e) {
            // Reading it reports the error.
            return false;
        }
    }

    private Dataset folder() throws IOException {
        Optional<IdxFolder> idx = IdxFolder.of(path);
        Content content = Content.of(path);
        if (idx.isEmpty() && content.isPictures()) {
            return PictureFolder.load(path, size, progress);
        }
        refuseSize();
        if (idx.isPresent()) {
            return idx.get().read(name(), progress);
        }
        List<Path> arrays = content.arrays();
        List<Path> tables = content.tables();
        if (arrays.size() + tables.size() == 1) {
            return new OwnData(arrays.isEmpty() ? tables.get(0) : arrays.get(0), size, progress).read();
        }
        if (!arrays.isEmpty()) {
            throw new DatasetException(path + ": holds several data sets; name one of its files, such as "
                    + arrays.get(0).getFileName());
        }
        return new CsvFiles(path.toString(), parts(tables)).read(name(), progress);
    }

    private Map<SetPart, Path> parts(List<Path> tables) {
        Map<SetPart, Path> parts = new EnumMap<>(SetPart.class);
        for (Path table : tables) {
            // mnist_train.csv is the training part of mnist.
            String[] words = stem(table).split("[-_. ]", -1);
            Optional<SetPart> part = SetPart.named(words[words.length - 1]);
            if (part.isEmpty() || parts.put(part.get(), table) != null) {
                throw new DatasetException(
                        table + ": is not clearly one of the parts; name the files train.csv, val.csv"
                                + " and test.csv, or name one file with --dataset");
            }
        }
        return parts;
    }

    private void refuseSize() {
        if (size.isPresent()) {
            throw new DatasetException(path + ": only images are resized; omit --resize");
        }
    }

    private String name() {
        Path whole = path.toAbsolutePath().normalize();
        return Files.isDirectory(whole) ? String.valueOf(whole.getFileName()) : stem(whole);
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        String lower = name.toLowerCase(Locale.ROOT);
        int length = Stream.concat(CSV.stream(), Stream.of(NPZ))
                .filter(lower::endsWith)
                .mapToInt(String::length)
                .max()
                .orElse(0);
        return name.substring(0, name.length() - length);
    }

    private static boolean isNamed(Path file, List<String> endings) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return endings.stream().anyMatch(name::endsWith);
    }
}
