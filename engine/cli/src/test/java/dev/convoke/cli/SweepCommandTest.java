package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.StoreLock;
import dev.convoke.sweep.SweepResults;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sweep does with folders, seeds and gates; each sweep is one run of one epoch. */
class SweepCommandTest {
    @TempDir
    Path folder;

    private CommandLineRun sweep(String out, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "sweep",
                "report",
                "--only",
                "sgd",
                "--dataset",
                "digits",
                "--epochs",
                "1",
                "--device",
                "cpu",
                "--quiet",
                "--out",
                folder.resolve(out).toString()));
        all.addAll(List.of(more));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    private List<Long> seeds(String out) {
        SweepResults results = ResultsJson.read(folder.resolve(out).resolve("results.json"));
        return results.run("sgd").orElseThrow().done().stream()
                .map(SweepResults.SeedResults::seed)
                .toList();
    }

    @Test
    void seedIsThatOneSeed() {
        assertEquals(0, sweep("one", "--seed", "7").code());
        assertEquals(List.of(7L), seeds("one"));
    }

    @Test
    void seedAndSeedsExcludeEachOther() {
        CommandLineRun run = sweep("both", "--seed", "7", "--seeds", "2");
        assertEquals(ExitCode.USAGE.code(), run.code());
        assertTrue(run.err().contains("--seeds"), run.err());
    }

    @Test
    void resumingKeepsTheSeedsAndAddsOthers() {
        assertEquals(0, sweep("grown", "--seeds", "2").code());
        assertEquals(0, sweep("grown", "--resume").code());
        assertEquals(List.of(1L, 2L), seeds("grown"));
        assertEquals(0, sweep("grown", "--resume", "--seeds", "5,").code());
        assertEquals(List.of(1L, 2L, 5L), seeds("grown"));
    }

    @Test
    void anotherFoldersFilesAreLeftAlone() throws IOException {
        Path notes = Files.createDirectories(folder.resolve("home/deep")).resolve("notes.tmp");
        Files.writeString(notes, "mine");
        CommandLineRun run = sweep("home");
        assertEquals(ExitCode.CONFIGURATION.code(), run.code());
        assertEquals("mine", Files.readString(notes));
        assertFalse(Files.exists(folder.resolve("home/.lock")), "nothing is left behind");
    }

    @Test
    void aGateOnAnUnknownRunIsRefusedBeforeTraining() {
        CommandLineRun run = sweep("gated", "--gate", "sdg:val_accuracy>=0.1");
        assertEquals(ExitCode.CONFIGURATION.code(), run.code());
        assertTrue(run.err().contains("sgd"), run.err());
        assertFalse(Files.exists(folder.resolve("gated")));
    }

    @Test
    void aBaselineOfOtherDataIsRefusedBeforeTraining() throws IOException {
        assertEquals(0, sweep("before", "--seed", "1").code());
        Path baseline = folder.resolve("before/results.json");
        SweepResults results = ResultsJson.read(baseline);
        String text = Files.readString(baseline)
                .replace(results.dataset().digest(), "0".repeat(64))
                .replaceAll(",\\s*\"sha256\" : \"[0-9a-f]{64}\"", "");
        Files.writeString(baseline, text);
        CommandLineRun run = sweep("after", "--baseline", baseline.toString());
        assertEquals(ExitCode.CONFIGURATION.code(), run.code());
        assertTrue(run.err().contains("same data"), run.err());
        assertFalse(Files.exists(folder.resolve("after")));
    }

    @Test
    void evaluateDoesNotMistakeOtherDataForTheModels() throws IOException {
        Path pictures = folder.resolve("pictures/digits");
        for (int image = 0; image < 30; image++) {
            Path file = Files.createDirectories(pictures.resolve("class" + image % 10))
                    .resolve(image + ".png");
            BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            picture.getRaster().setSample(image % 28, image / 10, 0, 255);
            ImageIO.write(picture, "png", file.toFile());
        }
        Path out = folder.resolve("tiny");
        CommandLineRun trained = CommandLineRun.of(
                "train", "sgd", "--dataset", pictures.toString(), "--epochs", "1", "--quiet", "--out", out.toString());
        assertEquals(0, trained.code(), trained.err());
        String model = out.resolve("runs/sgd/seed-1").toString();
        CommandLineRun byName = CommandLineRun.of("evaluate", model);
        assertEquals(ExitCode.DATA.code(), byName.code());
        assertTrue(byName.err().contains("--dataset"), byName.err());
        assertEquals(
                0,
                CommandLineRun.of("evaluate", model, "--dataset", pictures.toString())
                        .code());
    }

    @Test
    void aBaselineThatComparesNothingIsRefusedBeforeTraining() throws IOException {
        assertEquals(0, sweep("before", "--seed", "1").code());
        Path baseline = folder.resolve("before/results.json");
        String text = Files.readString(baseline).replaceAll(",\\s*\"sha256\" : \"[0-9a-f]{64}\"", "");
        Path renamed = Files.writeString(
                folder.resolve("renamed.json"), text.replace("\"name\" : \"sgd\"", "\"name\" : \"other\""));
        Path failed = Files.writeString(
                folder.resolve("failed.json"), text.replace("\"status\" : \"done\"", "\"status\" : \"failed\""));
        for (Path nothing : List.of(renamed, failed)) {
            CommandLineRun run = sweep("after", "--baseline", nothing.toString());
            assertEquals(ExitCode.CONFIGURATION.code(), run.code(), run.err());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().contains("nothing to compare with"), run.err());
            assertFalse(Files.exists(folder.resolve("after")));
        }
        CommandLineRun compared = sweep("after", "--baseline", baseline.toString());
        assertEquals(0, compared.code(), compared.err());
        assertTrue(compared.err().contains("baseline: compared 'sgd'"), compared.err());
    }

    @Test
    void aReportWaitsForNobodyAndOverwritesNobody() {
        assertEquals(0, sweep("busy", "--seed", "1").code());
        try (StoreLock lock = StoreLock.take(folder.resolve("busy"))) {
            CommandLineRun run = CommandLineRun.of("report", lock.folder().toString());
            assertEquals(ExitCode.CONFIGURATION.code(), run.code(), run.err());
            assertTrue(run.err().contains("is at work here"), run.err());
        }
        assertEquals(
                0,
                CommandLineRun.of("report", folder.resolve("busy").toString()).code());
    }
}
