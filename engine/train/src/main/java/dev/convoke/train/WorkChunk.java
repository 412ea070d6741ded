package dev.convoke.train;

import dev.convoke.backend.Backend;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;

/**
 * The amount of work that is passed to a session in one call: small enough to react to cancellation within a second, large
 * enough that the overhead of calls is negligible.
 *
 * <p>Floating-point sums depend on how they are divided. The chunk size is therefore computed from the work in a step and a
 * nominal speed of the backend, never from measured time, so that results are the same on a busy machine.
 *
 * @param steps training steps per call
 * @param images evaluated images per call, a multiple of the evaluation batch
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
