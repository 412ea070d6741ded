package dev.convoke.datasets;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The way in: data sets by name or folder.
 *
 * <p>A name is {@code digits}, which is bundled, or one of the {@link Catalogue}, which is looked for on this machine
 * as {@link DataLocation} says, then downloaded. Anything else must be a folder of pictures, one sub-folder a class, a folder
 * of IDX files, or an NPZ or a CSV file.
 */
public final class Datasets {
    /** What is meant where no data set is named. */
    public static final String DEFAULT = "mnist";

    private Datasets() {}

    /**
     * Loads a data set from where this process' environment says, downloading it where it is missing.
     *
     * @param nameOrPath a name from {@link #names()}, or a folder or file of the user's own
     * @throws DatasetException if there is no such set, it cannot be had, or it is damaged
     */
    public static Dataset load(String nameOrPath) {
        return load(nameOrPath, DataLocation.of(Optional.empty(), DataLocation.Network.ALLOWED), Progress.NONE);
    }

    /**
     * Loads a folder of pictures, one sub-folder a class, brought to one size.
     *
     * @throws DatasetException if it is no such folder, or a picture is damaged
     */
    public static Dataset load(Path folder, PictureSize size) {
        return OwnData.load(folder, Optional.of(size), Progress.NONE);
    }

    /**
     * Loads a data set; every file with a known digest is verified.
     *
     * @param nameOrPath a name from {@link #names()}, or a folder or file of user data
     * @throws DatasetException if there is no such set, it is not available, or it is corrupt
     */
    public static Dataset load(String nameOrPath, DataLocation location, Progress progress) {
        return load(nameOrPath, location, Optional.empty(), progress);
    }

    /**
     * The same, with pictures brought to one size.
     *
     * @param size of the user's own pictures; where it is empty, the size that most of them have
     * @throws DatasetException also if there is a size and the data are no folder of pictures
     */
    public static Dataset load(
            String nameOrPath, DataLocation location, Optional<PictureSize> size, Progress progress) {
        Optional<CatalogueEntry> entry = Catalogue.find(nameOrPath);
        if (size.isPresent() && (entry.isPresent() || nameOrPath.equals(BundledDigits.NAME))) {
            throw new DatasetException(nameOrPath + ": only your own images can be resized; omit --resize");
        }
        if (nameOrPath.equals(BundledDigits.NAME)) {
            return BundledDigits.load();
        }
        return entry.isPresent()
                ? store(location).load(entry.get(), progress)
                : OwnData.load(path(nameOrPath).orElseThrow(() -> unknown(nameOrPath)), size, progress);
    }

    /** Whether {@code nameOrPath} is no name of a data set but a folder or file that is there. */
    public static boolean isPath(String nameOrPath) {
        return !names().contains(nameOrPath) && path(nameOrPath).isPresent();
    }

    /** Whether {@code nameOrPath} is a folder that would be read as pictures. */
    public static boolean isPictureFolder(String nameOrPath) {
        return !names().contains(nameOrPath)
                && path(nameOrPath).filter(OwnData::isPictureFolder).isPresent();
    }

    /** All names, the default first, the bundled set last. */
    public static List<String> names() {
        return Stream.concat(Catalogue.entries().stream().map(CatalogueEntry::name), Stream.of(BundledDigits.NAME))
                .toList();
    }

    /** Every named set and whether it is available locally; uses no network and reads no images. */
    public static List<Availability> list(DataLocation location) {
        DatasetStore store = store(location);
        List<Availability> all = new ArrayList<>();
        for (CatalogueEntry entry : Catalogue.entries()) {
            all.add(new Availability(
                    entry.name(),
                    entry.title(),
                    entry.shape().train(),
                    entry.shape().test(),
                    entry.classNames().size(),
                    store.place(entry),
                    entry.downloadBytes(),
                    entry.credit().license()));
        }
        all.add(BundledDigits.availability());
        return all;
    }

    /**
     * Checks each file of a named set; nothing is downloaded.
     *
     * @throws DatasetException if there is no set of that name
     */
    public static List<FileCheck> verify(String name, DataLocation location) {
        if (name.equals(BundledDigits.NAME)) {
            return List.of(BundledDigits.check());
        }
        return store(location).verify(Catalogue.find(name).orElseThrow(() -> unknown(name)));
    }

    private static Optional<Path> path(String typed) {
        try {
            return Optional.of(Path.of(typed)).filter(path -> Files.isDirectory(path) || Files.isRegularFile(path));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static DatasetStore store(DataLocation location) {
        return new DatasetStore(Catalogue.entries(), location, Downloader.PATIENCE);
    }

    private static DatasetException unknown(String name) {
        String nearest = NearestName.of(name, names())
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
        return new DatasetException("data set '" + name + "' is neither a name (" + String.join(", ", names())
                + ") nor a folder or file" + nearest);
    }
}
