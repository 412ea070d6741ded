package dev.convoke.bench.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor that engines share which are measured together. */
final class PinnedProcessor {
    private static final String ALLOWED = "Cpus_allowed_list:";

    private PinnedProcessor() {}

    /** The last processor available to this process: the first handles most interrupts. */
    static int ofThisProcess() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(ALLOWED)) {
                    return last(line.substring(ALLOWED.length()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/self/status cannot be read: " + e.getMessage(), e);
        }
        throw new BenchException("/proc/self/status names no processors that may be used");
    }

    /** The last number of a list as {@code 0-3,8}. */
    static int last(String list) {
        return Integer.parseInt(list.strip().replaceAll(".*[-,]", ""));
    }
}
