package dev.convoke.report.measure;

import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;

/** Whether early stopping had a say in a run's figures. */
public final class EarlyStops {
    private EarlyStops() {}

    /** Whether the run was trained with early stopping, whether or not it ended a seed. */
    public static boolean in(RunResults run) {
        return run.seeds().stream().anyMatch(SeedResults::stoppedEarly)
                || FlatSettings.of(run).keySet().stream().anyMatch(key -> key.startsWith("early_stopping."));
    }
}
