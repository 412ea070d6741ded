package dev.convoke.datasets;

import dev.convoke.datasets.CatalogueFile.Part;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Finds the files of a catalogue entry on this machine. Each is looked for packed and unpacked, also with a dot before
 * {@code idx} as some tools unpack it, and inside the entry's zip where there is one.
 */
final class FileFinder {
    private final List<CatalogueEntry> catalogue;
    private final DataLocation location;

    FileFinder(List<CatalogueEntry> catalogue, DataLocation location) {
        this.catalogue = catalogue;
        this.location = location;
    }

    /** The local files of {@code entry}, each from the first folder that contains it. */
    Map<Part, LocatedFile> find(CatalogueEntry entry) {
        Map<Part, LocatedFile> found = new EnumMap<>(Part.class);
        for (Path folder : folders(entry)) {
            for (CatalogueFile file : entry.files()) {
                if (!found.containsKey(file.part())) {
                    find(entry, file, folder).ifPresent(place -> found.put(file.part(), place));
                }
            }
        }
        return found;
    }

    /** The folders that are searched for {@code entry}, in order. */
    List<Path> folders(CatalogueEntry entry) {
        Set<Path> folders = new LinkedHashSet<>();
        for (Path root : location.roots()) {
            folders.add(root.resolve(entry.name()));
            if (!holdsAnotherSet(root, entry)) {
                folders.add(root);
            }
        }
        folders.add(location.cacheFolder(entry.name()));
        entry.systemFolder().ifPresent(folders::add);
        return List.copyOf(folders);
    }

    /** Folders that a download of {@code entry} may go to, in order of preference. */
    List<Path> downloadFolders(CatalogueEntry entry) {
        List<Path> folders = new ArrayList<>();
        for (Path root : location.roots()) {
            folders.add(isOwnFolder(root, entry) ? root : root.resolve(entry.name()));
        }
        folders.add(location.cacheFolder(entry.name()));
        return folders;
    }

    private boolean isOwnFolder(Path root, CatalogueEntry entry) {
        boolean named = entry.name().equals(String.valueOf(root.getFileName()));
        boolean holdsFiles =
                entry.files().stream().anyMatch(file -> find(entry, file, root).isPresent());
        return (named || holdsFiles) && !holdsAnotherSet(root, entry);
    }

    private static Optional<LocatedFile> find(CatalogueEntry entry, CatalogueFile file, Path folder) {
        for (String name : names(file)) {
            Path path = folder.resolve(name);
            if (Files.isRegularFile(path)) {
                return Optional.of(LocatedFile.plain(path));
            }
        }
        return entry.bundle().flatMap(bundle -> member(folder.resolve(bundle.name()), file));
    }

    private static List<String> names(CatalogueFile file) {
        String dotted = file.name().replace("-idx", ".idx");
        return List.of(file.name(), file.packedName(), dotted, dotted + ".gz");
    }

    /** The member of a zip that holds {@code file}, in whatever folder of the zip. */
    static Optional<LocatedFile> member(Path archive, CatalogueFile file) {
        if (!Files.isRegularFile(archive)) {
            return Optional.empty();
        }
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.equals(file.packedName()) || name.endsWith("/" + file.packedName()))
                    .findFirst()
                    .map(name -> new LocatedFile(archive, Optional.of(name)));
        } catch (IOException e) {
            throw IdxReader.unreadable(archive.toString(), e);
        }
    }

    /**
     * MNIST's heirs took over its file names, so a folder of one looks like a folder of all. The test labels, a few
     * kilobytes, tell whose it is.
     */
    private boolean holdsAnotherSet(Path folder, CatalogueEntry entry) {
        return find(entry, entry.file(Part.TEST_LABELS), folder)
                .map(this::owner)
                .filter(owner -> owner.isPresent() && !owner.get().equals(entry.name()))
                .isPresent();
    }

    private Optional<String> owner(LocatedFile labels) {
        try (InputStream stored = new BoundedStream(labels.open());
                InputStream again = new BoundedStream(labels.open());
                InputStream unpacked = new BoundedStream(Payload.unpack(again))) {
            String archive = Digests.ofStream(stored, Digests.sha256());
            String payload = Digests.ofStream(unpacked, Digests.sha256());
            return catalogue.stream()
                    .filter(entry -> isOf(entry.file(Part.TEST_LABELS), archive, payload))
                    .map(CatalogueEntry::name)
                    .findFirst();
        } catch (IOException e) {
            // Corrupt labels have no owner; reading them reports the error.
            return Optional.empty();
        }
    }

    /** A stream that fails beyond what labels of the catalogue have: a file that unpacks to more is none of them. */
    static final class BoundedStream extends FilterInputStream {
        private static final long MAX_LABEL_BYTES = 4L << 20;

        private long read;

        BoundedStream(InputStream stream) {
            super(stream);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int got = super.read(buffer, from, length);
            count(got);
            return got;
        }

        private void count(int bytes) throws IOException {
            read += Math.max(0, bytes);
            if (read > MAX_LABEL_BYTES) {
                throw new IOException("larger than any file of labels");
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    private static boolean isOf(CatalogueFile file, String archive, String payload) {
        return file.packedDigests().sha256().filter(archive::equals).isPresent()
                || file.payloadSha256().filter(payload::equals).isPresent();
    }
}
