package dev.convoke.peers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Processor time that an engine spends on other threads than the working one. JIT compilation and garbage collection are
 * not attributed to the engine.
 */
final class OtherThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    /** How the Java machine's own threads begin, as the kernel shows them. */
    private static final List<String> OF_JAVA = List.of(
            "C1 Compiler",
            "C2 Compiler",
            "Common-Cleaner",
            "Finalizer",
            "GC Thread",
            "Monitor Deflati",
            "Notification Th",
            "Reference Handl",
            "Service Thread",
            "Signal Dispatch",
            "Sweeper thread",
            "VM Periodic Tas",
            "VM Thread");

    private OtherThreads() {}

    /**
     * Nanoseconds so far, of the threads that still live.
     *
     * @throws IOException if the system does not count
     */
    static long nanos() throws IOException {
        Path own = Path.of("/proc/thread-self").toRealPath().getFileName();
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(TASKS)) {
            for (Path thread : threads) {
                if (!thread.getFileName().equals(own) && !isJavas(read(thread, "comm"))) {
                    sum += nanos(read(thread, "schedstat"));
                }
            }
        }
        return sum;
    }

    /** Whether a thread of that name belongs to the Java machine. */
    static boolean isJavas(String name) {
        return OF_JAVA.stream().anyMatch(name::startsWith);
    }

    /** The first of {@code schedstat}'s numbers; none where the thread has ended by now. */
    private static long nanos(String schedstat) {
        int end = schedstat.indexOf(' ');
        return end < 0 ? 0 : Long.parseLong(schedstat.substring(0, end));
    }

    private static String read(Path thread, String file) throws IOException {
        try {
            return Files.readString(thread.resolve(file)).strip();
        } catch (IOException e) {
            if (Files.exists(thread)) {
                throw e;
            }
            return "";
        }
    }
}
