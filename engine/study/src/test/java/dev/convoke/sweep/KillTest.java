package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sweeps that are killed again and again, until one gets through. {@code -Dconvoke.kills=200} kills so often a subject: two
 * sweeps in a row at chosen moments, then each after a time that chance gives.
 */
class KillTest {
    private static final int KILLS = Integer.getInteger("convoke.kills", 2);

    /** About as long as a whole sweep takes; a kill that comes later hits nothing. */
    private static final int LATEST_MILLISECONDS = 2_500;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aSweepThatIsKilledAgainAndAgainEndsWithTheBitsOfOneThatWasNot(SweepBackend subject) throws Exception {
        subject.assumeAvailable();
        Path whole = folder.resolve("whole");
        SweepResults expected = KilledSweep.run(subject, whole);
        Path killed = folder.resolve("killed");
        for (String awaited : List.of("checkpoint.safetensors", "result.json")) {
            killWhenThereIsAnother(awaited, subject, killed);
            assertFalse(Files.exists(killed.resolve(Sweep.RESULTS)), "the sweep was done before it could be killed");
        }
        requireSame(expected, whole, KilledSweep.run(subject, killed), killed);
        int kills = 2;
        Random moments = new Random(1);
        for (int chain = 1; kills < KILLS; chain++) {
            Path out = folder.resolve("chain-" + chain);
            while (kills < KILLS && killAfter(moments.nextInt(LATEST_MILLISECONDS), subject, out)) {
                kills++;
            }
            requireSame(expected, whole, KilledSweep.run(subject, out), out);
        }
        System.out.println("tested: a sweep killed with -9 on " + subject.name().toLowerCase(Locale.ROOT)
                + (KILLS > 2 ? ", long run: " : ": ") + kills);
    }

    private static void requireSame(SweepResults expected, Path whole, SweepResults actual, Path out)
            throws IOException {
        assertTrue(actual.runs().stream().allMatch(run -> run.done().size() == 3));
        SweepBits.assertSame(expected, whole, actual, out);
        List<Path> models = files(whole, "model.safetensors");
        assertEquals(6, models.size());
        for (Path model : models) {
            assertArrayEquals(Files.readAllBytes(model), Files.readAllBytes(out.resolve(whole.relativize(model))));
        }
        assertEquals(List.of(), files(out, "checkpoint.safetensors"));
        assertEquals(names(whole), names(out), "nothing half written is left");
    }

    private static Process start(SweepBackend subject, Path out) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledSweep.class.getName(),
                        subject.name(),
                        out.toString())
                .inheritIO()
                .start();
    }

    /** False if the sweep ended by itself before. */
    private static boolean killAfter(int milliseconds, SweepBackend subject, Path out) throws Exception {
        Process process = start(subject, out);
        boolean ended = process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        if (ended) {
            assertEquals(0, process.exitValue());
        }
        return !ended;
    }

    private static void killWhenThereIsAnother(String name, SweepBackend subject, Path out) throws Exception {
        int before = files(out, name).size();
        Process process = start(subject, out);
        try {
            boolean another = false;
            while (process.isAlive() && !another) {
                Thread.sleep(5);
                another = files(out, name).size() > before;
            }
            assertTrue(another, "the sweep ended by itself, before it had left another " + name);
            assertTrue(process.isAlive(), "the sweep ended by itself before it could be killed");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** The files of that name, trial by trial. */
    private static List<Path> files(Path out, String name) {
        List<Path> found = new ArrayList<>();
        Path runs = out.resolve("runs");
        for (String run : List.of("plain", "continued")) {
            for (int seed = 1; seed <= 3; seed++) {
                Path file = runs.resolve(run).resolve("seed-" + seed).resolve(name);
                if (Files.exists(file)) {
                    found.add(file);
                }
            }
        }
        return found;
    }
}
