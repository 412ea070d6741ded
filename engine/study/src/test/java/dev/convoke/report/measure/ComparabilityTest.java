package dev.convoke.report.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.report.SampleSweep;
import dev.convoke.report.measure.Comparability.Conditions;
import dev.convoke.sweep.Overrides;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.DatasetFacts;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SuiteFacts;
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
    void a_built_in_suite_as_it_is_differs_in_nothing(String suite) {
        SweepResults results = SampleSweep.builtIn(suite, 1);
        Comparability comparability = Comparability.of(results);
        assertEquals(Optional.empty(), comparability.otherData());
        for (RunResults run : results.runs()) {
            assertEquals(Optional.empty(), comparability.changedFromSuite(run), run.name());
        }
    }

    @Test
    void results_carry_their_suite_and_what_it_names(@TempDir Path folder) {
        SweepResults made = SampleSweep.report(1).withSuite(SuiteFacts.of(Suites.load("report")));
        ResultsJson.write(folder.resolve("results.json"), made);
        SweepResults read = ResultsJson.read(folder.resolve("results.json"));
        Comparability comparability = Comparability.of(read);
        assertEquals(Suites.load("report").study(), comparability.study());
        for (RunResults run : read.runs()) {
            assertEquals(Conditions.SAME, comparability.conditions(run), run.name());
        }
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
        SweepResults changed = overridden(override);
        Comparability comparability = Comparability.of(changed);
        assertEquals(
                Optional.of(reason),
                comparability.changedFromSuite(changed.runs().get(0)));
        assertEquals(
                Conditions.OTHER_SETTINGS,
                comparability.conditions(changed.runs().get(0)));
    }

    @Test
    void a_parameter_that_was_given_as_it_is_changes_nothing() {
        SweepResults same = overridden("epochs=15");
        assertEquals(
                Optional.empty(),
                Comparability.of(same).changedFromSuite(same.runs().get(0)));
    }

    @Test
    void data_is_known_by_its_digest_not_by_its_name() {
        SweepResults sample = SampleSweep.report(1);
        assertTrue(otherData(withData(sample, "mnist", "00", "test"))
                .orElseThrow()
                .contains("called mnist, but its digest"));
        assertTrue(otherData(withData(sample, "digits", "00", "test"))
                .orElseThrow()
                .contains("the data is digits"));
        assertEquals(
                Optional.empty(),
                otherData(withData(sample, "copy", SampleSweep.published().digest(), "test")));
    }

    private static Optional<String> otherData(SweepResults results) {
        return Comparability.of(results).otherData();
    }

    @Test
    void other_validation_images_stand_apart() {
        SweepResults held =
                withData(SampleSweep.report(1), "mnist", SampleSweep.published().digest(), "holdout: 10000");
        assertEquals(
                Conditions.OTHER_IMAGES,
                Comparability.of(held).conditions(held.runs().get(0)));
    }

    @Test
    void another_start_is_another_setting() {
        RunResults base = SampleSweep.runs(1).get(0);
        RunResults continued = new RunResults(
                "base-adam", "", List.of(), 1, base.parameters(), base.layers(), Optional.of("sgd"), base.seeds());
        assertEquals(
                Optional.of("base-adam has start_from sgd, the suite report none"),
                Comparability.of(SampleSweep.sweep("report", "mnist", List.of(continued)))
                        .changedFromSuite(continued));
    }

    @Test
    void only_runs_trained_as_the_notebooks_stand_beside_them() {
        SweepResults described = SampleSweep.builtIn("report-as-described", 1);
        for (RunResults run : described.runs()) {
            boolean changed = List.of("l1", "l2", "batch-norm", "patience-7", "patience-5", "patience-3")
                    .contains(run.name());
            assertEquals(
                    changed ? Conditions.OTHER_SETTINGS : Conditions.SAME,
                    Comparability.of(described).conditions(run),
                    run.name());
        }
        SweepResults sound = SampleSweep.builtIn("report-sound", 1);
        for (RunResults run : sound.runs()) {
            assertEquals(Conditions.OTHER_IMAGES, Comparability.of(sound).conditions(run), run.name());
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
