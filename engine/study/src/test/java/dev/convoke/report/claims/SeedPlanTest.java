package dev.convoke.report.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Numbers of seeds are those of statistics.py in the resources of {@code report.statistics}. */
class SeedPlanTest {
    private static final double POWER = 0.8;

    private static SeedPlan.Row row(SeedPlan plan, String statement) {
        return plan.rows().stream()
                .filter(row -> row.statement().equals(statement))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void deviations_of_an_earlier_sweep_say_how_many_seeds_a_claim_needs() {
        SweepResults recorded =
                ResultsJson.read(Path.of("..", "..", "bench", "results", "mnist-report-5-seeds", "results.json"));
        SeedPlan plan = SeedPlan.of(
                Suites.load("report").study().claims(), Optional.of(recorded), OptionalDouble.of(0.001), POWER);
        assertEquals(6, plan.judged(), "two of eight claims are not tested");
        assertEquals(7, plan.fewestForRanks());
        SeedPlan.Row dropout = row(plan, "val_accuracy: dropout-0.3 vs base-adam");
        assertEquals(Optional.of(44), dropout.seeds());
        assertEquals(SeedPlan.Basis.NAMED, dropout.basis());
        SeedPlan.Row blocks = row(plan, "val_accuracy: four-blocks vs base-adam");
        assertEquals(Optional.of(6), blocks.seeds());
        assertEquals(SeedPlan.Basis.CLAIM, blocks.basis());
        assertEquals(
                Optional.empty(),
                row(plan, "val_loss: four-blocks vs base-adam").seeds(),
                "no size is claimed");
        assertTrue(row(plan, "val_accuracy: base-adam vs lr-0.01").twoGroups());
    }

    @Test
    void without_an_earlier_sweep_nothing_is_guessed() {
        SeedPlan plan =
                SeedPlan.of(Suites.load("report").study().claims(), Optional.empty(), OptionalDouble.empty(), POWER);
        assertEquals(
                List.of(),
                plan.rows().stream().filter(row -> row.seeds().isPresent()).toList());
    }
}
