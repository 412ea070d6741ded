package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.settings.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    private static final SweepResults RESULTS = Results.of(
            Results.run(
                    "good",
                    Results.seed(1, SweepResults.Status.DONE, 0.75),
                    Results.seed(2, SweepResults.Status.DONE, 1.0)),
            Results.run("poor", Results.seed(1, SweepResults.Status.DONE, 0.5)));

    private static List<String> failures(String gate) {
        return Gate.parse(gate).check(RESULTS).stream()
                .map(GateFailure::toString)
                .toList();
    }

    @Test
    void aGateBearsOnTheMeanOverSeedsOfEveryRun() {
        assertEquals(List.of("poor: val_accuracy is 0.5; required >= 0.875"), failures("val_accuracy>=0.875"));
        assertEquals(2, failures("val_accuracy > 0.875").size());
    }

    @Test
    void aGateOfOneRunLeavesTheOthersAlone() {
        assertEquals(List.of(), failures("good:val_accuracy>=0.8"));
        assertEquals(1, failures("poor: val_accuracy >= 0.8").size());
    }

    @ParameterizedTest
    @CsvSource({
        "val_loss<=0.5, 0",
        "val_loss<0.5, 2",
        "test_accuracy>0.5, 1",
        "train_loss<0.31, 0",
        "train_accuracy>=0.34, 2",
        "test_loss<=0.4, 2"
    })
    void everyMetricAndSignIsUnderstood(String gate, int failures) {
        assertEquals(failures, failures(gate).size());
    }

    @ParameterizedTest
    @CsvSource({
        "val_accuracy>=98, did you mean 0.98?",
        "test_accuracy>99.25, did you mean 0.9925?",
        "a:train_accuracy<1.5, did you mean 0.015?",
        "val_accuracy>=980, is between 0 and 1",
        "val_accuracy>=-0.1, is between 0 and 1"
    })
    void anAccuracyInPercentIsRefused(String text, String reason) {
        String message = assertThrows(ConfigurationException.class, () -> Gate.parse(text))
                .getMessage();
        assertTrue(message.endsWith(reason), message);
    }

    @Test
    void lossesAndTheEndsOfAccuracyAreBounds() {
        assertEquals(98, Gate.parse("val_loss<=98").bound());
        assertEquals(1, Gate.parse("val_accuracy<=1").bound());
        assertEquals(0, Gate.parse("val_accuracy>=0").bound());
    }

    @Test
    void aRunThatDivergedMissesEveryGate() {
        SweepResults results = Results.of(Results.run(
                "half",
                Results.seed(1, SweepResults.Status.DONE, 1),
                Results.seed(2, SweepResults.Status.DIVERGED, 1)));
        List<GateFailure> failures = Gate.parse("val_loss<=100").check(results);
        assertEquals(1, failures.size());
        assertTrue(failures.get(0).toString().contains("not every seed"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            val_acuracy>=0.9      | did you mean 'val_accuracy'?
            val_accuracy=0.9      | expected METRIC>=NUMBER
            val_accuracy>=high    | 'high' is not a number
            val_accuracy>=NaN     | 'NaN' is not a number
            >=0.9                 | expected METRIC>=NUMBER
            """)
    void whatIsNoGateIsRefused(String text, String reason) {
        String message = assertThrows(ConfigurationException.class, () -> Gate.parse(text))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void aGateOfARunThatIsNotThereIsRefused() {
        String message = assertThrows(ConfigurationException.class, () -> failures("god:val_accuracy>=0.9"))
                .getMessage();
        assertTrue(message.contains("did you mean 'good'?"), message);
    }

    @Test
    void aBaselineIsMissedByMoreThanTheToleranceOnly() {
        assertEquals(List.of(), new Baseline(RESULTS, 0).check(RESULTS));
        SweepResults now = Results.of(
                Results.run("good", Results.seed(1, SweepResults.Status.DONE, 0.8125)),
                Results.run("poor", Results.seed(1, SweepResults.Status.DONE, 0.6)));
        assertEquals(List.of(), new Baseline(RESULTS, 0.0625).check(now));
        List<GateFailure> failures = new Baseline(RESULTS, 0.05).check(now);
        assertEquals(
                List.of(Metric.VAL_ACCURACY, Metric.TEST_ACCURACY),
                failures.stream().map(GateFailure::metric).toList());
        assertTrue(failures.get(0).toString().startsWith("good: val_accuracy is 0.8125; required >= 0.82"));
    }

    @Test
    void aRunOfTheBaselineThatIsGoneIsNamed() {
        List<GateFailure> failures =
                new Baseline(RESULTS, 0.1).check(Results.of(RESULTS.runs().get(0)));
        assertEquals("poor", failures.get(0).run());
    }

    @Test
    void aBaselineOfOtherDataIsRefused() {
        SweepResults other = new SweepResults(
                "",
                "",
                "",
                0,
                RESULTS.machine(),
                new SweepResults.DatasetFacts("other", "ef".repeat(32), 1, 1, 1, "test", List.of()),
                RESULTS.suite(),
                RESULTS.runs(),
                List.of());
        assertThrows(ConfigurationException.class, () -> new Baseline(other, 0.1).check(RESULTS));
    }
}
