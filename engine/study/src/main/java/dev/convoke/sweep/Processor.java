package dev.convoke.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The machine's processor, as reported by Linux.
 *
 * @param name such as {@code AMD EPYC 9B45}; {@code unknown} elsewhere
 * @param cores that this process may use
 * @param features the relevant instruction sets, by the names of the Linux kernel
 */
public record Processor(String name, int cores, List<String> features) {
    private static final Path FILE = Path.of("/proc/cpuinfo");

    private static final List<String> FEATURES = List.of(
            "sse4_2",
            "avx",
            "fma",
            "avx2",
            "avx512f",
            "avx512bw",
            "avx512dq",
            "avx512vl",
            "avx512_vnni",
            "avx512_bf16",
            "amx_bf16",
            "asimd",
            "sve",
            "bf16");

    /** The processor of this machine. */
    public static Processor ofMachine() {
        List<String> lines;
        try {
            lines = Files.readAllLines(FILE);
        } catch (IOException e) {
            lines = List.of();
        }
        String flags = value(lines, "flags") + value(lines, "Features");
        List<String> words = Arrays.asList(flags.split(" ", -1));
        String name = value(lines, "model name");
        return new Processor(
                name.isEmpty() ? "unknown" : name,
                Runtime.getRuntime().availableProcessors(),
                FEATURES.stream().filter(words::contains).toList());
    }

    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .orElse("");
    }
}
