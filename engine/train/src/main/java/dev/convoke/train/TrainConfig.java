package dev.convoke.train;

import dev.convoke.backend.TrialSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import java.util.Optional;

/**
 * How a network is trained: all but the network, the seed and the data.
 *
 * @param rule from gradients to updates
 * @param schedule learning rate by step of the run
 * @param epochs at most
 * @param batchSize images a step; an epoch's last batch may be smaller
 * @param augmentation of the training images
 * @param earlyStopping when to end before {@code epochs}
 * @param plateau when to lower the rate
 */
public record TrainConfig(
        UpdateRule rule,
        Schedule schedule,
        int epochs,
        int batchSize,
        Augmentation augmentation,
        Optional<EarlyStopping> earlyStopping,
        Optional<Plateau> plateau) {

    /** An update for each batch, at a rate that the schedule alone decides. */
    public TrainConfig(
            Optimizer optimizer,
            Schedule schedule,
            int epochs,
            int batchSize,
            Augmentation augmentation,
            Optional<EarlyStopping> earlyStopping) {
        this(UpdateRule.of(optimizer), schedule, epochs, batchSize, augmentation, earlyStopping, Optional.empty());
    }

    public Optimizer optimizer() {
        return rule.optimizer();
    }

    /**
     * The same for a session.
     *
     * @param stepsPerEpoch of the program
     * @param epochsBefore epochs of the runs that this one continues; they offset the random numbers but not the schedule
     */
    public TrialSpec trial(long seed, int stepsPerEpoch, int epochsBefore) {
        return new TrialSpec(seed, rule, schedule, (long) epochs * stepsPerEpoch, epochsBefore);
    }
}
