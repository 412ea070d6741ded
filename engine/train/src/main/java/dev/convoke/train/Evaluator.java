package dev.convoke.train;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StateLayout;
import dev.convoke.backend.TrialSpec;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Program;
import java.util.Optional;

/** Runs images through a trained network. */
public final class Evaluator {
    /** Of a session that trains nothing. */
    private static final UpdateRule RULE = UpdateRule.of(Optimizer.Sgd.DEFAULT);

    private Evaluator() {}

    /**
     * Runs {@code images} through a trained network. The state is checked against the network before a backend allocates
     * memory, so that a small file cannot cause a large allocation.
     *
     * @param state parameters and running statistics; of the optimizer state, the moving averages of the weights are used
     *     if present
     * @return empty if cancelled
     * @throws CheckpointException if {@code model} is invalid, or {@code state} does not match it; the message names the
     *     layer or the tensor
     * @throws dev.convoke.backend.DeviceException if the backend cannot run the model
     */
    public static Optional<Evaluation> evaluate(
            Backend backend,
            Execution execution,
            ModelSpec model,
            NamedTensors state,
            ImageSet images,
            Cancellation cancellation) {
        Program program = compile(model, images, execution);
        NamedTensors network = StateLayout.answering(state);
        checkFits(network, program);
        TrialSpec trial = new TrialSpec(0, RULE, new Schedule.Constant(1), 1);
        SessionRequest request = new SessionRequest(program, images, Augmentation.NONE, trial, execution);
        try (Session session = backend.open(request)) {
            session.restore(network, 0);
            int portion = WorkChunk.of(backend, program).images();
            return new ChunkedEvaluation(images, portion).run(session, cancellation);
        }
    }

    private static Program compile(ModelSpec model, ImageSet images, Execution execution) {
        try {
            return Program.compile(model, 1, images.count(), execution.precision());
        } catch (ModelException e) {
            throw new CheckpointException("the saved model cannot be: " + e.getMessage(), e);
        }
    }

    private static void checkFits(NamedTensors network, Program program) {
        try {
            StateLayout.of(program.evaluation(), RULE).check(network);
        } catch (IllegalArgumentException e) {
            String name = program.evaluation().model().name();
            throw new CheckpointException(
                    "the saved weights do not fit the model '" + name + "': " + e.getMessage(), e);
        }
    }
}
