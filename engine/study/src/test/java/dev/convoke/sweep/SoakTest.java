package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many short trials on our kernels and oneDNN in one process, which must not hold more and more;
 * {@code -Dconvoke.trials=1000} trains so many.
 */
class SoakTest {
    private static final int TRIALS = Integer.getInteger("convoke.trials", 100);

    private static final String MEMORY = "64m";

    /** A trial's figures stay in memory until the sweep ends: two epochs' worth, a confusion matrix and small pictures. */
    private static final long HEAP_A_TRIAL = 32 << 10;

    /** Threads come and go with the trials: the compiler's and the executor's. */
    private static final int THREADS = 4;

    /**
     * What the C library's arenas, the compiler and the class loader may take beyond the tenth trial, however many follow: a
     * leak of a kilobyte a training step, at seven steps a trial, is over it after a thousand trials.
     */
    private static final long OUTSIDE = 24 << 20;

    private static final Pattern FIGURE = Pattern.compile("(?<name>[a-z]+) (?<value>-?[0-9]+)");

    @TempDir
    Path folder;

    @Test
    void manyTrialsHoldNoMoreThanTen() throws Exception {
        SweepBackend.CPU.assumeAvailable();
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "the system has no /proc");
        Path log = folder.resolve("log");
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms" + MEMORY,
                        "-Xmx" + MEMORY,
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-Dorg.bytedeco.javacpp.maxbytes=0",
                        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SoakedSweep.class.getName(),
                        SweepBackend.CPU.name(),
                        folder.resolve("out").toString(),
                        Integer.toString(TRIALS))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        List<String> lines = Files.readAllLines(log);
        assertEquals(0, code, String.join("\n", lines));
        List<SoakedSweep.Held> held = held(lines);
        assertEquals(2, held.size(), String.join("\n", lines));
        SoakedSweep.Held early = held.get(0);
        SoakedSweep.Held late = held.get(1);
        held.forEach(System.out::println);
        assertEquals(TRIALS, late.trials());
        assertEquals(early.descriptors(), late.descriptors(), "descriptors");
        assertTrue(late.threads() <= early.threads() + THREADS, "threads: " + held);
        assertTrue(late.heap() <= early.heap() + HEAP_A_TRIAL * TRIALS, "heap: " + held);
        assertTrue(late.outside() <= early.outside() + OUTSIDE, "memory outside the heap: " + held);
        System.out.println("tested: trials in one process" + (TRIALS > 100 ? ", long run: " : ": ") + TRIALS);
    }

    private static List<SoakedSweep.Held> held(List<String> lines) {
        List<SoakedSweep.Held> all = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("held after ")) {
                List<Long> figures = new ArrayList<>();
                for (Matcher figure = FIGURE.matcher(line); figure.find(); ) {
                    figures.add(Long.valueOf(figure.group("value")));
                }
                all.add(new SoakedSweep.Held(
                        figures.get(0).intValue(),
                        figures.get(1),
                        figures.get(2),
                        figures.get(3),
                        figures.get(4),
                        figures.get(5)));
            }
        }
        return all;
    }
}
