package dev.convoke.train;

import dev.convoke.model.ModelSpec;
import java.util.Optional;

/**
 * One run: a network, how it is trained, seed and images.
 *
 * @param model network, with dropout rates, penalties and loss
 * @param resume a checkpoint of this run to continue from; takes precedence over {@code start}
 */
public record TrainJob(
        ModelSpec model, TrainConfig config, long seed, TrainData data, Start start, Optional<TrainProgress> resume) {}
