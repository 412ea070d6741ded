package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Progress;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.SweepResults;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One small training on the bundled digits, and everything that can be done with what it leaves. */
class TrainedModelTest {
    /** Three epochs of the digits reach over 0.8; a tenth would be guessing. */
    private static final double LEARNED = 0.6;

    /** Two ways through a ten-layer network in float32, whose roundings add up: four digits stay the same. */
    private static final double FLOAT32_NETWORK = 1e-4;

    @TempDir
    static Path folder;

    private static CommandLineRun trained;

    @BeforeAll
    static void train() {
        trained = train("first");
    }

    private static CommandLineRun train(String out, String... more) {
        String[] start = {
            "train",
            "--dataset",
            "digits",
            "--epochs",
            "3",
            "--device",
            "cpu",
            "--out",
            folder.resolve(out).toString()
        };
        String[] all = Arrays.copyOf(start, start.length + more.length);
        System.arraycopy(more, 0, all, start.length, more.length);
        return CommandLineRun.of(all);
    }

    private static Path model(String out) {
        return folder.resolve(out).resolve("runs/base-adam/seed-1/model.safetensors");
    }

    @Test
    void trainingLeavesResultsReportAndModel() {
        assertEquals(0, trained.code(), trained.err());
        for (String file : List.of("results.json", "report.html", "report.md", "suite.yaml")) {
            assertTrue(Files.isRegularFile(folder.resolve("first").resolve(file)), file);
        }
        assertTrue(Files.isRegularFile(model("first")));
    }

    @Test
    void progressGoesToStandardErrorAsPlainLines() {
        assertTrue(trained.err().contains("epoch  3/3"), trained.err());
        assertFalse(trained.err().contains("\u001b"), "no color where there is no terminal");
        assertFalse(trained.out().contains("epoch  3/3"), trained.out());
    }

    @Test
    void theSameSeedGivesTheSameBits() throws IOException {
        assertEquals(0, train("second", "--quiet").code());
        assertArrayEquals(Files.readAllBytes(model("first")), Files.readAllBytes(model("second")));
    }

    @Test
    void anotherSeedGivesOthers() throws IOException {
        assertEquals(0, train("other", "--quiet", "--seed", "2").code());
        byte[] other = Files.readAllBytes(folder.resolve("other/runs/base-adam/seed-2/model.safetensors"));
        assertFalse(Arrays.equals(Files.readAllBytes(model("first")), other));
    }

    @Test
    void aSecondTrainingDoesNotOverwriteTheFirst() {
        CommandLineRun again = train("first");
        assertEquals(ExitCode.CONFIGURATION.code(), again.code());
        assertTrue(again.err().contains("--resume"), again.err());
    }

    @Test
    void resumingWhatIsDoneTrainsNothing() {
        CommandLineRun again = train("first", "--resume");
        assertEquals(0, again.code(), again.err());
        assertFalse(again.err().contains("epoch "), again.err());
    }

    @Test
    void evaluateAgreesWithTraining() throws IOException {
        Map<String, Object> facts =
                JSON.std.mapFrom(CommandLineRun.of("evaluate", model("first").toString(), "--quiet", "--json")
                        .out());
        String results = Files.readString(folder.resolve("first/results.json"));
        double accuracy = ((Number) facts.get("accuracy")).doubleValue();
        assertTrue(accuracy > LEARNED, "accuracy " + accuracy);
        assertTrue(results.contains(String.valueOf(accuracy)), "results.json holds " + accuracy);
        assertEquals(359, facts.get("images"));
    }

    @Test
    void evaluateOnAnotherDeviceGivesNearlyTheSameLoss() throws IOException {
        double cpu = loss("cpu");
        double reference = loss("reference");
        assertEquals(cpu, reference, FLOAT32_NETWORK * cpu);
    }

    private static double loss(String device) throws IOException {
        String json = CommandLineRun.of("evaluate", model("first").toString(), "--quiet", "--json", "--device", device)
                .out();
        return ((Number) JSON.std.mapFrom(json).get("loss")).doubleValue();
    }

    @Test
    void predictAnswersPicturesAsEvaluateDoes() throws IOException {
        ImageSet images = testImages();
        List<Map<?, ?>> answers = predict(images);
        int[][] confusion = new int[10][10]; // [label, answer]
        for (int i = 0; i < images.count(); i++) {
            confusion[images.label(i)][
                    Integer.parseInt(String.valueOf(answers.get(i).get("class")))]++;
        }
        List<List<Integer>> counted = Arrays.stream(confusion)
                .map(row -> Arrays.stream(row).boxed().toList())
                .toList();
        String evaluated = CommandLineRun.of("evaluate", model("first").toString(), "--quiet", "--json")
                .out();
        assertEquals(JSON.std.mapFrom(evaluated).get("confusion"), counted);
    }

    @Test
    void predictIsAsSureAsTheSweepWas() throws IOException {
        List<SweepResults.Mistake> mistakes = ResultsJson.read(folder.resolve("first/results.json"))
                .runs()
                .get(0)
                .seeds()
                .get(0)
                .test()
                .orElseThrow()
                .mistakes();
        assertFalse(mistakes.isEmpty(), "three epochs leave mistakes");
        List<Map<?, ?>> answers = predict(testImages());
        for (SweepResults.Mistake mistake : mistakes) {
            Map<?, ?> answer = answers.get(mistake.image());
            assertEquals(String.valueOf(mistake.prediction()), answer.get("class"));
            double confidence = ((Number) answer.get("confidence")).doubleValue();
            assertEquals(mistake.confidence(), confidence, FLOAT32_NETWORK);
        }
    }

    private static ImageSet testImages() {
        DataLocation bundled = DataLocation.of(Optional.empty(), DataLocation.Network.OFFLINE);
        return Datasets.load("digits", bundled, Progress.NONE).test();
    }

    /** What {@code predict} answers to a picture of every image, in their order. */
    private static List<Map<?, ?>> predict(ImageSet images) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("predict", model("first").toString(), "--json"));
        for (int i = 0; i < images.count(); i++) {
            Path picture = folder.resolve("digit-" + i + ".png");
            ImageIO.write(picture(images, i), "png", picture.toFile());
            arguments.add(picture.toString());
        }
        CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
        assertEquals(0, run.code(), run.err());
        List<Map<?, ?>> answers = new ArrayList<>();
        JSON.std.listFrom(run.out()).forEach(answer -> answers.add((Map<?, ?>) answer));
        return answers;
    }

    @Test
    void predictBringsPicturesToTheModelsSizeAndSaysSo() throws IOException {
        ImageSet images = testImages();
        BufferedImage digit = picture(images, 0);
        BufferedImage large = new BufferedImage(56, 56, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 56 * 56; i++) {
            int shade = digit.getRaster().getSample(i % 56 / 2, i / 56 / 2, 0);
            large.getRaster().setSample(i % 56, i / 56, 0, shade);
        }
        Path small = folder.resolve("small.png");
        Path jpeg = folder.resolve("large.jpg");
        ImageIO.write(digit, "png", small.toFile());
        ImageIO.write(large, "jpeg", jpeg.toFile());
        CommandLineRun run = CommandLineRun.of("predict", model("first").toString(), small.toString(), jpeg.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("1 of 2 pictures resized to 28x28, the model's size"), run.err());
        List<String> answers =
                run.out().lines().map(line -> line.split("\\s+", -1)[1]).toList();
        assertEquals(answers.get(0), answers.get(1), run.out());
    }

    @Test
    void predictShowsTheBestClassesOfAFolder() throws IOException {
        ImageSet images = testImages();
        Path pictures = Files.createDirectories(folder.resolve("loose"));
        for (int i : new int[] {10, 2, 1}) {
            ImageIO.write(
                    picture(images, i), "png", pictures.resolve(i + ".png").toFile());
        }
        Files.writeString(pictures.resolve("notes.txt"), "no picture");
        CommandLineRun run =
                CommandLineRun.of("predict", model("first").toString(), pictures.toString(), "--top", "3", "--json");
        assertEquals(0, run.code(), run.err());
        List<Object> answers = JSON.std.listFrom(run.out());
        assertEquals(
                List.of("1.png", "2.png", "10.png"),
                answers.stream()
                        .map(each -> Path.of(String.valueOf(((Map<?, ?>) each).get("file")))
                                .getFileName()
                                .toString())
                        .toList());
        Map<?, ?> first = (Map<?, ?>) answers.get(0);
        List<?> outputs = (List<?>) first.get("outputs");
        assertEquals(3, outputs.size());
        assertEquals(first.get("class"), ((Map<?, ?>) outputs.get(0)).get("label"));
        CommandLineRun none = CommandLineRun.of(
                "predict", model("first").toString(), folder.resolve("first").toString());
        assertEquals(4, none.code());
        assertTrue(none.err().contains("holds no PNG, JPEG, BMP or GIF picture"), none.err());
    }

    /** A suite may list a run before the one that it continues. */
    @Test
    void theModelOfTheNamedRunIsPrinted() throws IOException {
        Path suite = Files.writeString(
                folder.resolve("continued.yaml"),
                "convoke: 1\nname: continued\nbase: {epochs: 1, blocks: [{filters: 2}], dense: [4]}\n"
                        + "runs: [{name: later, start_from: first}, {name: first}]\n");
        Path out = folder.resolve("continued");
        CommandLineRun run = CommandLineRun.of(
                "train",
                "later",
                "--suite",
                suite.toString(),
                "--dataset",
                "digits",
                "--device",
                "cpu",
                "--out",
                out.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("model    " + out.resolve("runs/later/seed-1/model.safetensors")), run.out());
    }

    @Test
    void dataOfOnesOwnAreTrainedWithoutAWordOfTheReport() throws IOException {
        Path pictures = folderOf("shapes", Map.of(0, "ring", 1, "line"));
        Path out = folder.resolve("own");
        CommandLineRun run =
                CommandLineRun.of("train", pictures.toString(), "--device", "cpu", "--out", out.toString());
        assertEquals(0, run.code(), run.err());
        double accuracy = ResultsJson.read(out.resolve("results.json"))
                .runs()
                .get(0)
                .seeds()
                .get(0)
                .test()
                .orElseThrow()
                .accuracy();
        // Rings and lines are easily told apart; running statistics that lag behind leave the network guessing.
        assertTrue(accuracy > 0.9, "accuracy " + accuracy);
        assertTrue(run.out().contains(String.format(Locale.ROOT, "accuracy %.2f %%", 100 * accuracy)), run.out());
        String page = Files.readString(out.resolve("report.html"));
        assertTrue(page.contains("<title>Images of shapes"), page.substring(0, 300));
        for (String foreign : List.of("Keras", "notebook", "base-adam")) {
            assertFalse(page.contains(foreign), foreign);
            assertFalse(run.out().contains(foreign), run.out());
        }
        assertTrue(run.out().lines().count() <= 12, run.out());
        assertTrue(Files.exists(out.resolve("runs/small-cnn/seed-1/model.safetensors")), run.out());
    }

    /** Pictures of some digits, twice as large as the model's, under the names {@code classes}. */
    private static Path folderOf(String name, Map<Integer, String> classes) throws IOException {
        ImageSet images = testImages();
        for (int i = 0; i < images.count(); i++) {
            String label = classes.get(images.label(i));
            for (String part : label == null ? List.<String>of() : List.of("train", "test")) {
                Path file = folder.resolve(name).resolve(part).resolve(label).resolve(i + ".png");
                Files.createDirectories(file.getParent());
                ImageIO.write(picture(images, i), "png", file.toFile());
            }
        }
        return folder.resolve(name);
    }

    @Test
    void evaluateMatchesClassesByTheirNames() throws IOException {
        Path some = folderOf("some", Map.of(3, "3", 5, "5", 8, "8"));
        CommandLineRun run =
                CommandLineRun.of("evaluate", model("first").toString(), "--json", "--dataset", some.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("matched by name; the data lack the classes '0', '1', '2'"), run.err());
        List<?> confusion = (List<?>) JSON.std.mapFrom(run.out()).get("confusion");
        List<?> whole = (List<?>) JSON.std
                .mapFrom(CommandLineRun.of("evaluate", model("first").toString(), "--quiet", "--json")
                        .out())
                .get("confusion");
        for (int label : new int[] {3, 5, 8}) {
            assertEquals(whole.get(label), confusion.get(label));
        }
    }

    @Test
    void evaluateRefusesClassesThatTheModelDoesNotKnow() throws IOException {
        Path renamed = folderOf("renamed", Map.of(3, "three", 5, "5"));
        CommandLineRun run =
                CommandLineRun.of("evaluate", model("first").toString(), "--quiet", "--dataset", renamed.toString());
        assertEquals(ExitCode.DATA.code(), run.code(), run.err());
        assertTrue(
                run.err().contains("does not know the class 'three'; the data lack its classes '0', '1'"), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void classesInAnotherOrderAreRelabeled() {
        ImageSet images = new ImageSet(1, 1, 1, new byte[] {7, 8, 9}, new byte[] {0, 1, 2});
        Dataset data = new Dataset("pets", images, images, List.of("ant", "bee", "cat"), "0".repeat(64), "made up");
        ClassMatch match = ClassMatch.of("run", List.of("cat", "ant", "bee"), data);
        assertArrayEquals(new int[] {1, 2, 0}, match.matched().test().labels());
        assertEquals(List.of("cat", "ant", "bee"), match.matched().classNames());
        assertEquals(Optional.of("pets: classes matched by name, in the model's order"), match.remark());
        assertEquals(
                Optional.empty(), ClassMatch.of("run", data.classNames(), data).remark());
    }

    @Test
    void exportToStandardOutputWritesThere() throws IOException {
        Path file = folder.resolve("piped.onnx");
        assertEquals(
                0,
                CommandLineRun.of("export", model("first").toString(), "--quiet", "--onnx", file.toString())
                        .code());
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        for (String name : List.of("-", "/dev/stdout")) {
            CommandLineRun run = CommandLineRun.of("export", model("first").toString(), "--quiet", "--onnx", name);
            assertEquals(0, run.code(), run.err());
            assertEquals(new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8), run.out());
        }
        assertFalse(Files.exists(Path.of("-")));
    }

    @Test
    void exportWritesTheNetworkOnce() throws IOException {
        Path file = folder.resolve("model.onnx");
        CommandLineRun run = CommandLineRun.of("export", model("first").toString(), "--onnx", file.toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("model.onnx"), run.err());
        long weights = 4L * 159_626;
        assertTrue(Files.size(file) > weights, "every weight is there");
        assertTrue(Files.size(file) < 1.01 * weights, "and no optimizer state");
    }

    @Test
    void exportRefusesWhatIsNoModel() {
        CommandLineRun missing = CommandLineRun.of("export", "nothing.safetensors", "--onnx", "x.onnx");
        assertEquals(ExitCode.MODEL.code(), missing.code());
        CommandLineRun formless = CommandLineRun.of("export", model("first").toString());
        assertEquals(ExitCode.USAGE.code(), formless.code());
        assertTrue(formless.err().contains("--onnx"), formless.err());
    }

    private static BufferedImage picture(ImageSet images, int index) {
        BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        byte[] pixels = images.image(index);
        for (int i = 0; i < pixels.length; i++) {
            picture.getRaster().setSample(i % 28, i / 28, 0, pixels[i] & 0xff);
        }
        return picture;
    }

    @Test
    void aGateThatIsMissedIsNamed() {
        CommandLineRun run = train("gated", "--quiet", "--gate", "val_accuracy>=0.9999");
        assertEquals(ExitCode.GATE.code(), run.code());
        assertTrue(run.err().contains("base-adam"), run.err());
        assertTrue(run.err().contains("0.9999"), run.err());
    }

    @Test
    void theSameResultsPassAsTheirOwnBaseline() {
        CommandLineRun run = train(
                "based",
                "--quiet",
                "--baseline",
                folder.resolve("first/results.json").toString());
        assertEquals(0, run.code(), run.err());
    }

    @Test
    void theReportIsDrawnAnew() throws IOException {
        Files.delete(folder.resolve("first/report.md"));
        assertEquals(
                0,
                CommandLineRun.of("report", folder.resolve("first").toString()).code());
        assertTrue(Files.readString(folder.resolve("first/report.md")).contains("base-adam"));
    }

    @Test
    void aRunThatDivergesIsAGate() {
        CommandLineRun run = train("diverged", "--quiet", "--set", "optimizer=sgd", "--learning-rate", "1e20");
        assertEquals(ExitCode.GATE.code(), run.code(), run.err());
        assertTrue(run.err().contains("diverged"), run.err());
    }

    @Test
    void aTerminalSeesATableDrawnOverItself() {
        CommandLineRun run = CommandLineRun.withColumns(
                90,
                "train",
                "--dataset",
                "digits",
                "--epochs",
                "1",
                "--out",
                folder.resolve("live").toString());
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("\u001b["), "escape codes move the cursor");
        assertTrue(run.err().contains("1 of 1 trials done"), run.err());
    }
}
