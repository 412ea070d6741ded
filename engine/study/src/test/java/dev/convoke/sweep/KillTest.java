package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KillTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void aSweepThatIsKilledAgainAndAgainEndsWithTheModelsOfOneThatWasNot(SweepBackend subject) throws Exception {
        subject.assumeAvailable();
        Path whole = folder.resolve("whole");
        KilledSweep.run(subject, whole);
        Path killed = folder.resolve("killed");
        for (String awaited : List.of("checkpoint.safetensors", "result.json")) {
            killWhenThereIsAnother(awaited, subject, killed);
            assertFalse(Files.exists(killed.resolve(Sweep.RESULTS)), "the sweep was done before it could be killed");
        }
        SweepResults results = KilledSweep.run(subject, killed);
        assertTrue(results.runs().stream().allMatch(run -> run.done().size() == 3));
        List<Path> models = files(whole, "model.safetensors");
        assertEquals(6, models.size());
        for (Path model : models) {
            assertArrayEquals(Files.readAllBytes(model), Files.readAllBytes(killed.resolve(whole.relativize(model))));
        }
        assertEquals(List.of(), files(killed, "checkpoint.safetensors"));
    }

    private static void killWhenThereIsAnother(String name, SweepBackend subject, Path out) throws Exception {
        int before = files(out, name).size();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledSweep.class.getName(),
                        subject.name(),
                        out.toString())
                .inheritIO()
                .start();
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
