package dev.convoke.train;

import dev.convoke.backend.NamedTensors;
import java.util.List;

/**
 * A run as it stands after an epoch: enough to go on with the same bits. The counters of early stopping follow from the
 * history.
 *
 * @param history epochs so far, not empty
 * @param state parameters, statistics and optimizer state after the last of them
 * @param best the same after the best epoch; {@code state} itself where that is the last, or where nobody asks for it
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
