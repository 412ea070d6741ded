package dev.convoke.backend;

import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Program;

/** A network, its images and how it is trained: what both sides of a comparison are opened with. */
public record Scenario(
        ModelSpec model,
        int batch,
        ImageSet images,
        Augmentation augmentation,
        UpdateRule rule,
        Schedule schedule,
        long seed,
        int evaluationBatch) {
    private static final long SEED = 20_240_501;
    private static final int EPOCHS = 4;

    /**
     * Images that a session evaluates at a time, unless a test asks for the usual number: a session runs its evaluation
     * network when it opens, and on 250 images that would be most of what a contract computes.
     */
    private static final int EVALUATION_BATCH = 8;

    /** Plain SGD on {@code count} random pictures, with targets such as the loss wants. */
    public static Scenario of(ModelSpec model, int batch, int count) {
        return new Scenario(
                model,
                batch,
                Pictures.forModel(model, count),
                Augmentation.NONE,
                UpdateRule.of(Optimizer.Sgd.DEFAULT),
                new Schedule.Constant(0.05),
                SEED,
                EVALUATION_BATCH);
    }

    public Scenario with(ImageSet changed) {
        return new Scenario(model, batch, changed, augmentation, rule, schedule, seed, evaluationBatch);
    }

    public Scenario with(Augmentation changed) {
        return new Scenario(model, batch, images, changed, rule, schedule, seed, evaluationBatch);
    }

    public Scenario with(UpdateRule changed) {
        return new Scenario(model, batch, images, augmentation, changed, schedule, seed, evaluationBatch);
    }

    /** An update for each batch, nothing clipped. */
    public Scenario with(Optimizer changed) {
        return with(UpdateRule.of(changed));
    }

    public Scenario with(Schedule changed) {
        return new Scenario(model, batch, images, augmentation, rule, changed, seed, evaluationBatch);
    }

    public Scenario with(ModelSpec changed) {
        return new Scenario(changed, batch, images, augmentation, rule, schedule, seed, evaluationBatch);
    }

    public Scenario withBatch(int changed) {
        return new Scenario(model, changed, images, augmentation, rule, schedule, seed, evaluationBatch);
    }

    /** With the evaluation batch of every program that is trained. */
    public Scenario withUsualEvaluationBatch() {
        return new Scenario(model, batch, images, augmentation, rule, schedule, seed, Program.EVALUATION_BATCH);
    }

    public Scenario withSeed(long changed) {
        return new Scenario(model, batch, images, augmentation, rule, schedule, changed, evaluationBatch);
    }

    public Program program(Execution execution) {
        return Program.compile(model, batch, images.count(), evaluationBatch, execution.precision());
    }

    public TrialSpec trial(Program program) {
        return new TrialSpec(seed, rule, schedule, (long) EPOCHS * program.stepsPerEpoch());
    }

    public SessionRequest request(Execution execution) {
        Program program = program(execution);
        return new SessionRequest(program, images, augmentation, trial(program), execution);
    }
}
