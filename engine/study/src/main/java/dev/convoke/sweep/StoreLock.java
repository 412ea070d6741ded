package dev.convoke.sweep;

import dev.convoke.datasets.RegularFile;
import dev.convoke.settings.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Keeps a sweep's folder to one process. The system lets go of the lock when the process ends, however it ends. */
public final class StoreLock implements AutoCloseable {
    static final String FILE = ".lock";

    private final Path folder;
    private final FileChannel channel;
    private final Object key;

    private StoreLock(Path folder, FileChannel channel, Object key) {
        this.folder = folder;
        this.channel = channel;
        this.key = key;
    }

    /**
     * Locks a folder.
     *
     * @throws ConfigurationException if another sweep or report has it
     * @throws UncheckedIOException if the folder cannot be written to
     */
    public static StoreLock take(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new ConfigurationException(file + ": is no regular file; remove it, or choose another folder");
            }
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            if (lock(channel) == null) {
                channel.close();
                throw new ConfigurationException(
                        folder + ": another sweep or report is at work here; wait for it, or choose another folder");
            }
            return new StoreLock(folder, channel, key(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + folder + ": " + RegularFile.reason(e), e);
        }
    }

    /** The folder that is locked. */
    public Path folder() {
        return folder;
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        return key == null ? file : key;
    }

    /**
     * Checks that the locked folder was not removed, replaced or unmounted, since further results would not belong to the
     * same sweep.
     *
     * @throws UncheckedIOException if it was
     */
    void requireHeld() {
        try {
            if (key(folder.resolve(FILE)).equals(key)) {
                return;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(gone(), e);
        }
        throw new UncheckedIOException(gone(), new IOException("its lock is another file"));
    }

    private String gone() {
        return folder + ": was removed or replaced while the sweep was at work; nothing more is written there";
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release a lock: " + RegularFile.reason(e), e);
        }
    }
}
