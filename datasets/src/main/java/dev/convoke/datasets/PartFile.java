package dev.convoke.datasets;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A partially downloaded file, {@code NAME.part}. {@code NAME.part.etag} stores its URL and the server's strong entity tag,
 * so that a later run can request the rest of the same version.
 */
final class PartFile {
    private final Path path;
    private final Path tagPath;

    PartFile(Path target) {
        this.path = target.resolveSibling(target.getFileName() + ".part");
        this.tagPath = target.resolveSibling(target.getFileName() + ".part.etag");
    }

    Path path() {
        return path;
    }

    /** Bytes that are here. */
    long bytes() throws IOException {
        return Files.exists(path) ? Files.size(path) : 0;
    }

    /** Forgets all bytes. */
    void restart() throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(tagPath);
    }

    /** The entity tag of these bytes if they came from {@code source}. */
    Optional<String> tag(URI source) throws IOException {
        if (!Files.exists(tagPath)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(tagPath, StandardCharsets.UTF_8);
        return lines.size() == 2 && lines.get(0).equals(source.toString())
                ? Optional.of(lines.get(1))
                : Optional.empty();
    }

    /** Stores the source of the bytes; a weak tag does not guarantee identical bytes and is not stored. */
    void remember(URI source, Optional<String> tag) throws IOException {
        Files.deleteIfExists(tagPath);
        Optional<String> strong = tag.filter(value -> value.startsWith("\""));
        if (strong.isPresent()) {
            Files.writeString(tagPath, source + "\n" + strong.get() + "\n", StandardCharsets.UTF_8);
        }
    }

    /** Opens the part to add to its end. */
    FileChannel append() throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Writes all of {@code buffer}. */
    static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Renames the part to the final file, atomically. */
    void finish(Path target) throws IOException {
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.deleteIfExists(tagPath);
    }
}
