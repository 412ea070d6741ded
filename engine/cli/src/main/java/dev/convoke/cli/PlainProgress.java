package dev.convoke.cli;

import dev.convoke.sweep.SweepListener;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.Trial;
import dev.convoke.train.EpochMetrics;
import java.util.List;
import java.util.Locale;

/** A sweep as lines: one at a trial's end, and if wanted one an epoch. */
final class PlainProgress implements SweepListener {
    private final Console console;
    private final boolean everyEpoch;
    private int trials;
    private int ended;

    PlainProgress(Console console, boolean everyEpoch) {
        this.console = console;
        this.everyEpoch = everyEpoch;
    }

    @Override
    public void sweepStarted(List<Trial> all) {
        trials = all.size();
        console.remark(trials + (trials == 1 ? " trial" : " trials"));
    }

    @Override
    public void warned(String message) {
        console.remark("warning: " + message);
    }

    @Override
    public void trialStarted(Trial trial, int epochsDone) {
        if (everyEpoch || epochsDone > 0) {
            console.remark(trial.name() + (epochsDone > 0 ? "  continues after epoch " + epochsDone : "  starts"));
        }
    }

    @Override
    public void epochEnded(Trial trial, EpochMetrics epoch) {
        if (everyEpoch) {
            String name = trials == 1 ? "" : String.format(Locale.ROOT, "%-24s ", trial.name());
            console.remark(name + line(epoch, trial.run().settings().training().epochs()));
        }
    }

    /** An epoch in a line. */
    static String line(EpochMetrics epoch, int epochs) {
        return String.format(
                Locale.ROOT,
                "epoch %2d/%d  train %.4f %s  val %.4f %s  %5.1f s",
                epoch.epoch(),
                epochs,
                epoch.trainLoss(),
                percent(epoch.trainAccuracy()),
                epoch.valLoss(),
                percent(epoch.valAccuracy()),
                epoch.seconds());
    }

    /** Empty if the loss has no accuracy. */
    private static String percent(double share) {
        return Double.isNaN(share) ? " ".repeat(7) : String.format(Locale.ROOT, "%6.2f%%", 100 * share);
    }

    @Override
    public void trialEnded(Trial trial, SweepResults.SeedResults result) {
        ended++;
        String status = result.status().name().toLowerCase(Locale.ROOT);
        console.remark(trial.name() + "  " + status + (result.message().isEmpty() ? "" : ": " + result.message())
                + String.format(Locale.ROOT, "  (%d of %d, %.1f s)", ended, trials, result.seconds()));
    }
}
