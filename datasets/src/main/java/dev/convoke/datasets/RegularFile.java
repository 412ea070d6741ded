package dev.convoke.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Files that are read whole: regular ones, links to them included, up to a size. A pipe would be waited for, and a device may
 * never end, so neither is opened.
 */
public final class RegularFile {
    private RegularFile() {}

    /**
     * Refuses what is no regular file.
     *
     * @throws IOException whose message says in plain words what {@code file} is, without its name
     */
    public static void require(Path file) throws IOException {
        if (Files.isRegularFile(file)) {
            return;
        }
        if (Files.isDirectory(file)) {
            throw new IOException("is a folder; name a file");
        }
        if (Files.exists(file)) {
            throw new IOException(
                    "is no regular file but a pipe, a socket or a device; copy it to a file and name that");
        }
        throw new NoSuchFileException(file.toString());
    }

    /**
     * All bytes of {@code file}.
     *
     * @param limit most bytes that are read
     * @throws IOException if it is no regular file, larger, or cannot be read
     */
    public static byte[] read(Path file, long limit) throws IOException {
        require(file);
        if (Files.size(file) > limit) {
            throw tooLarge(limit);
        }
        try (InputStream stream = Files.newInputStream(file)) {
            // A file may grow meanwhile, and those below /proc have no size.
            byte[] bytes = stream.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
            if (bytes.length > limit) {
                throw tooLarge(limit);
            }
            return bytes;
        }
    }

    private static IOException tooLarge(long limit) {
        return new IOException(
                "is larger than the limit of " + (limit >= 1 << 20 ? (limit >> 20) + " MiB" : limit + " bytes"));
    }

    /**
     * The text of a file, which must be UTF-8.
     *
     * @throws IOException if it is not
     */
    public static String text(ByteBuffer bytes) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("is not UTF-8 text", e);
        }
    }

    /** Why a file could not be read or written, in plain words and without its name, which messages begin with. */
    public static String reason(IOException fault) {
        if (fault instanceof NoSuchFileException) {
            return "no such file";
        }
        if (fault instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (fault instanceof FileSystemLoopException) {
            return "its links lead in a circle";
        }
        if (fault instanceof FileSystemException system) {
            String reason = system.getReason();
            return reason == null ? "the system refuses it" : reason;
        }
        String message = String.valueOf(fault.getMessage());
        return message.lines().findFirst().orElse("no reason is given");
    }
}
