package dev.convoke.datasets;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file of the catalogue that was found.
 *
 * @param path where
 * @param member its name inside, where {@code path} is a zip archive
 */
record LocatedFile(Path path, Optional<String> member) {

    static LocatedFile plain(Path path) {
        return new LocatedFile(path, Optional.empty());
    }

    /** Its folder as readable text. */
    String folder() {
        Path parent = path.getParent();
        return parent == null ? "." : parent.toString();
    }

    /** The file's bytes as they are stored; closing the stream closes an archive around it. */
    InputStream open() throws IOException {
        return member.isPresent() ? openMember(member.get()) : Files.newInputStream(path);
    }

    /** Stored bytes. */
    long bytes() throws IOException {
        if (member.isEmpty()) {
            return Files.size(path);
        }
        try (ZipFile zip = new ZipFile(path.toFile())) {
            return entry(zip, member.get()).getSize();
        }
    }

    private InputStream openMember(String name) throws IOException {
        ZipFile zip = new ZipFile(path.toFile());
        try {
            return new FilterInputStream(zip.getInputStream(entry(zip, name))) {
                @Override
                public void close() throws IOException {
                    zip.close();
                }
            };
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static ZipEntry entry(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException("no member " + name);
        }
        return entry;
    }

    /** What messages call it. */
    @Override
    public String toString() {
        return path + member.map(name -> "!" + name).orElse("");
    }
}
