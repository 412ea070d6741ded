package dev.convoke.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.sweep.SweepResults.Status;
import dev.convoke.train.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalSummaryTest {
    @Test
    void lines_fit_the_terminal_and_are_plain_ascii() {
        for (int columns : new int[] {80, 100}) {
            String text = overview(SampleSweep.report(5), columns);
            for (String line : text.lines().toList()) {
                assertTrue(line.length() <= columns, line);
                assertTrue(line.chars().allMatch(c -> c >= 0x20 && c <= 0x7e), line);
            }
        }
    }

    @Test
    void every_run_and_every_verdict_has_its_line() {
        SweepResults sweep = SampleSweep.report(1);
        List<String> lines = overview(sweep, 80).lines().toList();
        for (RunResults run : sweep.runs()) {
            assertEquals(
                    1,
                    lines.stream()
                            .filter(line -> line.startsWith(run.name() + " "))
                            .count(),
                    run.name());
        }
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("C1  undecided")));
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("C8  not tested")));
    }

    @Test
    void a_published_figure_outside_the_prediction_interval_is_flagged() {
        List<RunResults> runs = new ArrayList<>(SampleSweep.runs(5));
        runs.replaceAll(run -> run.name().equals("l2") ? lowered(run, 0.05) : run);
        String text = overview(SampleSweep.sweep("report", "mnist", runs), 80);
        assertTrue(line(text, "l2").endsWith("!"), text);
        assertTrue(text.contains("! outside the 95 % prediction interval of our seeds"), text);
    }

    @Test
    void a_continued_run_is_marked() {
        String text = overview(SampleSweep.report(1), 80);
        assertTrue(line(text, "patience-3 +").contains("1/1"), text);
        assertTrue(text.contains("+ continued: began with trained weights"));
    }

    @Test
    void a_sweep_of_ones_own_has_no_published_columns() {
        String text = overview(SampleSweep.grid(), 80);
        assertFalse(text.contains("notebook"));
        assertTrue(line(text, "width=2").contains("1/4"));
        assertTrue(line(text, "never-started").contains("0/1"));
    }

    @Test
    void other_data_have_verdicts_but_no_published_figures() {
        String text = overview(SampleSweep.onDigits(5), 80);
        assertFalse(text.contains("notebook"), text);
        assertTrue(text.contains("claims tested as hypotheses: the data is digits, the suite is about mnist"), text);
        assertFalse(text.contains("not comparable"), text);
        assertTrue(line(text, "C1 ").contains("confirmed"), text);
    }

    @Test
    void figures_of_other_images_or_settings_show_no_differences_and_say_why() {
        String sound = overview(SampleSweep.builtIn("report-sound", 1), 80);
        assertTrue(line(sound, "base-adam").endsWith(" -"), sound);
        assertTrue(sound.contains("the notebook's figures are validated on"), sound);
        String described = overview(SampleSweep.builtIn("report-as-described", 1), 80);
        assertFalse(line(described, "base-adam").endsWith(" -"), described);
        assertTrue(line(described, "l1").endsWith(" -"), described);
        assertTrue(described.contains("No difference is taken for l1, l2, batch-norm"), described);
    }

    private static String line(String text, String start) {
        return text.lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
    }

    private static String overview(SweepResults results, int columns) {
        return TerminalSummary.of(results.withClaims(ClaimJudge.judge(results)), columns);
    }

    static RunResults lowered(RunResults run, double by) {
        List<SeedResults> seeds = run.seeds().stream()
                .map(seed -> new SeedResults(
                        seed.seed(),
                        Status.DONE,
                        "",
                        1,
                        seed.epochs().stream()
                                .map(e -> new EpochMetrics(
                                        e.epoch(),
                                        1,
                                        1,
                                        e.trainLoss(),
                                        0,
                                        e.trainAccuracy(),
                                        e.valLoss(),
                                        0,
                                        e.valAccuracy() - by))
                                .toList(),
                        1,
                        false,
                        15,
                        seed.test()))
                .toList();
        return new RunResults(run.name(), "", List.of(), 1, run.parameters(), run.layers(), run.startFrom(), seeds);
    }
}
