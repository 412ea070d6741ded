package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.EarlyStopping;
import dev.convoke.train.Validation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltInSuitesTest {
    private static final List<String> REPORT = List.of(
            "base-adam",
            "sgd",
            "rmsprop",
            "dropout-0.3",
            "dropout-0.1",
            "l1",
            "l2",
            "batch-norm",
            "patience-7",
            "patience-5",
            "patience-3",
            "four-blocks",
            "two-blocks",
            "lr-0.01",
            "lr-0.0001");

    private static Suite.Run run(String suite, String name) {
        return Suites.load(suite).run(name).orElseThrow();
    }

    private static ModelSpec model(Suite.Run run) {
        return ModelBuilder.build(run.name(), run.settings(), ModelSummary.DEFAULT_INPUT, ModelSummary.DEFAULT_CLASSES);
    }

    /** The table of the notebook's runs: optimizer, rate, dropout, parameters. */
    @ParameterizedTest
    @CsvSource({
        "base-adam,   adam,    0.001,  0.5,  159626",
        "sgd,         sgd,     0.001,  0.5,  159626",
        "rmsprop,     rmsprop, 0.001,  0.5,  159626",
        "dropout-0.3, adam,    0.001,  0.3,  159626",
        "dropout-0.1, adam,    0.001,  0.1,  159626",
        "l1,          adam,    0.001,  none, 159626",
        "l2,          adam,    0.001,  none, 159626",
        "batch-norm,  adam,    0.001,  none, 160138",
        "patience-7,  adam,    0.001,  none, 159626",
        "patience-5,  adam,    0.001,  none, 159626",
        "patience-3,  adam,    0.001,  none, 159626",
        "four-blocks, adam,    0.001,  0.5,  147402",
        "two-blocks,  adam,    0.001,  0.5,  315146",
        "lr-0.01,     adam,    0.01,   0.5,  159626",
        "lr-0.0001,   adam,    0.0001, 0.5,  159626"
    })
    void theReportHasTheNotebooksRuns(String name, String optimizer, double rate, String dropout, int parameters) {
        Suite.Run run = run("report", name);
        assertEquals(optimizer, run.given().get("optimizer"));
        assertEquals(new Schedule.Constant(rate), run.settings().training().schedule());
        assertEquals(dropout, String.valueOf(run.given().get("dropout")));
        assertEquals(parameters, ModelSummary.of(model(run)).parameters());
        assertEquals(15, run.settings().training().epochs());
        assertEquals(32, run.settings().training().batchSize());
        assertEquals(Optional.empty(), run.settings().training().earlyStopping());
        assertEquals(
                new Augmentation(
                        20,
                        0.1,
                        0.1,
                        0.1,
                        0.9,
                        1.1,
                        true,
                        false,
                        Augmentation.Center.KERAS,
                        Augmentation.Erasing.NONE,
                        Augmentation.Elastic.NONE),
                run.settings().training().augmentation());
    }

    @Test
    void theReportHasFifteenRunsAndTheStartOfOneAndValidatesOnTheTestSet() {
        Suite suite = Suites.load("report");
        assertEquals(
                REPORT,
                suite.runs().stream()
                        .map(Suite.Run::name)
                        .filter(name -> !name.equals("patience-3-start"))
                        .toList());
        assertEquals(16, suite.runs().size());
        assertEquals(new Validation.OnTest(), suite.validation());
        assertEquals("mnist", suite.dataset());
        assertEquals(List.of(1L), suite.seeds().on("mnist"));
    }

    @Test
    void onlyPatience3ContinuesAnotherRunAfterSixEpochsAndSaysThatThisIsAssumed() {
        for (Suite.Run run : Suites.load("report").runs()) {
            boolean continued = run.name().equals("patience-3");
            assertEquals(continued ? Optional.of("patience-3-start") : Optional.empty(), run.startFrom());
            assertEquals(
                    continued || run.name().equals("patience-3-start"),
                    run.notes().stream().anyMatch(note -> note.startsWith("assumed: ")));
        }
        Suite.Run start = run("report", "patience-3-start");
        assertEquals(6, start.settings().training().epochs());
        Map<String, Object> fifteen = new HashMap<>(start.given());
        fifteen.put("epochs", 15);
        assertEquals(run("report", "patience-3").given(), fifteen, "nothing else differs");
    }

    @Test
    void l1BearsOnConvolutionsAndTheHiddenDenseLayerAndL2OnConvolutionsOnly() {
        assertEquals(
                List.of("conv1 0.001 0.0", "conv2 0.001 0.0", "conv3 0.001 0.0", "dense1 0.001 0.0", "logits 0.0 0.0"),
                penalties(model(run("report", "l1"))));
        assertEquals(
                List.of("conv1 0.0 0.001", "conv2 0.0 0.001", "conv3 0.0 0.001", "dense1 0.0 0.0", "logits 0.0 0.0"),
                penalties(model(run("report", "l2"))));
    }

    private static List<String> penalties(ModelSpec model) {
        return ModelCodecTest.penalties(model);
    }

    @Test
    void asDescribedEveryRunDiffersFromTheBaseInOneSetting() {
        Suite suite = Suites.load("report-as-described");
        Suite.Run base = suite.run("base-adam").orElseThrow();
        assertEquals(
                REPORT, suite.runs().stream().map(Suite.Run::name).limit(15).toList());
        for (Suite.Run run : suite.runs().subList(1, 15)) {
            long changes = run.given().keySet().stream()
                    .filter(key -> !run.given().get(key).equals(base.given().get(key)))
                    .count();
            assertEquals(1, changes, run.name());
            assertTrue(run.startFrom().isEmpty());
        }
        for (int patience : new int[] {7, 5, 3}) {
            assertEquals(
                    Optional.of(new EarlyStopping(EarlyStopping.Monitor.VAL_LOSS, patience, 0, true)),
                    run("report-as-described", "patience-" + patience)
                            .settings()
                            .training()
                            .earlyStopping());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"report-as-described", "report-sound"})
    void aChosenNetworkSaysSo(String suite) {
        for (String name : List.of("base-adam", "two-blocks", "four-blocks")) {
            assertTrue(run(suite, name).notes().get(0).startsWith("chosen: the notebook's "), name);
            assertEquals(
                    ModelSummary.of(model(run("report", name))).parameters(),
                    ModelSummary.of(model(run(suite, name))).parameters(),
                    "the parameter count stays the notebook's");
        }
    }

    @Test
    void theSoundSuiteDoesNotMirrorDigitsAndHoldsImagesOut() {
        Suite sound = Suites.load("report-sound");
        Suite described = Suites.load("report-as-described");
        assertEquals(10_000, sound.validation().heldOut(60_000));
        assertEquals(
                described.runs().stream().map(Suite.Run::name).toList(),
                sound.runs().stream().map(Suite.Run::name).toList());
        for (Suite.Run run : sound.runs()) {
            assertTrue(!run.settings().training().augmentation().horizontalFlip());
        }
    }

    @Test
    void theBestModelCombinesWhatTheReportEndsWith() {
        Suite.Run best = run("report-sound", "best-model");
        assertEquals(Optimizer.Adam.DEFAULT, best.settings().training().optimizer());
        assertEquals(160138, ModelSummary.of(model(best)).parameters());
        assertTrue(best.settings().training().earlyStopping().isPresent());
    }

    /** Parameters as Keras counts them; those of LeNet-5 are 61,706 with the paper's padding. */
    @ParameterizedTest
    @CsvSource({
        "lenet-5,        61706",
        "vgg,            467818",
        "vgg-batch-norm, 468778",
        "resnet-8,       78426",
        "depthwise,      19146"
    })
    void theZooHasItsNetworks(String name, int parameters) {
        Suite.Run run = run("zoo", name);
        assertEquals(parameters, ModelSummary.of(model(run)).parameters());
        assertEquals(5, run.settings().training().epochs());
        assertTrue(!run.notes().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "report-as-described", "report-sound"})
    void everyNetworkFitsDataOfMnistsShape(String name) {
        for (Suite.Run run : Suites.load(name).runs()) {
            assertTrue(ModelSummary.of(model(run)).flops() > 1_000_000, run.name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "report-as-described", "report-sound"})
    void theReportsSuitesHaveItsClaimsAndFigures(String name) {
        Study study = Suites.load(name).study();
        assertEquals(
                List.of("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"),
                study.claims().stream().map(Study.Claim::id).toList());
        Study.Published published = study.published().orElseThrow();
        assertEquals(REPORT, List.copyOf(published.runs().keySet()));
        for (Study.PublishedRun run : published.runs().values()) {
            assertEquals(15, run.history().size(), run.name());
            assertEquals(10, run.classes().size(), run.name());
        }
        assertEquals(
                0.9880,
                published.run("base-adam").orElseThrow().history().get(10).figure(Metric.VAL_ACCURACY),
                "read as it is written");
        assertEquals(3, study.tables().size());
        Study.Row last = study.tables().get(2).rows().get(2);
        assertEquals("lr-0.0001", last.run());
        assertEquals(0.935, last.printed(Metric.VAL_ACCURACY));
        assertEquals(List.of(1, 2), study.tables().get(0).rows().get(8).notes());
        assertEquals(5, study.figures().size());
        assertEquals(8, study.notes().orElseThrow().items().size());
    }

    @Test
    void penaltiesAndNormalizationAreComparedWithTheRunThatDiffersInThemAlone() {
        Suite suite = Suites.load("report");
        for (String id : List.of("C3", "C4")) {
            Study.Claim claim = suite.study().claims().stream()
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            for (ClaimTest test : claim.tests()) {
                if (test instanceof ClaimTest.Difference difference) {
                    Map<String, Object> first =
                            run("report", difference.first()).given();
                    Map<String, Object> control =
                            run("report", difference.second()).given();
                    long changes = first.keySet().stream()
                            .filter(key -> !first.get(key).equals(control.get(key)))
                            .count();
                    assertEquals(1, changes, difference.first());
                }
            }
        }
    }

    @Test
    void aRunIsFoundByItsNameAlone() {
        assertEquals(
                Suites.ofRun("base-adam").run("base-adam").orElseThrow().given(),
                Suites.run("base-adam").given());
        assertEquals("base-adam", Suites.defaultRun());
        assertTrue(Suites.hasRun("lenet-5"), "a run of the second suite or later");
        assertFalse(Suites.hasRun("pictures"), "no run");
        assertEquals("report", Suites.ofRun("base-adam").name());
        assertEquals(
                List.of("patience-3-start", "patience-3"),
                Suites.ofRun("patience-3").runs().stream().map(Suite.Run::name).toList());
        assertEquals("report-as-described", Suites.ofRun("best-model").name());
        String message = assertThrows(ConfigurationException.class, () -> Suites.ofRun("base-adm"))
                .getMessage();
        assertEquals("there is no run 'base-adm'; did you mean 'base-adam'?", message);
    }

    @Test
    void aSuiteThatIsNowhereIsRefusedWithTheNearestName() {
        String message = assertThrows(ConfigurationException.class, () -> Suites.load("reprot"))
                .getMessage();
        assertTrue(message.contains("did you mean 'report'?"), message);
    }
}
