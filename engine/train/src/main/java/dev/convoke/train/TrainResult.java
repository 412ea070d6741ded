package dev.convoke.train;

import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param message why it diverged or where it stopped; empty for a finished run
 * @param history whole epochs, those before a resume included
 * @param seconds wall time of the epochs and the final evaluation
 * @param bestEpoch by validation loss, or by what early stopping monitors; from 1, 0 where no epoch was finished
 * @param stoppedEarly whether early stopping ended the run before its last epoch
 * @param finalEpoch the epoch of the final state: the best one where that is restored, else the last
 * @param model present for a finished run
 */
public record TrainResult(
        Outcome outcome,
        String message,
        List<EpochMetrics> history,
        double seconds,
        int bestEpoch,
        boolean stoppedEarly,
        int finalEpoch,
        Optional<FinalModel> model) {
    public TrainResult {
        history = List.copyOf(history);
    }

    /** How a run ended. */
    public enum Outcome {
        FINISHED,
        /** A loss became infinite, not a number, or absurdly large. */
        DIVERGED,
        /** The run was cancelled. */
        CANCELLED
    }
}
