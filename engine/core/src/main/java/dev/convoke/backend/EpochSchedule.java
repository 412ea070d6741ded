package dev.convoke.backend;

import dev.convoke.model.Schedule;
import dev.convoke.plan.Program;

/** The learning rate of a training by epoch and step. */
public final class EpochSchedule {
    private final Schedule schedule;
    private final int stepsPerEpoch;
    private final long totalSteps;
    private final int firstEpoch;
    private double scale = 1;

    /**
     * @param schedule learning rate by step of the run
     * @param stepsPerEpoch steps of an epoch, the remainder included
     * @param totalSteps steps of the whole run as planned
     */
    public EpochSchedule(Schedule schedule, int stepsPerEpoch, long totalSteps) {
        this(schedule, stepsPerEpoch, totalSteps, 0);
    }

    private EpochSchedule(Schedule schedule, int stepsPerEpoch, long totalSteps, int firstEpoch) {
        this.schedule = schedule;
        this.stepsPerEpoch = stepsPerEpoch;
        this.totalSteps = totalSteps;
        this.firstEpoch = firstEpoch;
    }

    public static EpochSchedule of(TrialSpec trial, Program program) {
        return new EpochSchedule(trial.schedule(), program.stepsPerEpoch(), trial.totalSteps(), trial.firstEpoch());
    }

    /** Steps of an epoch. */
    public int stepsPerEpoch() {
        return stepsPerEpoch;
    }

    /** From now on every rate is multiplied by {@code factor}, which takes the place of an earlier one. */
    public void scale(double factor) {
        scale = factor;
    }

    /**
     * The rate at {@code step} of {@code epoch}: the schedule's at step {@code (epoch - firstEpoch) * stepsPerEpoch + step} of
     * the run.
     */
    public double rate(int epoch, int step) {
        long runStep = (long) (epoch - firstEpoch) * stepsPerEpoch + step;
        return scale * schedule.rate(runStep, stepsPerEpoch, totalSteps);
    }

    /**
     * Checks a range of steps.
     *
     * @throws IllegalArgumentException if the epoch does not have the steps {@code fromStep .. toStep - 1}
     */
    public void checkRange(int epoch, int fromStep, int toStep) {
        if (epoch < 0 || fromStep < 0 || toStep < fromStep || toStep > stepsPerEpoch) {
            throw new IllegalArgumentException("epoch " + epoch + " has no steps " + fromStep + " to " + toStep
                    + "; an epoch has " + stepsPerEpoch + " steps");
        }
    }
}
