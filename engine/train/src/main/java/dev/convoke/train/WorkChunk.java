package dev.convoke.train;

import dev.convoke.backend.Backend;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;

/**
 * How much work a session is handed at a time: short enough that a stop is honoured within a second, long enough that the
 * calls cost nothing.
 *
 * <p>Sums of floating-point numbers depend on where they are cut. A portion therefore follows from the work in a step and
 * from a nominal speed of the backend, never from a clock: a run's figures are the same on a busy machine.
 *
 * @param steps training steps at a time
 * @param images evaluated images at a time, a multiple of the evaluation batch
 */
record WorkChunk(int steps, int images) {
    private static final double SECONDS = 0.25;

    static WorkChunk of(Backend backend, Program program) {
        double budget = SECONDS * backend.nominalFlopsPerSecond();
        Plan plan = program.full();
        double step = (double) Math.max(1, Flops.training(plan)) * plan.batch();
        double batch = (double) Math.max(1, Flops.forward(program.evaluation())) * Program.EVALUATION_BATCH;
        return new WorkChunk(
                atLeastOne(budget / step), atLeastOne(Math.min(budget / batch, 1e6)) * Program.EVALUATION_BATCH);
    }

    private static int atLeastOne(double count) {
        return (int) Math.max(1, Math.min(count, Integer.MAX_VALUE));
    }
}
