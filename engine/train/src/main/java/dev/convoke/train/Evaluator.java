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
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Program;
import java.util.Optional;
import java.util.function.Supplier;

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
        Program program = compile(() -> Program.compile(model, 1, images.count(), execution.precision()));
        try (Session session = open(backend, execution, program, state, images)) {
            int portion = WorkChunk.of(backend, program).images();
            return new ChunkedEvaluation(images, portion).run(session, cancellation);
        }
    }

    /**
     * Opens a session that evaluates {@code batch} images at a time.
     *
     * @param state as for {@link #evaluate}
     * @throws CheckpointException if {@code model} cannot be, or {@code state} does not fit it
     * @throws dev.convoke.backend.DeviceException if the backend cannot run the model
     */
    static Session open(Backend backend, Execution execution, ModelSpec model, NamedTensors state, int batch) {
        Program program = compile(() -> Program.compile(model, batch, batch, batch, execution.precision()));
        ImageShape shape = model.input();
        // A session is asked for with training images, which this one never sees.
        ImageSet blank = new ImageSet(
                shape.height(), shape.width(), shape.channels(), new byte[batch * shape.size()], new int[batch]);
        return open(backend, execution, program, state, blank);
    }

    private static Session open(
            Backend backend, Execution execution, Program program, NamedTensors state, ImageSet images) {
        NamedTensors network = StateLayout.answering(state);
        checkFits(network, program);
        TrialSpec trial = new TrialSpec(0, RULE, new Schedule.Constant(1), 1);
        Session session = backend.open(new SessionRequest(program, images, Augmentation.NONE, trial, execution));
        try {
            session.restore(network, 0);
            return session;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    private static Program compile(Supplier<Program> compiler) {
        try {
            return compiler.get();
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
