package dev.convoke.train;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.TrialSpec;
import dev.convoke.plan.Program;

/**
 * Trains one run on one backend: epochs in ranges of steps, validation after each, early stopping, the test set at the end.
 *
 * <p>The results of a run depend only on its configuration, seed, images, backend and execution: not on timing, concurrent
 * work, or whether it was interrupted and resumed at the end of an epoch.
 */
public final class Trainer {
    private final Backend backend;
    private final Execution execution;

    public Trainer(Backend backend, Execution execution) {
        this.backend = backend;
        this.execution = execution;
    }

    /**
     * Trains to the end, to divergence, or until cancelled. Session and callbacks live on the calling thread.
     *
     * @throws dev.convoke.model.ModelException if the model does not fit the images
     * @throws dev.convoke.backend.DeviceException if the backend cannot run it
     * @throws CheckpointException if the state to start from does not fit the model
     */
    public TrainResult run(TrainJob job, TrainListener listener, CheckpointSink sink, Cancellation cancellation) {
        TrainConfig config = job.config();
        Program program = Program.compile(
                job.model(), config.batchSize(), job.data().training().count(), execution.precision());
        TrialSpec trial =
                config.trial(job.seed(), program.stepsPerEpoch(), job.start().epochsBefore());
        SessionRequest request =
                new SessionRequest(program, job.data().training(), config.augmentation(), trial, execution);
        try (Session session = backend.open(request)) {
            WorkChunk chunk = WorkChunk.of(backend, program);
            TrainResult result = new TrainRun(job, trial, session, chunk, listener, sink, cancellation).run();
            listener.runEnded(result);
            return result;
        }
    }
}
