package dev.convoke.report.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.report.SampleSweep;
import dev.convoke.report.measure.Comparability.Conditions;
import dev.convoke.report.published.Published;
import dev.convoke.report.published.PublishedRun;
import dev.convoke.sweep.Overrides;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.DatasetFacts;
import dev.convoke.sweep.SweepResults.RunResults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparabilityTest {
    @ParameterizedTest
    @ValueSource(strings = {"report", "report-as-described", "report-sound"})
    void a_built_in_suite_as_it_is_may_be_judged(String suite) {
        assertEquals(Optional.empty(), Comparability.obstacle(SampleSweep.builtIn(suite, 1)));
    }

    @Test
    void results_that_were_written_and_read_are_still_the_suites(@TempDir Path folder) {
        ResultsJson.write(folder.resolve("results.json"), SampleSweep.report(1));
        SweepResults read = ResultsJson.read(folder.resolve("results.json"));
        assertEquals(Optional.empty(), Comparability.obstacle(read));
        for (RunResults run : read.runs()) {
            assertEquals(Conditions.SAME, Comparability.conditions(read, run), run.name());
        }
    }

    @Test
    void a_part_of_the_suite_may_be_judged() {
        List<RunResults> one = SampleSweep.runs(1).subList(0, 1);
        assertEquals(Optional.empty(), Comparability.obstacle(SampleSweep.sweep("report", "mnist", one)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "optimizer=sgd | base-adam has optimizer sgd, the suite report adam",
                "augmentation=none | base-adam has augmentation none, unlike the suite report",
                "augmentation.zoom=0.2 | base-adam has augmentation.zoom 0.2, the suite report 0.1",
                "dropout=none | base-adam has dropout none, the suite report 0.5",
                "epochs=3 | base-adam has epochs 3, the suite report 15",
                "batch_size=64 | base-adam has batch_size 64, the suite report 32",
                "label_smoothing=0.1 | base-adam has label_smoothing 0.1, the suite report 0"
            })
    void any_parameter_that_was_changed_is_named(String override, String reason) {
        assertEquals(Optional.of(reason), Comparability.obstacle(overridden(override)));
    }

    @Test
    void a_parameter_that_was_given_as_it_is_changes_nothing() {
        SweepResults same = overridden("epochs=15");
        assertEquals(Optional.empty(), Comparability.obstacle(same));
    }

    @Test
    void data_is_known_by_its_digest_not_by_its_name() {
        SweepResults sample = SampleSweep.report(1);
        assertTrue(Comparability.obstacle(withData(sample, "mnist", "00", "test"))
                .orElseThrow()
                .contains("called mnist, but its digest"));
        assertTrue(Comparability.obstacle(withData(sample, "digits", "00", "test"))
                .orElseThrow()
                .contains("the data is digits"));
        assertEquals(
                Optional.empty(), Comparability.obstacle(withData(sample, "copy", Comparability.MNIST_DIGEST, "test")));
    }

    @Test
    void other_validation_images_are_an_obstacle() {
        SweepResults held = withData(SampleSweep.report(1), "mnist", Comparability.MNIST_DIGEST, "holdout: 10000");
        assertEquals(
                Optional.of("validation is 'holdout: 10000', in the suite report 'test'"),
                Comparability.obstacle(held));
    }

    @Test
    void only_the_suites_that_come_with_the_program_are_the_reports() {
        for (String name : List.of("report-mine", "reporting", "Report")) {
            SweepResults sweep = SampleSweep.sweep(name, "mnist", SampleSweep.runs(1));
            assertEquals(
                    Optional.of("the suite is '" + name + "', not one of the report's"), Comparability.obstacle(sweep));
        }
    }

    @Test
    void a_run_that_the_suite_does_not_have_or_starts_elsewhere_is_named() {
        RunResults base = SampleSweep.runs(1).get(0);
        RunResults stranger = like(base, "my-run", Optional.empty());
        assertEquals(
                Optional.of("the suite report has no run my-run"),
                Comparability.obstacle(SampleSweep.sweep("report", "mnist", List.of(stranger))));
        RunResults continued = like(base, "base-adam", Optional.of("sgd"));
        assertEquals(
                Optional.of("base-adam has start_from sgd, the suite report none"),
                Comparability.obstacle(SampleSweep.sweep("report", "mnist", List.of(continued))));
    }

    @Test
    void only_runs_trained_as_the_notebooks_stand_beside_them() {
        SweepResults described = SampleSweep.builtIn("report-as-described", 1);
        for (RunResults run : described.runs()) {
            boolean changed = List.of("l1", "l2", "batch-norm", "patience-7", "patience-5", "patience-3")
                    .contains(run.name());
            assertEquals(
                    changed ? Conditions.OTHER_SETTINGS : Conditions.SAME,
                    Comparability.conditions(described, run),
                    run.name());
        }
        SweepResults sound = SampleSweep.builtIn("report-sound", 1);
        for (RunResults run : sound.runs()) {
            assertEquals(Conditions.OTHER_IMAGES, Comparability.conditions(sound, run), run.name());
        }
    }

    @Test
    void the_built_in_suite_has_the_settings_that_were_published() {
        for (PublishedRun published : Published.report().runs()) {
            Suite.Run run = Suites.load("report").run(published.name()).orElseThrow();
            assertEquals(Published.EPOCHS, run.given().get("epochs"), run.name());
            assertEquals(Published.BATCH_SIZE, run.given().get("batch_size"), run.name());
            assertEquals(published.learningRate(), run.given().get("learning_rate"), run.name());
            Object dropout =
                    published.dropout().isPresent() ? published.dropout().getAsDouble() : "none";
            assertEquals(dropout, run.given().get("dropout"), run.name());
        }
    }

    private static SweepResults overridden(String override) {
        Map.Entry<String, Object> entry = Overrides.parse(override);
        Suite changed = Suites.load("report").with(Map.of(entry.getKey(), entry.getValue()));
        List<RunResults> runs = SampleSweep.runs(1).stream()
                .map(run -> new RunResults(
                        run.name(),
                        run.title(),
                        run.notes(),
                        run.parameterCount(),
                        changed.run(run.name()).orElseThrow().given(),
                        run.layers(),
                        run.startFrom(),
                        run.seeds()))
                .toList();
        return SampleSweep.sweep("report", "mnist", runs);
    }

    private static RunResults like(RunResults run, String name, Optional<String> startFrom) {
        return new RunResults(name, "", List.of(), 1, run.parameters(), run.layers(), startFrom, run.seeds());
    }

    private static SweepResults withData(SweepResults sweep, String name, String digest, String validation) {
        DatasetFacts data = sweep.dataset();
        return new SweepResults(
                sweep.convoke(),
                sweep.command(),
                sweep.created(),
                sweep.seconds(),
                sweep.machine(),
                new DatasetFacts(
                        name,
                        digest,
                        data.trainImages(),
                        data.validationImages(),
                        data.testImages(),
                        validation,
                        data.classNames()),
                sweep.suite(),
                sweep.runs(),
                List.of());
    }
}
