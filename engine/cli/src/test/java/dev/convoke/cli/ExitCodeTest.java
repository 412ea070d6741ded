package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.NamedTensors;
import dev.convoke.datasets.Availability;
import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Datasets;
import dev.convoke.model.ImageShape;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;
import dev.convoke.sweep.Suites;
import dev.convoke.train.ModelCard;
import dev.convoke.train.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
    void withoutACommandTheHelpIsPrinted() {
        CommandLineRun bare = CommandLineRun.of();
        assertEquals(ExitCode.DONE.code(), bare.code());
        assertEquals(CommandLineRun.of("--help").out(), bare.out());
        assertEquals(CommandLineRun.of("help").out(), bare.out());
        assertEquals(
                CommandLineRun.of("train", "--help").out(),
                CommandLineRun.of("help", "train").out());
    }

    @Test
    void everyRunThatIsListedCanBeSummarized() {
        List<String> lines =
                CommandLineRun.of("runs", "zoo").out().lines().skip(1).toList();
        assertEquals(Suites.load("zoo").runs().size(), lines.size());
        for (String line : lines) {
            String run = line.strip().split("\\s+", -1)[1];
            assertEquals(ExitCode.DONE.code(), CommandLineRun.of("summary", run).code(), run);
        }
        List<String> suites = CommandLineRun.of("suites").out().lines().skip(1).toList();
        assertEquals(Suites.BUILT_IN.size(), suites.size());
    }

    @Test
    void theCompletionScriptKnowsEveryCommand() {
        String script = CommandLineRun.of("completion").out();
        assertTrue(script.startsWith("#!"), script);
        for (String command : List.of("sweep", "train", "predict", "doctor", "runs")) {
            assertTrue(script.contains("_picocli_convoke_" + command + "()"), command);
        }
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
        refuses(ExitCode.DATA, "omit --resize", "train", "--dataset", "digits", "--resize", "64x64");
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

    @Test
    void kernelsThatCannotComputeSoAreRefusedOnceAndBeforeTraining() {
        refuses(
                ExitCode.DEVICE,
                "choose --kernels auto",
                "train",
                "-q",
                "--dataset",
                "digits",
                "--kernels",
                "own",
                "--precision",
                "bf16",
                "--device",
                "cpu",
                "--out",
                folder.resolve("never").toString());
        assertFalse(Files.exists(folder.resolve("never")));
    }

    @Test
    void anInstructionSetThatIsNoneIsConfiguration() {
        CommandExit refused = assertThrows(CommandExit.class, () -> DeviceOptions.requireInstructionSet("nonsense"));
        assertEquals(ExitCode.CONFIGURATION, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains("avx512"), refused.getMessage());
    }

    @Test
    void twoClassesOfOneNameInAModelAreModel() {
        Path file = folder.resolve("model.safetensors");
        saved(1, List.of("1", "1")).write(file);
        refuses(ExitCode.MODEL, "two classes with the same name", "evaluate", file.toString());
    }

    @Test
    void weightsThatAreNoNumbersAreModel() {
        Path file = folder.resolve("model.safetensors");
        saved(Float.NaN, List.of("1", "2")).write(file);
        refuses(ExitCode.MODEL, "holds NaN", "predict", file.toString(), "seven.png");
    }

    private static SavedModel saved(float value, List<String> classes) {
        NamedTensors tensors = new NamedTensors();
        tensors.put("logits/kernel", new Tensor(TensorShape.of(1), new float[] {value}));
        ModelCard card = new ModelCard(
                "run", 1, "digits", "ab".repeat(32), "{\"layers\":[]}", "{}", new ImageShape(1, 8, 8), classes);
        return new SavedModel(card, tensors, 1, 1);
    }

    @Test
    void aPipeIsRefusedAtOnceWhereverAFileIsRead() throws Exception {
        Path pipe = folder.resolve("pipe.yaml");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        Assumptions.assumeTrue(made.waitFor() == 0, "there is no mkfifo");
        String name = pipe.toString();
        refuses(ExitCode.MODEL, "is no regular file", "evaluate", name);
        refuses(ExitCode.CONFIGURATION, "is no regular file", "compare", name, name);
        refuses(ExitCode.CONFIGURATION, "is no regular file", "sweep", name);
        refuses(ExitCode.CONFIGURATION, "is no regular file", "train", "--dataset", "digits", "--baseline", name);
        refuses(ExitCode.DATA, "neither a name", "train", "--dataset", name);
    }

    @Test
    void aFolderThatCannotBeMadeIsDataWithItsCause() {
        refuses(
                ExitCode.DATA,
                "cannot be made a folder",
                "train",
                "-q",
                "--dataset",
                "digits",
                "--out",
                "/proc/no/such");
    }

    @Test
    void aDeepSuiteIsConfiguration() {
        refuses(
                ExitCode.CONFIGURATION,
                "nested",
                "train",
                "--dataset",
                "digits",
                "--set",
                "dropout=" + "[".repeat(5_000));
    }

    /** Every code that a command may end with stands in the document that scripts are written by, and none else. */
    @Test
    void everyCodeIsDocumentedWithItsCauses() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("../../docs/reliability.md")).stream()
                .filter(line -> line.matches("\\| [0-9]+ \\| .*"))
                .toList();
        List<Integer> documented =
                rows.stream().map(row -> Integer.valueOf(row.split(" ", -1)[1])).toList();
        assertEquals(
                Arrays.stream(ExitCode.values()).map(ExitCode::code).toList(), documented, "the table of exit codes");
        for (String row : rows) {
            assertTrue(row.split("\\|", -1)[3].strip().length() > 20, row);
        }
        String help = CommandLineRun.of("--help").out();
        for (ExitCode code : ExitCode.values()) {
            assertTrue(help.matches("(?s).*\\b" + code.code() + " [a-z].*"), code + " in\n" + help);
        }
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
