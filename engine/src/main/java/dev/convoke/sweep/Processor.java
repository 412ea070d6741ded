package dev.convoke.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The machine's processor. */
public final class Processor {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** The processor's own name, where Linux tells it. */
    public static String name() {
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
