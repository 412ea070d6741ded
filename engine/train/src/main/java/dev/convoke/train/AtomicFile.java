package dev.convoke.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * Files that are there whole or not at all: written beside their place, forced to disk, then renamed. A kill or a power cut
 * leaves the old file, the new one, or a stale temporary file that {@link #sweep} removes.
 */
public final class AtomicFile {
    private static final String TEMPORARY = ".tmp";

    /** As many links behind each other as Linux follows. */
    private static final int MAX_LINKS = 40;

    private AtomicFile() {}

    /** Writes text, replacing what was there. */
    public static void write(Path file, String text) {
        write(file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Writes the buffers one after the other, replacing what was there. Symbolic links are followed; what is no regular
     * file, such as a device or a pipe, is written to.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, ByteBuffer... contents) {
        try {
            Path target = target(file);
            if (Files.isDirectory(target)
                    || target.getFileName() == null
                    || target.toString().isEmpty()) {
                throw new IOException("it is a folder; name a file");
            }
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                writeInto(target, contents);
            } else {
                replace(target, contents);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Where links lead to, a link to nothing yet included. What is no regular file is written through its link. */
    private static Path target(Path file) throws IOException {
        if (Files.exists(file)) {
            return Files.isSymbolicLink(file) && Files.isRegularFile(file) ? file.toRealPath() : file;
        }
        Path target = file;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MAX_LINKS) {
                throw new IOException("its symbolic links lead in a circle");
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    /** A device or a pipe stays what it is. */
    private static void writeInto(Path target, ByteBuffer... contents) throws IOException {
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            for (ByteBuffer content : contents) {
                writeFully(channel, content);
            }
        }
    }

    private static void replace(Path target, ByteBuffer... contents) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + TEMPORARY);
        try (FileChannel channel = FileChannel.open(
                temporary,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                // Somebody else's link in our place would have us write over what it leads to.
                LinkOption.NOFOLLOW_LINKS)) {
            for (ByteBuffer content : contents) {
                writeFully(channel, content);
            }
            channel.force(true);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (Files.isRegularFile(temporary, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(temporary);
            }
            throw e;
        }
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            forceFolder(folder);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            channel.write(content);
        }
    }

    /** Makes a rename durable where the system lets a folder be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems do not open folders; the rename itself is still atomic.
        }
    }

    /** Removes the temporary files that a killed process left anywhere below {@code folder}. */
    public static void sweep(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path stale : files.filter(AtomicFile::isTemporary).toList()) {
                Files.deleteIfExists(stale);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clean " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Whether {@code file} is named as one half written. */
    public static boolean isTemporary(Path file) {
        return file.getFileName().toString().endsWith(TEMPORARY);
    }
}
