package dev.convoke.datasets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of PNG, JPEG, BMP or GIF images, one sub-folder per class. Above the classes there may be a folder for each
 * split, {@code train}, {@code val} and {@code test}, case-insensitive and also as {@code training}, {@code valid},
 * {@code validation} and {@code testing}; {@link SetParts} handles missing ones.
 *
 * <p>Class names are the sub-folders' names, in natural order: {@code 2} before {@code 10}. Files that are not images are
 * skipped and counted; a file with an image extension that is not an image is rejected.
 */
final class PictureFolder {
    /** Folders that operating systems create. */
    private static final Set<String> SYSTEM_FOLDERS = Set.of("__MACOSX", "@eaDir", "lost+found");

    private final Path folder;
    private final Progress progress;
    private int passedOver;

    private PictureFolder(Path folder, Progress progress) {
        this.folder = folder;
        this.progress = progress;
    }

    /** The content of a folder in natural order of names. */
    private record Content(List<Path> folders, List<Path> pictures) {}

    /** Pictures of one part, class by class. */
    private record Part(List<Path> files, List<Integer> labels) {
        byte[] labelBytes() {
            byte[] bytes = new byte[labels.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (int) labels.get(i);
            }
            return bytes;
        }
    }

    /**
     * Reads all pictures below {@code folder}.
     *
     * @param size of the images; where it is empty, the size that most pictures have
     * @throws DatasetException if the folder is not laid out so, or a picture is damaged
     */
    static Dataset load(Path folder, Optional<PictureSize> size, Progress progress) {
        try {
            return new PictureFolder(folder, progress).read(size);
        } catch (IOException | UncheckedIOException e) {
            throw new DatasetException(folder + ": cannot be read (" + DatasetException.reason(e) + ")", e);
        }
    }

    private Dataset read(Optional<PictureSize> size) throws IOException {
        Content top = content(folder);
        Map<SetPart, Path> partFolders = partFolders(top);
        if (!partFolders.isEmpty()) {
            requireNoPictures(top);
            passedOver += others(folder, top);
        }
        Path trainFolder = partFolders.getOrDefault(SetPart.TRAIN, folder);
        List<String> classes = classNames(trainFolder);
        Map<SetPart, Part> parts = new EnumMap<>(SetPart.class);
        parts.put(SetPart.TRAIN, part(trainFolder, classes));
        for (Map.Entry<SetPart, Path> other : partFolders.entrySet()) {
            if (other.getKey() != SetPart.TRAIN) {
                requireKnown(other.getValue(), trainFolder, classes);
                parts.put(other.getKey(), part(other.getValue(), classes));
            }
        }
        List<Path> files =
                parts.values().stream().flatMap(part -> part.files().stream()).toList();
        PictureStack stack = PictureStack.read(files, size, folder.toString());
        tell(stack, size);
        Map<SetPart, ImageSet> images = new EnumMap<>(SetPart.class);
        int start = 0;
        for (Map.Entry<SetPart, Part> part : parts.entrySet()) {
            images.put(part.getKey(), stack.toImageSet(start, part.getValue().labelBytes()));
            start += part.getValue().files().size();
        }
        String name = name(folder.toAbsolutePath().normalize());
        return new SetParts(folder.toString(), images).toDataset(name, classes, progress);
    }

    /** The folder of each split; empty if the classes are in the folder itself. */
    private Map<SetPart, Path> partFolders(Content content) throws IOException {
        Map<SetPart, Path> found = new LinkedHashMap<>();
        List<Path> others = new ArrayList<>();
        for (Path top : content.folders()) {
            Optional<SetPart> part = SetPart.named(name(top));
            if (part.isEmpty() || isClass(content(top))) {
                // 'train' with pictures in it is a class: of vehicles, say.
                others.add(top);
                continue;
            }
            Path before = found.put(part.get(), top);
            if (before != null) {
                throw new DatasetException(folder + ": '" + name(before) + "' and '" + name(top) + "' are both "
                        + part.get().word() + " parts; merge them");
            }
        }
        if (found.isEmpty()) {
            return found;
        }
        if (!others.isEmpty()) {
            throw new DatasetException(others.get(0) + ": is not a part; beside '"
                    + name(found.values().iterator().next())
                    + "' only train, val and test may stand, each with one sub-folder a class; move or rename it");
        }
        if (!found.containsKey(SetPart.TRAIN)) {
            throw new DatasetException(folder + ": has no 'train' folder beside '"
                    + name(found.values().iterator().next()) + "'; add one, or name the folder of the classes itself");
        }
        return found;
    }

    private static boolean isClass(Content content) {
        return content.folders().isEmpty() && !content.pictures().isEmpty();
    }

    private List<String> classNames(Path parent) throws IOException {
        List<Path> folders = content(parent).folders();
        if (folders.isEmpty()) {
            throw new DatasetException(
                    parent + ": holds no class folders; put the pictures into one sub-folder a class");
        }
        return ClassNames.of(
                parent.toString(), folders.stream().map(PictureFolder::name).toList());
    }

    private void requireKnown(Path part, Path trainFolder, List<String> classes) throws IOException {
        for (Path classFolder : content(part).folders()) {
            String name = ClassNames.composed(name(classFolder));
            if (!classes.contains(name)) {
                throw new DatasetException(
                        classFolder + ": class '" + name + "' has no folder in " + trainFolder + "; add or remove it");
            }
        }
    }

    private Part part(Path parent, List<String> classes) throws IOException {
        Part part = new Part(new ArrayList<>(), new ArrayList<>());
        Content classFolders = content(parent);
        requireNoPictures(classFolders);
        for (Path classFolder : classFolders.folders()) {
            int label = classes.indexOf(ClassNames.composed(name(classFolder)));
            Content content = content(classFolder);
            if (!content.folders().isEmpty()) {
                throw new DatasetException(content.folders().get(0)
                        + ": is a folder in a class folder, which holds pictures only; move its pictures up, or name '"
                        + parent.resolve(name(classFolder)) + "' as the data set");
            }
            if (content.pictures().isEmpty()) {
                throw new DatasetException(classFolder + ": holds no pictures; add some or remove the folder");
            }
            for (Path picture : content.pictures()) {
                part.files().add(picture);
                part.labels().add(label);
            }
            passedOver += others(classFolder, content);
        }
        passedOver += others(parent, classFolders);
        return part;
    }

    private static void requireNoPictures(Content content) {
        if (!content.pictures().isEmpty()) {
            throw new DatasetException(content.pictures().get(0)
                    + ": is not in a class folder; images must be in one sub-folder per class");
        }
    }

    /** Reports skipped and resized files, one line each. */
    private void tell(PictureStack stack, Optional<PictureSize> size) {
        if (passedOver > 0) {
            progress.notice(folder + ": " + passedOver
                    + (passedOver == 1
                            ? " file is not an image and was skipped"
                            : " files are not images and were skipped"));
        }
        if (stack.resized() > 0) {
            progress.notice(folder + ": " + stack.resized() + " of " + stack.count() + " pictures resized to "
                    + stack.size() + (size.isPresent() ? "" : ", the most common size"));
        }
    }

    /** The pictures directly in a folder, in natural order of their names. */
    static List<Path> pictures(Path folder) throws IOException {
        return content(folder).pictures();
    }

    private static Content content(Path parent) throws IOException {
        Content content = new Content(new ArrayList<>(), new ArrayList<>());
        try (Stream<Path> entries = Files.list(parent)) {
            List<Path> all = new ArrayList<>(entries.toList());
            all.sort((left, right) -> NaturalOrder.NAMES.compare(name(left), name(right)));
            for (Path entry : all) {
                if (isClassFolder(entry)) {
                    content.folders().add(entry);
                } else if (isPicture(entry)) {
                    content.pictures().add(entry);
                }
            }
        }
        return content;
    }

    private static boolean isClassFolder(Path entry) {
        return !isHidden(entry) && !SYSTEM_FOLDERS.contains(name(entry)) && Files.isDirectory(entry);
    }

    /** Whether the file is a picture, or should be: what is named like one and is none is reported when it is read. */
    private static boolean isPicture(Path entry) throws IOException {
        return !isHidden(entry)
                && Files.isRegularFile(entry)
                && (PictureFormat.isNamedLikeOne(entry)
                        || PictureFormat.of(entry).isPresent());
    }

    private static boolean isHidden(Path entry) {
        return name(entry).startsWith(".");
    }

    /** Files that are neither folders nor pictures. */
    private static int others(Path parent, Content content) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return (int) entries.filter(entry -> !Files.isDirectory(entry)).count()
                    - content.pictures().size();
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
