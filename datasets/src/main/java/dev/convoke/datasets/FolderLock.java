package dev.convoke.datasets;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one download at a time write to a folder, over all processes and threads. The lock is on the file
 * {@code .download.lock}, which stays: deleting it would let two processes hold locks on two files of one name.
 */
final class FolderLock implements AutoCloseable {
    private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final Path folder;
    private final ReentrantLock thread;
    private final FileChannel channel;

    private FolderLock(Path folder, ReentrantLock thread, FileChannel channel) {
        this.folder = folder;
        this.thread = thread;
        this.channel = channel;
    }

    /** Waits for the lock on {@code folder}, which exists. */
    static FolderLock acquire(Path folder, Progress progress) throws IOException, InterruptedException {
        // File locks are per process: threads need an additional lock.
        ReentrantLock thread = THREADS.computeIfAbsent(folder.toRealPath(), path -> new ReentrantLock());
        thread.lockInterruptibly();
        try {
            return new FolderLock(folder, thread, lockedChannel(folder, progress));
        } catch (IOException | RuntimeException e) {
            thread.unlock();
            throw e;
        }
    }

    private static FileChannel lockedChannel(Path folder, Progress progress) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(".download.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                progress.notice("another process is downloading to " + folder + "; waiting for it");
                lock = channel.lock();
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The folder that is ours alone. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            thread.unlock();
        }
    }
}
