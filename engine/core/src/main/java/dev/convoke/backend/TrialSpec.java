package dev.convoke.backend;

import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;

/**
 * How the network of a session is trained.
 *
 * @param seed of weights, order, masks and augmentation
 * @param rule how gradients become updates
 * @param schedule learning rate by step
 * @param totalSteps steps of the whole run as planned, for schedules that end
 * @param firstEpoch the epoch at whose first step the schedule begins: the number of earlier epochs, for a run that
 *     continues another
 */
public record TrialSpec(long seed, UpdateRule rule, Schedule schedule, long totalSteps, int firstEpoch) {
    /** A run that begins with epoch 0. */
    public TrialSpec(long seed, UpdateRule rule, Schedule schedule, long totalSteps) {
        this(seed, rule, schedule, totalSteps, 0);
    }

    /** An update for each batch, nothing clipped. */
    public TrialSpec(long seed, Optimizer optimizer, Schedule schedule, long totalSteps) {
        this(seed, UpdateRule.of(optimizer), schedule, totalSteps);
    }

    public Optimizer optimizer() {
        return rule.optimizer();
    }
}
