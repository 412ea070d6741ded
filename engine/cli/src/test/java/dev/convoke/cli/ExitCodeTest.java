package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.Availability;
import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets its documented code, one line that names the remedy, and no stack trace. */
class ExitCodeTest {
    @TempDir
    Path folder;

    @Test
    void anUnknownCommandIsUsage() {
        refuses(ExitCode.USAGE, "sweep", "sweeep");
    }

    @Test
    void anUnknownOptionNamesTheNearest() {
        refuses(ExitCode.USAGE, "--epochs", "train", "--epoch", "3");
    }

    @Test
    void aMissingCommandIsUsage() {
        refuses(ExitCode.USAGE, "a command is missing");
    }

    @Test
    void anUnknownRunNamesTheNearest() {
        refuses(ExitCode.CONFIGURATION, "base-adam", "summary", "base-adm");
    }

    @Test
    void anUnknownSuiteNamesTheNearest() {
        refuses(ExitCode.CONFIGURATION, "report", "sweep", "reprot", "--dataset", "digits");
    }

    @Test
    void anUnknownParameterNamesTheNearest() {
        refuses(ExitCode.CONFIGURATION, "optimizer", "train", "--dataset", "digits", "--set", "optimiser=sgd");
    }

    @Test
    void anImpossibleValueIsConfiguration() {
        refuses(ExitCode.CONFIGURATION, "dropout", "train", "--dataset", "digits", "--dropout", "1.5");
    }

    @Test
    void aNetworkBeyondAllBoundsIsConfiguration() {
        String blocks = "blocks=[{filters: 1048576, kernel: 1024, padding: same}]";
        refuses(ExitCode.CONFIGURATION, "conv1/kernel", "train", "--dataset", "digits", "--set", blocks);
    }

    @Test
    void aWrongGateIsRefusedBeforeAnythingIsTrained() {
        refuses(ExitCode.CONFIGURATION, "val_accuracy", "train", "--dataset", "digits", "--gate", "val_acuracy>=0.9");
    }

    @Test
    void aGateInPercentIsRefusedBeforeAnythingIsLoaded() {
        refuses(ExitCode.CONFIGURATION, "did you mean 0.98?", "sweep", "report", "--gate", "val_accuracy>=98");
    }

    @Test
    void aShiftInPixelsIsConfiguration() {
        refuses(
                ExitCode.CONFIGURATION,
                "width_shift is a share",
                "train",
                "--dataset",
                "digits",
                "--set",
                "augmentation={width_shift: 2}");
    }

    @Test
    void aSizeThatIsNoneIsData() {
        refuses(ExitCode.DATA, "WIDTHxHEIGHT", "train", "--dataset", folder.toString(), "--resize", "64");
        refuses(ExitCode.DATA, "leave --resize out", "train", "--dataset", "digits", "--resize", "64x64");
    }

    @Test
    void anUnknownDataSetNamesTheNearest() {
        refuses(ExitCode.DATA, "fashion-mnist", "train", "--dataset", "fashon-mnist");
    }

    @Test
    void missingDataAreData() {
        DataLocation here = DataLocation.of(Optional.of(folder), DataLocation.Network.OFFLINE);
        Availability kmnist = Datasets.list(here).stream()
                .filter(set -> set.name().equals("kmnist"))
                .findFirst()
                .orElseThrow();
        Assumptions.assumeTrue(kmnist.place().isEmpty(), "KMNIST is on this machine, so it cannot be missed");
        refuses(ExitCode.DATA, "kmnist", "train", "--offline", "--data-dir", folder.toString(), "--dataset", "kmnist");
    }

    @Test
    void aMissingModelIsModel() {
        refuses(
                ExitCode.MODEL,
                "nowhere.safetensors",
                "evaluate",
                folder.resolve("nowhere.safetensors").toString());
    }

    @Test
    void aDamagedModelIsModel() throws IOException {
        Path file = Files.write(folder.resolve("bad.safetensors"), new byte[] {1, 2, 3});
        refuses(ExitCode.MODEL, "bad.safetensors", "evaluate", file.toString());
    }

    @Test
    void aDeviceThatIsNamedNeverGivesWay() {
        refuses(ExitCode.DEVICE, "cuda", "train", "--dataset", "digits", "--device", "cuda");
    }

    @Test
    void anUnknownDeviceIsConfiguration() {
        refuses(ExitCode.CONFIGURATION, "reference", "train", "--dataset", "digits", "--device", "gpu");
    }

    @Test
    void missingResultsAreConfiguration() {
        refuses(ExitCode.CONFIGURATION, "results.json", "report", folder.toString());
    }

    @Test
    void aFolderThatIsNotASweepIsRefused() throws IOException {
        Files.writeString(folder.resolve("letter.txt"), "mine");
        refuses(ExitCode.CONFIGURATION, "letter.txt", "train", "--dataset", "digits", "--out", folder.toString());
        assertEquals("mine", Files.readString(folder.resolve("letter.txt")));
    }

    @Test
    void aProfileOfNoStepsIsUsage() {
        refuses(ExitCode.USAGE, "--steps", "profile", "--steps", "0");
    }

    @Test
    void aBatchBeyondTheDataCannotBeProfiled() {
        refuses(ExitCode.CONFIGURATION, "--batch-size", "profile", "--device", "reference", "--batch-size", "5000");
    }

    @Test
    void aDeviceThatDoesNotMeasureItselfSaysWhichDo() {
        refuses(ExitCode.DEVICE, "--device cpu", "profile", "--device", "reference");
    }

    private static void refuses(ExitCode code, String mentions, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertEquals(code.code(), run.code(), run.err());
        assertTrue(run.err().contains(mentions), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        long complaints =
                run.err().lines().filter(line -> line.startsWith("convoke: ")).count();
        assertEquals(1, complaints, run.err());
        assertEquals("", run.out());
    }
}
