package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Backend;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Probe;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.Dataset;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.Cancellation;
import dev.convoke.train.Checkpoint;
import dev.convoke.train.EpochMetrics;
import dev.convoke.train.Evaluator;
import dev.convoke.train.Json;
import dev.convoke.train.ModelCodec;
import dev.convoke.train.SavedModel;
import dev.convoke.train.SealedJson;
import dev.convoke.train.TinyData;
import dev.convoke.train.TrainProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTest {
    private static final String SUITE = """
            convoke: 1
            name: tiny
            seeds: 2
            base:
              blocks: [{filters: 3, padding: same}]
              dense: 6
              dropout: 0.2
              learning_rate: 0.01
              epochs: 3
              batch_size: 10
              augmentation: {rotation: 5, horizontal_flip: true}
            runs:
              - {name: continued, start_from: plain}
              - {name: plain}
              - {name: stopping, batch_norm: each_block, early_stopping: {patience: 1, restore_best: true}}
              - {name: sgd, optimizer: {name: sgd, momentum: 0.9}}
            """;
    private static final List<String> NAMES = List.of("continued", "plain", "stopping", "sgd");

    @TempDir
    Path folder;

    private static Suite suite() {
        return SuiteReader.read("tiny.yaml", SUITE);
    }

    private SweepRequest request(String out, int jobs) {
        return request(
                suite(), TinyData.dataset(), Map.of(), out, jobs, SweepRequest.Existing.REFUSE, new ReferenceBackend());
    }

    private SweepRequest resume(String out) {
        return resume(suite(), TinyData.dataset(), Map.of(), out);
    }

    private SweepRequest resume(Suite suite, Dataset dataset, Map<String, Object> overrides, String out) {
        return request(suite, dataset, overrides, out, 2, SweepRequest.Existing.RESUME, new ReferenceBackend());
    }

    private SweepRequest request(
            Suite suite,
            Dataset dataset,
            Map<String, Object> overrides,
            String out,
            int jobs,
            SweepRequest.Existing existing,
            Backend backend) {
        return new SweepRequest(
                suite,
                dataset,
                overrides,
                Optional.empty(),
                jobs,
                folder.resolve(out),
                existing,
                backend,
                Execution.SINGLE_THREAD,
                "0.1.0",
                "convoke sweep tiny");
    }

    private static SweepResults run(SweepRequest request) {
        return Sweep.run(request, SweepListener.SILENT, new Cancellation());
    }

    private Path file(String out, String run, int seed, String name) {
        return folder.resolve(out)
                .resolve("runs")
                .resolve(run)
                .resolve("seed-" + seed)
                .resolve(name);
    }

    @Test
    void aSweepTrainsEveryRunWithEverySeedAndLeavesItsFiles() throws IOException {
        SweepResults results = run(request("out", 1));
        assertEquals(
                NAMES,
                results.runs().stream().map(SweepResults.RunResults::name).toList());
        for (SweepResults.RunResults run : results.runs()) {
            assertEquals(
                    List.of(1L, 2L),
                    run.done().stream().map(SweepResults.SeedResults::seed).toList());
            assertTrue(run.done().get(0).test().isPresent());
        }
        assertEquals(results, ResultsJson.read(folder.resolve("out").resolve(Sweep.RESULTS)));
        assertEquals(SUITE, Files.readString(folder.resolve("out/suite.yaml")));
        try (Stream<Path> files = Files.list(folder.resolve("out/runs/sgd/seed-2"))) {
            assertEquals(
                    List.of("model.safetensors", "result.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aResumedSweepTrainsOnlyWhatIsMissing() throws IOException {
        SweepResults first = run(request("out", 2));
        Files.delete(file("out", "sgd", 2, "result.json"));
        List<String> started = new ArrayList<>();
        SweepListener listener = new SweepListener() {
            @Override
            public void trialStarted(Trial trial, int epochsDone) {
                started.add(trial.name() + " at " + epochsDone);
            }
        };
        SweepResults second = Sweep.run(resume("out"), listener, new Cancellation());
        assertEquals(List.of("sgd/seed-2 at 0"), started);
        assertEquals(SweepBits.timeless(first, "sgd"), SweepBits.timeless(second, "sgd"));
        assertEquals(first.created(), second.created());
        assertTrue(second.seconds() > first.seconds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"result.json", "model.safetensors"})
    void aDamagedFileIsNamedAndItsTrialTrainedAgain(String name) throws IOException {
        SweepResults first = run(request("out", 2));
        Path file = file("out", "plain", 1, name);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 9));
        Path stale = Files.writeString(file.resolveSibling("result.json.0123456789abcdef.tmp"), "half a fi");
        Path notes = Files.writeString(file.resolveSibling("notes.tmp"), "mine");
        List<String> warnings = new ArrayList<>();
        SweepListener listener = new SweepListener() {
            @Override
            public void warned(String message) {
                warnings.add(message);
            }
        };
        SweepResults second = Sweep.run(resume("out"), listener, new Cancellation());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains(name) && warnings.get(0).contains("trained again"), warnings.get(0));
        assertEquals(SweepBits.timeless(first, "plain"), SweepBits.timeless(second, "plain"));
        assertFalse(Files.exists(stale));
        assertTrue(Files.exists(notes));
    }

    private List<String> warningsOf(SweepRequest request) {
        List<String> warnings = new ArrayList<>();
        SweepListener listener = new SweepListener() {
            @Override
            public void warned(String message) {
                warnings.add(message);
            }
        };
        Sweep.run(request, listener, new Cancellation());
        return warnings;
    }

    @Test
    void aFigureThatFlippedIsFoundAndItsTrialTrainedAgain() throws IOException {
        SweepResults first = run(request("out", 2));
        Path file = file("out", "plain", 1, "result.json");
        String text = Files.readString(file);
        String flipped = text.replaceFirst("\"val_accuracy\":0\\.[0-9]", "\"val_accuracy\":0.9");
        assertNotEquals(text, flipped);
        Files.writeString(file, flipped);
        List<String> warnings = warningsOf(resume("out"));
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("does not have the digest"), warnings.get(0));
        assertEquals(
                SweepBits.timeless(first, "plain"),
                SweepBits.timeless(ResultsJson.read(folder.resolve("out/results.json")), "plain"));
    }

    /** A file's content as an earlier version wrote it. */
    private static void unseal(Path file, int form) throws IOException {
        SealedJson content = SealedJson.read(file, 1 << 20);
        Map<String, Object> old = new LinkedHashMap<>(content.content());
        old.put("schema", form);
        old.remove("convoke");
        Files.writeString(file, Json.compact(old));
    }

    @Test
    void aFolderOfAnEarlierVersionGoesOnWithALine() throws IOException {
        run(request("out", 2));
        unseal(folder.resolve("out/manifest.json"), 2);
        unseal(file("out", "plain", 1, "result.json"), 1);
        unseal(file("out", "plain", 2, "result.json"), 1);
        List<String> warnings = warningsOf(resume("out"));
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("of an earlier version"), warnings.get(0));
    }

    @Test
    void aFileThatLostItsDigestIsDamaged() throws IOException {
        run(request("out", 2));
        unseal(file("out", "plain", 1, "result.json"), 2);
        List<String> warnings = warningsOf(resume("out"));
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("its digest is missing"), warnings.get(0));
        unseal(folder.resolve("out/manifest.json"), 3);
        SweepRequest again = resume("out");
        assertThrows(ConfigurationException.class, () -> run(again));
    }

    @ParameterizedTest
    @ValueSource(strings = {"convoke", "schema"})
    void aResultOfAnotherVersionIsRefusedAndKept(String key) throws IOException {
        run(request("out", 2));
        Path file = file("out", "plain", 1, "result.json");
        Map<String, Object> content = SealedJson.read(file, 1 << 20).content();
        content.put(key, key.equals("schema") ? 3 : "9.9");
        SealedJson.write(file, content, Json.Layout.COMPACT);
        SweepRequest again = resume("out");
        String message =
                assertThrows(ConfigurationException.class, () -> run(again)).getMessage();
        assertTrue(message.contains("was written by Convoke"), message);
        assertTrue(Files.exists(file));
    }

    @Test
    void aCheckpointThatDoesNotFitIsNamedAndItsTrialStartsAgain() throws IOException {
        Cancellation cancellation = new Cancellation();
        SweepListener stopping = new SweepListener() {
            @Override
            public void epochEnded(Trial trial, EpochMetrics metrics) {
                cancellation.cancel();
            }
        };
        Sweep.run(request("out", 1), stopping, cancellation);
        Path file;
        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            file = files.filter(each -> each.endsWith("checkpoint.safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
        Checkpoint made = Checkpoint.read(file);
        NamedTensors renamed = new NamedTensors();
        for (String name : made.progress().state().names()) {
            renamed.put(name.replace("conv1", "conv9"), made.progress().state().get(name));
        }
        new Checkpoint(made.card(), new TrainProgress(made.progress().history(), renamed, renamed)).write(file);
        List<String> warnings = warningsOf(resume("out"));
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("does not fit its network"), warnings.get(0));
        assertTrue(warnings.get(0).endsWith("the trial starts again"), warnings.get(0));
    }

    @Test
    void aFolderThatWasRemovedIsNotMadeAnew() {
        SweepListener removing = new SweepListener() {
            @Override
            public void epochEnded(Trial trial, EpochMetrics metrics) {
                try {
                    Files.deleteIfExists(folder.resolve("out/.lock"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        SweepRequest request = request("out", 1);
        String message = assertThrows(
                        UncheckedIOException.class, () -> Sweep.run(request, removing, new Cancellation()))
                .getMessage();
        assertTrue(message.contains("was removed or replaced"), message);
    }

    @Test
    void aDamagedCheckpointIsNamedAndItsTrialStartsAgain() throws IOException {
        Cancellation cancellation = new Cancellation();
        SweepListener stopping = new SweepListener() {
            @Override
            public void epochEnded(Trial trial, EpochMetrics metrics) {
                cancellation.cancel();
            }
        };
        Sweep.run(request("out", 1), stopping, cancellation);
        Path checkpoint;
        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            checkpoint = files.filter(file -> file.endsWith("checkpoint.safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(checkpoint);
        bytes[bytes.length - 1] ^= 8;
        Files.write(checkpoint, bytes);
        List<String> warnings = new ArrayList<>();
        SweepListener listener = new SweepListener() {
            @Override
            public void warned(String message) {
                warnings.add(message);
            }
        };
        SweepResults resumed = Sweep.run(resume("out"), listener, new Cancellation());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("starts again"), warnings.get(0));
        assertTrue(resumed.runs().stream().allMatch(run -> run.done().size() == 2));
    }

    @Test
    void aStoreOfAnotherSweepIsNotResumed() {
        run(request(
                suite().only("sgd"),
                TinyData.dataset(),
                Map.of("epochs", 1),
                "out",
                1,
                SweepRequest.Existing.REFUSE,
                new ReferenceBackend()));
        Suite sgd = suite().only("sgd");
        Suite heldOut = SuiteReader.read("tiny.yaml", SUITE + "validation: {holdout: 5}\n")
                .only("sgd");
        Dataset data = TinyData.dataset();
        Dataset renamed = new Dataset(
                data.name(), data.train(), data.test(), List.of("a", "middle", "bottom"), data.digest(), data.origin());
        assertRefused(resume(sgd, data, Map.of("epochs", 2), "out"), "run 'sgd' with epochs 1, not 2");
        assertRefused(
                resume(sgd, data, Map.of("epochs", 1, "optimizer", "adam"), "out"),
                "run 'sgd' with optimizer {name=sgd, momentum=0.9}, not adam");
        assertRefused(
                resume(suite().only("plain"), data, Map.of("epochs", 1), "out"),
                "run 'sgd', which is not among the runs now");
        assertRefused(resume(heldOut, data, Map.of("epochs", 1), "out"), "validation test, not holdout: 5");
        assertRefused(
                resume(sgd, renamed, Map.of("epochs", 1), "out"),
                "classes [top, middle, bottom], not [a, middle, bottom]");
        assertRefused(resume(sgd, TinyData.dataset("tiny", 'b'), Map.of("epochs", 1), "out"), "dataset digest aaaa");
        assertRefused(resume(sgd, TinyData.dataset("big", 'a'), Map.of("epochs", 1), "out"), "dataset tiny, not big");
    }

    @Test
    void aSuiteThatGrewTrainsOnlyWhatIsNew() throws IOException {
        Suite before = grown("runs: [{name: plain}]");
        Suite after = grown("# a comment\nruns: [{name: plain}, {name: narrow, dense: 4}]\ntitle: Grown");
        SweepRequest first = request(
                before, TinyData.dataset(), Map.of(), "grown", 1, SweepRequest.Existing.REFUSE, new ReferenceBackend());
        SweepResults alone = run(first);
        Counting listener = new Counting();
        SweepResults both =
                Sweep.run(resume(after, TinyData.dataset(), Map.of(), "grown"), listener, new Cancellation());
        assertEquals(List.of("narrow/seed-1", "narrow/seed-2"), listener.started);
        assertEquals(alone.run("plain"), both.run("plain"));
        assertEquals("Grown", both.suite().title());
        assertEquals(after.text(), Files.readString(folder.resolve("grown/suite.yaml")));
        // And once grown it does not shrink.
        assertRefused(
                resume(before, TinyData.dataset(), Map.of(), "grown"), "run 'narrow', which is not among the runs now");
    }

    @Test
    void aCommentOrAnotherTitleTrainsNothing() {
        run(request(
                grown("runs: [{name: plain}]"),
                TinyData.dataset(),
                Map.of(),
                "same",
                1,
                SweepRequest.Existing.REFUSE,
                new ReferenceBackend()));
        Counting listener = new Counting();
        Suite commented = grown("# why\nruns: [{name: plain, title: Plain}]\ndescription: Of no matter");
        Sweep.run(resume(commented, TinyData.dataset(), Map.of(), "same"), listener, new Cancellation());
        assertEquals(List.of(), listener.started);
    }

    @Test
    void aNewRunMayStartFromOneWhoseOptimizerStateWasNotKept() throws IOException {
        run(request(
                grown("runs: [{name: plain}, {name: sgd, optimizer: sgd}]"),
                TinyData.dataset(),
                Map.of(),
                "apart",
                1,
                SweepRequest.Existing.REFUSE,
                new ReferenceBackend()));
        Suite after = grown("""
                runs:
                  - {name: plain}
                  - {name: sgd, optimizer: sgd}
                  - {name: longer, start_from: plain}
                  - {name: longer-sgd, start_from: sgd, optimizer: sgd}""");
        Counting listener = new Counting();
        SweepResults apart =
                Sweep.run(resume(after, TinyData.dataset(), Map.of(), "apart"), listener, new Cancellation());
        assertFalse(listener.started.contains("sgd/seed-1"), listener.started::toString);
        SweepResults whole = run(request(
                after, TinyData.dataset(), Map.of(), "whole", 1, SweepRequest.Existing.REFUSE, new ReferenceBackend()));
        for (String name : List.of("plain", "longer", "longer-sgd")) {
            assertArrayEquals(
                    Files.readAllBytes(file("whole", name, 1, "model.safetensors")),
                    Files.readAllBytes(file("apart", name, 1, "model.safetensors")),
                    name);
        }
        assertEquals(whole.runs().size(), apart.runs().size());
    }

    @Test
    void aStoreOfAnotherFormIsLeftAlone() throws IOException {
        run(request("out", 1));
        Path manifest = folder.resolve("out/manifest.json");
        Map<String, Object> content = SealedJson.read(manifest, 1 << 20).content();
        content.put("schema", 99);
        SealedJson.write(manifest, content, Json.Layout.INDENTED);
        assertRefused(resume("out"), "is of form 99, this Convoke reads form 3");
    }

    /** The suite's base with other runs. */
    private static Suite grown(String runs) {
        return SuiteReader.read("tiny.yaml", SUITE.substring(0, SUITE.indexOf("runs:")) + runs + "\n");
    }

    /** Notes which trials begin. */
    private static final class Counting implements SweepListener {
        private final List<String> started = new ArrayList<>();

        @Override
        public void trialStarted(Trial trial, int epochsDone) {
            started.add(trial.name());
            started.sort(String::compareTo);
        }
    }

    private static void assertRefused(SweepRequest request, String reason) {
        String message =
                assertThrows(ConfigurationException.class, () -> run(request)).getMessage();
        assertTrue(message.contains(reason), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void aFolderThatIsNotEmptyIsLeftAloneWithoutResume() throws IOException {
        run(request(
                suite().only("sgd"),
                TinyData.dataset(),
                Map.of("epochs", 1),
                "out",
                1,
                SweepRequest.Existing.REFUSE,
                new ReferenceBackend()));
        assertRefused(request("out", 1), "add --resume");
        Files.createDirectories(folder.resolve("photos"));
        Files.writeString(folder.resolve("photos/one.png"), "");
        assertRefused(request("photos", 1), "is not empty and holds no sweep (there is 'one.png')");
        assertRefused(resume("photos"), "is not empty");
        Files.writeString(folder.resolve("plain-file"), "");
        assertRefused(request("plain-file", 1), "is a file, not a folder");
    }

    @Test
    void resumingWhereNothingIsStartsFromNothing() {
        assertTrue(run(resume("new")).runs().stream().allMatch(run -> run.done().size() == 2));
    }

    @Test
    void twoSweepsDoNotShareAFolder() throws IOException {
        Files.createDirectories(folder.resolve("out"));
        try (StoreLock lock = StoreLock.take(folder.resolve("out"))) {
            assertRefused(request("out", 1), "another sweep or report is at work here");
            assertTrue(Files.exists(folder.resolve("out").resolve(StoreLock.FILE)), lock::toString);
        }
        assertEquals(4, run(request("out", 1)).runs().size());
    }

    @Test
    void aTrialThatFailsStopsNeitherTheOthersNorALaterTry() {
        Backend broken = new BrokenBackend("plain");
        SweepResults results =
                run(request(suite(), TinyData.dataset(), Map.of(), "out", 2, SweepRequest.Existing.REFUSE, broken));
        SweepResults.SeedResults failed =
                results.run("plain").orElseThrow().seeds().get(0);
        assertEquals(SweepResults.Status.FAILED, failed.status());
        assertEquals("out of memory for plain", failed.message());
        SweepResults.SeedResults dependent =
                results.run("continued").orElseThrow().seeds().get(0);
        assertEquals(SweepResults.Status.MISSING, dependent.status());
        assertEquals("starts from plain/seed-1, which is failed", dependent.message());
        assertEquals(2, results.run("sgd").orElseThrow().done().size());
        SweepResults again = run(request(
                suite(),
                TinyData.dataset(),
                Map.of(),
                "out",
                2,
                SweepRequest.Existing.RESUME,
                new BrokenBackend("nothing")));
        assertTrue(again.runs().stream().allMatch(run -> run.done().size() == 2));
    }

    /** The reference backend, but one model does not fit. */
    private record BrokenBackend(String model) implements Backend {
        @Override
        public String name() {
            return "reference";
        }

        @Override
        public Probe probe() {
            return model.isEmpty() ? Probe.missing("there is none here") : Probe.found("partly");
        }

        @Override
        public Session open(SessionRequest request) {
            if (request.program().full().model().name().equals(model)) {
                throw new DeviceException("out of memory for " + model + "\nand a second line");
            }
            return new ReferenceBackend().open(request);
        }
    }

    @Test
    void aDeviceThatIsNotThereStopsTheSweepBeforeItBegins() {
        SweepRequest request = request(
                suite(), TinyData.dataset(), Map.of(), "out", 1, SweepRequest.Existing.REFUSE, new BrokenBackend(""));
        assertThrows(DeviceException.class, () -> run(request));
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void aTrialThatDivergesIsFiledAndNotTrainedAgain() {
        Suite suite = suite().only("sgd");
        Map<String, Object> wild = Map.of("learning_rate", 1e30);
        SweepResults results = run(request(
                suite, TinyData.dataset(), wild, "out", 1, SweepRequest.Existing.REFUSE, new ReferenceBackend()));
        SweepResults.SeedResults seed = results.runs().get(0).seeds().get(0);
        assertEquals(SweepResults.Status.DIVERGED, seed.status());
        assertTrue(seed.message().contains("try a lower learning rate"), seed.message());
        assertEquals(
                results.runs(),
                run(resume(suite, TinyData.dataset(), wild, "out")).runs());
    }

    @Test
    void aNetworkThatDoesNotFitTheDataIsRefusedBeforeAnythingIsTrained() {
        Map<String, Object> deep =
                Map.of("blocks", List.of(Map.of("filters", 2), Map.of("filters", 2), Map.of("filters", 2)));
        SweepRequest request = request(
                suite(), TinyData.dataset(), deep, "out", 1, SweepRequest.Existing.REFUSE, new ReferenceBackend());
        assertRefused(request, "tiny.yaml: does not fit tiny: continued: pool2");
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void aHeldOutPartTooLargeForTheDataIsRefused() {
        Suite suite = SuiteReader.read("tiny.yaml", SUITE + "validation: {holdout: 46}\n");
        SweepRequest request = request(
                suite, TinyData.dataset(), Map.of(), "out", 1, SweepRequest.Existing.REFUSE, new ReferenceBackend());
        assertRefused(request, "cannot hold 46 of 46");
    }

    @Test
    void aHeldOutSweepStatesItsParts() {
        Suite suite = SuiteReader.read("tiny.yaml", SUITE + "validation: {holdout: 1/6}\n")
                .only("sgd");
        SweepResults results = run(request(
                suite,
                TinyData.dataset(),
                Map.of("epochs", 1),
                "out",
                1,
                SweepRequest.Existing.REFUSE,
                new ReferenceBackend()));
        SweepResults.DatasetFacts facts = results.dataset();
        assertEquals("holdout: 8", facts.validation());
        assertEquals(List.of(38, 8, 24), List.of(facts.trainImages(), facts.validationImages(), facts.testImages()));
    }

    @Test
    void aSavedModelIsEnoughToAnswerTheTestSetAsTheSweepDid() {
        SweepResults results = run(request("out", 2));
        for (String name : NAMES) {
            Path file = file("out", name, 1, "model.safetensors");
            SavedModel saved = SavedModel.read(file);
            Dataset dataset = TinyData.dataset();
            var answers = Evaluator.evaluate(
                            new ReferenceBackend(),
                            Execution.SINGLE_THREAD,
                            ModelCodec.read(file.toString(), saved.card()),
                            saved.state(),
                            dataset.test(),
                            new Cancellation())
                    .orElseThrow();
            SweepResults.TestResults expected =
                    results.run(name).orElseThrow().seeds().get(0).test().orElseThrow();
            assertEquals(expected, TestSummary.of(answers, dataset.test(), TinyData.CLASSES));
            assertEquals(dataset.classNames(), saved.card().classNames());
        }
    }

    @Test
    void onlyARunThatIsContinuedKeepsItsOptimizersState() {
        run(request("out", 2));
        assertTrue(SavedModel.read(file("out", "plain", 1, "model.safetensors")).state().names().stream()
                .anyMatch(name -> name.startsWith("optimizer/")));
        SavedModel continued = SavedModel.read(file("out", "continued", 1, "model.safetensors"));
        assertTrue(continued.state().names().stream().noneMatch(name -> name.startsWith("optimizer/")));
        assertEquals(6, continued.epochs());
        assertEquals(30, continued.steps());
    }

    @Test
    void theListenerHearsOfEveryTrialOnce() {
        List<String> heard = new ArrayList<>();
        SweepListener listener = new SweepListener() {
            @Override
            public void sweepStarted(List<Trial> trials) {
                heard.add("trials " + trials.size());
            }

            @Override
            public void trialStarted(Trial trial, int epochsDone) {
                heard.add("start " + trial);
            }

            @Override
            public void epochEnded(Trial trial, EpochMetrics metrics) {
                heard.add("epoch " + trial);
            }

            @Override
            public void trialEnded(Trial trial, SweepResults.SeedResults result) {
                heard.add("end " + trial);
            }
        };
        Sweep.run(
                request(
                        suite().only("continued"),
                        TinyData.dataset(),
                        Map.of("epochs", 1),
                        "out",
                        1,
                        SweepRequest.Existing.REFUSE,
                        new ReferenceBackend()),
                listener,
                new Cancellation());
        assertEquals(
                List.of(
                        "trials 4",
                        "start plain/seed-1",
                        "epoch plain/seed-1",
                        "end plain/seed-1",
                        "start plain/seed-2",
                        "epoch plain/seed-2",
                        "end plain/seed-2",
                        "start continued/seed-1",
                        "epoch continued/seed-1",
                        "end continued/seed-1",
                        "start continued/seed-2",
                        "epoch continued/seed-2",
                        "end continued/seed-2"),
                heard);
    }

    @Test
    void theSurestMistakesComeFirst() {
        SweepResults results = run(request(
                suite().only("sgd"),
                TinyData.dataset(),
                Map.of("epochs", 1, "learning_rate", 1e-9),
                "out",
                1,
                SweepRequest.Existing.REFUSE,
                new ReferenceBackend()));
        List<SweepResults.Mistake> mistakes =
                results.runs().get(0).seeds().get(0).test().orElseThrow().mistakes();
        assertFalse(mistakes.isEmpty(), "an untrained network should be wrong somewhere");
        for (int i = 1; i < mistakes.size(); i++) {
            assertTrue(mistakes.get(i - 1).confidence() >= mistakes.get(i).confidence());
        }
        assertTrue(mistakes.stream().allMatch(mistake -> mistake.label() != mistake.prediction()));
        assertArrayEquals(
                TinyData.dataset().test().image(mistakes.get(0).image()),
                Base64.getDecoder().decode(mistakes.get(0).pixels()));
    }
}
