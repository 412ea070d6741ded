package dev.convoke.backend;

import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;

/**
 * How the network of a session is trained.
 *
 * @param seed of weights, order, masks and augmentation
 * @param rule from gradients to updates
 * @param schedule learning rate by step
 * @param totalSteps steps of the whole run as planned, for schedules that end
 */
public record TrialSpec(long seed, UpdateRule rule, Schedule schedule, long totalSteps) {
    /** An update for each batch, nothing clipped. */
    public TrialSpec(long seed, Optimizer optimizer, Schedule schedule, long totalSteps) {
        this(seed, UpdateRule.of(optimizer), schedule, totalSteps);
    }

    public Optimizer optimizer() {
        return rule.optimizer();
    }
}
