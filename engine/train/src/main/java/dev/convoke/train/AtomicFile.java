package dev.convoke.train;

import dev.convoke.datasets.RegularFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Atomic file writes: the content is written to a temporary file in the same folder, forced to disk, then renamed. A kill
 * or a power failure leaves the old file, the new one, or a stale temporary file that {@link #sweep} removes.
 *
 * <p>A temporary file is named {@code NAME.RANDOM.tmp}, is newly created by each write, so that it is neither a link nor
 * another writer's file, and is deleted if the write fails.
 */
public final class AtomicFile {
    private static final Pattern TEMPORARY = Pattern.compile("(?<name>.+)\\.[0-9a-f]{16}\\.tmp");

    /** As many links behind each other as Linux follows. */
    private static final int MAX_LINKS = 40;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private AtomicFile() {}

    /** Writes the bytes of a file to a stream, which it leaves open. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of them. */
        void writeTo(OutputStream stream) throws IOException;
    }

    /** Writes text, replacing an existing file. */
    public static void write(Path file, String text) {
        write(file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes the buffers in order, replacing an existing file, like {@link #write(Path, Content)} does. */
    public static void write(Path file, ByteBuffer... contents) {
        writeChannel(file, channel -> {
            for (ByteBuffer content : contents) {
                writeFully(channel, content);
            }
        });
    }

    /**
     * Writes what {@code content} writes, replacing an existing file. Symbolic links are followed; a target that is not a
     * regular file, such as a device or a pipe, is written to directly.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, Content content) {
        writeChannel(file, channel -> {
            OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            content.writeTo(stream);
            stream.flush();
        });
    }

    /** What goes into a file once it is open. */
    @FunctionalInterface
    private interface Body {
        void writeTo(FileChannel channel) throws IOException;
    }

    private static void writeChannel(Path file, Body body) {
        try {
            Path target = target(file);
            if (Files.isDirectory(target)
                    || target.getFileName() == null
                    || target.toString().isEmpty()) {
                throw new IOException("it is a folder; name a file");
            }
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                writeInto(target, body);
            } else {
                replace(target, body);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + RegularFile.reason(e), e);
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
    private static void writeInto(Path target, Body body) throws IOException {
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            body.writeTo(channel);
        }
    }

    private static void replace(Path target, Body body) throws IOException {
        Path temporary = temporary(target);
        FileChannel channel;
        try {
            // CREATE_NEW follows no links and never opens an existing file.
            channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("the name of its temporary file is taken; try again", e);
        }
        boolean moved = false;
        try (channel) {
            body.writeTo(channel);
            channel.force(true);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            moved = true;
        } finally {
            if (!moved) {
                Files.deleteIfExists(temporary);
            }
        }
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            forceFolder(folder);
        }
    }

    private static Path temporary(Path target) {
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        return target.resolveSibling(target.getFileName() + "." + HexFormat.of().formatHex(random) + ".tmp");
    }

    private static void writeFully(FileChannel channel, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            channel.write(content);
        }
    }

    /** Makes a rename durable where the system lets a folder be opened and forced. */
    private static void forceFolder(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (AccessDeniedException e) {
            // A folder may be written to but not read; the rename is still atomic.
            return;
        }
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            if (!isUnsupported(e)) {
                throw e;
            }
        }
    }

    /** Whether a file system does not force folders at all, as some of those over a network; Java has no error numbers. */
    private static boolean isUnsupported(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("invalid argument") || message.contains("not supported");
    }

    /**
     * Removes the temporary files that a killed process left anywhere below {@code folder}. Only temporary files of these
     * names are removed; the caller must be their only writer.
     *
     * @param names of the files that are written there
     */
    public static void sweep(Path folder, Predicate<String> names) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path stale : files.filter(file -> isTemporary(file, names)).toList()) {
                Files.deleteIfExists(stale);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clean " + folder + ": " + RegularFile.reason(e), e);
        } catch (UncheckedIOException e) {
            throw new UncheckedIOException(
                    "cannot clean " + folder + ": a folder in it cannot be read", new IOException(e));
        }
    }

    /** Whether {@code file} is what a write of one of {@code names} left half done. */
    public static boolean isTemporary(Path file, Predicate<String> names) {
        Matcher matcher = TEMPORARY.matcher(String.valueOf(file.getFileName()));
        return matcher.matches()
                && names.test(matcher.group("name"))
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }
}
