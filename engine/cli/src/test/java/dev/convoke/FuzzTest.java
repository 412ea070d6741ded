package dev.convoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every reader of files under Jazzer, in a process with little memory: whatever bytes it is given, it reads them, or refuses
 * them with its documented exception in one line.
 *
 * <p>Here all targets are tried in turn with the inputs of {@code src/test/fuzz} and a fixed number of others, from a fixed
 * seed. {@code -Dconvoke.fuzz.seconds=600} takes one target after the other, each for so long, from another seed and with what
 * earlier such runs found interesting; {@code -Dconvoke.fuzz.target=IdxFuzz} one alone. Logs, and an input that does not hold, are
 * in {@code target/fuzz}; put the input into the target's folder of {@code src/test/fuzz}.
 */
class FuzzTest {
    private static final int RUNS = Integer.getInteger("convoke.fuzz.runs", 6_000);
    private static final int SECONDS = Integer.getInteger("convoke.fuzz.seconds", 0);
    private static final String ONLY = System.getProperty("convoke.fuzz.target", "");

    private static final Path FOLDER = Path.of("target/fuzz").toAbsolutePath();
    private static final Path SEEDS = Path.of("src/test/fuzz").toAbsolutePath();

    /** Many times the largest input, and less than a header can announce. */
    private static final String MEMORY = "-Xmx192m";

    /** Only what hangs takes so long, on however busy a machine. */
    private static final int SECONDS_AN_INPUT = 300;

    /** Where the fuzzer is to see branches: in our code, and in the parsers that it trusts. */
    private static final String INSTRUMENTED = "dev.convoke.**:com.fasterxml.jackson.**:org.snakeyaml.**";

    private static final Pattern DONE = Pattern.compile("(?m)^Done (?<runs>[0-9]+) runs in [0-9]+ second");

    @TestFactory
    Stream<DynamicTest> aHostileFileIsReadOrRefusedInALine() {
        if (SECONDS == 0 && ONLY.isEmpty()) {
            return Stream.of(dynamicTest("every reader", () -> {
                long runs = fuzz(EveryFuzz.class, FuzzTest::copyAllSeeds, List.of("-runs=" + RUNS, "-seed=1"));
                assertTrue(runs >= RUNS, () -> "only " + runs);
                System.out.println("tested: fuzzed inputs of all readers: " + runs);
            }));
        }
        List<DynamicTest> tests = EveryFuzz.targets().stream()
                .filter(target -> ONLY.isEmpty() || ONLY.equals(target.getSimpleName()))
                .map(target -> dynamicTest(target.getSimpleName(), () -> {
                    List<String> limit =
                            List.of(SECONDS > 0 ? "-max_total_time=" + SECONDS : "-runs=" + RUNS, corpus(target));
                    long runs = fuzz(target, FuzzTest::copySeeds, limit);
                    System.out.println("tested: " + target.getSimpleName() + ", long run: " + runs);
                }))
                .toList();
        assertTrue(!tests.isEmpty(), ONLY + " is none of " + EveryFuzz.targets());
        return tests.stream();
    }

    /** Puts the seeds of a target into a folder. */
    @FunctionalInterface
    private interface Seeds {
        void copy(Class<?> target, Path folder) throws IOException;
    }

    private static String corpus(Class<?> target) throws IOException {
        return Files.createDirectories(FOLDER.resolve(target.getSimpleName()).resolve("corpus"))
                .toString();
    }

    private static void copySeeds(Class<?> target, Path folder) throws IOException {
        for (Path seed : seeds(target)) {
            Files.copy(seed, folder.resolve(seed.getFileName()));
        }
    }

    /** With the byte before them that names their target. */
    private static void copyAllSeeds(Class<?> every, Path folder) throws IOException {
        List<Class<?>> targets = EveryFuzz.targets();
        for (int i = 0; i < targets.size(); i++) {
            for (Path seed : seeds(targets.get(i))) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.write(i);
                bytes.write(Files.readAllBytes(seed));
                Files.write(
                        folder.resolve(targets.get(i).getSimpleName() + "-" + seed.getFileName()), bytes.toByteArray());
            }
        }
    }

    private static List<Path> seeds(Class<?> target) throws IOException {
        try (Stream<Path> files = Files.list(SEEDS.resolve(target.getSimpleName()))) {
            List<Path> seeds = files.sorted().toList();
            assertTrue(!seeds.isEmpty(), target + " has no seeds");
            return seeds;
        }
    }

    /** How many inputs were tried, all of which held. */
    private static long fuzz(Class<?> target, Seeds seeds, List<String> limits)
            throws IOException, InterruptedException {
        Path own = Files.createDirectories(FOLDER.resolve(target.getSimpleName()));
        Path log = own.resolve("log");
        // In memory where the system has such a folder: targets write a file an input.
        Path memory = Path.of("/dev/shm");
        Path temporary = Files.createTempDirectory(Files.isWritable(memory) ? memory : own, "convoke-fuzz");
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                MEMORY,
                "-Xss1m",
                "-XX:+UseSerialGC",
                "-XX:-OmitStackTraceInFastThrow",
                "-XX:+EnableDynamicAgentLoading",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=" + INSTRUMENTED,
                "--reproducer_path=" + own,
                "-artifact_prefix=" + own + "/",
                "-timeout=" + SECONDS_AN_INPUT,
                // Java's own limit is the one that counts.
                "-rss_limit_mb=0"));
        words.addAll(limits);
        Path copied = Files.createDirectory(temporary.resolve("seeds"));
        seeds.copy(target, copied);
        words.add(copied.toString());
        try {
            int code = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            String text = Files.readString(log, StandardCharsets.ISO_8859_1);
            assertEquals(0, code, text);
            Matcher done = DONE.matcher(text);
            assertTrue(done.find(), text);
            return Long.parseLong(done.group("runs"));
        } finally {
            delete(temporary);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
