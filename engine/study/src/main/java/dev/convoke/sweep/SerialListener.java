package dev.convoke.sweep;

import dev.convoke.train.EpochMetrics;
import dev.convoke.train.EpochProgress;
import java.util.List;

/** Lets a listener hear one event at a time. */
final class SerialListener implements SweepListener {
    private final SweepListener listener;

    SerialListener(SweepListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void sweepStarted(List<Trial> trials) {
        listener.sweepStarted(trials);
    }

    @Override
    public synchronized void warned(String message) {
        listener.warned(message);
    }

    @Override
    public synchronized void trialStarted(Trial trial, int epochsDone) {
        listener.trialStarted(trial, epochsDone);
    }

    @Override
    public synchronized void progress(Trial trial, EpochProgress progress) {
        listener.progress(trial, progress);
    }

    @Override
    public synchronized void epochEnded(Trial trial, EpochMetrics metrics) {
        listener.epochEnded(trial, metrics);
    }

    @Override
    public synchronized void trialEnded(Trial trial, SweepResults.SeedResults result) {
        listener.trialEnded(trial, result);
    }
}
