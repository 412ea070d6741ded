package dev.convoke.report.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.report.SampleSweep;
import dev.convoke.report.measure.SweepComparison.Answer;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.sweep.SweepResults.Status;
import dev.convoke.train.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two sweeps whose differences are known. */
class SweepComparisonTest {
    private static final double MARGIN = 0.002;
    private static final double[] SEEDS = {0.987, 0.988, 0.986, 0.9875, 0.9865};

    @Test
    void whatIsLowerBeyondChanceIsWorse() {
        SweepComparison.Row row = only(moved(-0.004, -0.005, -0.006, -0.005, -0.0045));
        assertEquals(Answer.WORSE, row.answer());
        assertEquals(5, row.difference().n());
        assertEquals(-0.0049, row.difference().mean(), 1e-12);
        assertTrue(row.pWorse() < 0.001, "p " + row.pWorse());
    }

    @Test
    void whatDiffersByLittleIsNotWorse() {
        // Mean 0, SD 0.000 79: t against -0.002 is 5.66 with 4 degrees of freedom, p one-sided 0.0024.
        SweepComparison.Row row = only(moved(-0.001, 0.001, 0, -0.0005, 0.0005));
        assertEquals(Answer.NOT_WORSE, row.answer());
        assertEquals(0.0024, row.pNotWorse(), 5e-5);
        assertEquals(0.5, row.pWorse(), 1e-9);
    }

    @Test
    void whatScattersIsUndecided() {
        assertEquals(Answer.UNDECIDED, only(moved(-0.02, 0.02, -0.01, 0.01, 0)).answer());
        assertEquals(Answer.UNDECIDED, only(moved(-0.02)).answer(), "one pair has no spread");
    }

    @Test
    void equalBitsAreNotWorse() {
        SweepComparison.Row row = only(moved(0, 0, 0, 0, 0));
        assertEquals(Answer.NOT_WORSE, row.answer());
        assertTrue(Double.isNaN(row.pWorse()));
    }

    @Test
    void seedsThatOneSideDidNotTrainToTheEndAreLeftOut() {
        RunResults whole = moved(0, 0.001, 0, 0, 0);
        List<SeedResults> seeds = new ArrayList<>(whole.seeds());
        SeedResults lost = seeds.remove(0);
        seeds.add(
                new SeedResults(lost.seed(), Status.DIVERGED, "NaN", 1, lost.epochs(), 1, false, 1, Optional.empty()));
        RunResults some = new RunResults("base-adam", "", List.of(), 1, Map.of(), List.of(), Optional.empty(), seeds);
        assertEquals(4, only(some).difference().n());
    }

    @Test
    void seedsWithoutAFiniteFigureAreLeftOut() {
        assertEquals(4, only(moved(0, 0.001, Double.NaN, 0, 0)).difference().n());
    }

    @Test
    void otherImagesOrNoCommonRunIsRefused() {
        SweepResults digits = SampleSweep.sweep("report", "digits", List.of(moved(0, 0)));
        assertThrows(ConfigurationException.class, () -> SweepComparison.of(digits, before(), MARGIN));
        SweepResults none = SampleSweep.sweep("report", "mnist", List.of());
        assertThrows(ConfigurationException.class, () -> SweepComparison.of(none, before(), MARGIN));
    }

    private static SweepComparison.Row only(RunResults now) {
        SweepComparison comparison =
                SweepComparison.of(SampleSweep.sweep("report", "mnist", List.of(now)), before(), MARGIN);
        assertEquals(1, comparison.rows().size());
        return comparison.rows().get(0);
    }

    private static SweepResults before() {
        return SampleSweep.sweep("report", "mnist", List.of(moved(0, 0, 0, 0, 0)));
    }

    /** The first seeds, each moved by so much. */
    private static RunResults moved(double... by) {
        List<SeedResults> seeds = new ArrayList<>();
        for (int i = 0; i < by.length; i++) {
            EpochMetrics epoch = new EpochMetrics(1, 1, 0.001, 0.1, 0, 0.98, 0.05, 0, SEEDS[i] + by[i]);
            seeds.add(new SeedResults(i + 1, Status.DONE, "", 1, List.of(epoch), 1, false, 1, Optional.empty()));
        }
        return new RunResults("base-adam", "", List.of(), 1, Map.of(), List.of(), Optional.empty(), seeds);
    }
}
