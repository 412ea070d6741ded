package dev.convoke.train;

import dev.convoke.backend.NamedTensors;
import java.util.List;

/**
 * The state of a run after an epoch, sufficient to continue with bitwise identical results. The counters of early stopping
 * are derived from the history.
 *
 * @param history epochs so far, not empty
 * @param state parameters, statistics and optimizer state after the last of them
 * @param best the same after the best epoch; {@code state} itself if that is the last epoch, or if it is not needed
 */
public record TrainProgress(List<EpochMetrics> history, NamedTensors state, NamedTensors best) {
    public TrainProgress {
        history = List.copyOf(history);
        if (history.isEmpty()) {
            throw new IllegalArgumentException("progress begins with the first epoch");
        }
    }

    /** Epochs done. */
    public int epoch() {
        return history.size();
    }
}
