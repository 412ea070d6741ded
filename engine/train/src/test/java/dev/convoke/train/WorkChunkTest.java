package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Program;
import org.junit.jupiter.api.Test;

class WorkChunkTest {
    private static final Program PROGRAM = Program.compile(TinyRun.model(), TinyRun.BATCH, 46, Precision.FLOAT32);
    /** Slices add up in another order than the whole; float64 sums of 24 losses agree to far better than this. */
    private static final double ROUNDING = 1e-12;

    @Test
    void aSlowBackendIsHandedLessAtATime() {
        WorkChunk slow = WorkChunk.of(new ReferenceBackend(), PROGRAM);
        WorkChunk fast = WorkChunk.of(ScriptedBackend.validating(1), PROGRAM);
        assertTrue(slow.steps() < fast.steps(), slow + " " + fast);
        assertEquals(0, slow.images() % Program.EVALUATION_BATCH);
        assertTrue(slow.steps() >= 1 && slow.images() >= Program.EVALUATION_BATCH);
    }

    @Test
    void slicesAnswerLikeTheWhole() {
        ImageSet images = TinyData.images(24, 5);
        TrialSpec trial = new TrialSpec(1, Optimizer.Adam.DEFAULT, new Schedule.Constant(0.1), 10);
        SessionRequest request = new SessionRequest(
                Program.compile(TinyRun.model(), 1, 24, Precision.FLOAT32),
                images,
                Augmentation.NONE,
                trial,
                Execution.SINGLE_THREAD);
        try (Session session = new ReferenceBackend().open(request)) {
            Evaluation whole = session.evaluate(images);
            Evaluation sliced = new ChunkedEvaluation(images, 7)
                    .run(session, new Cancellation())
                    .orElseThrow();
            assertArrayEquals(whole.predictions(), sliced.predictions());
            assertArrayEquals(whole.confidence(), sliced.confidence());
            assertEquals(whole.correct(), sliced.correct());
            assertEquals(whole.loss(), sliced.loss(), ROUNDING);
        }
    }

    @Test
    void aCancelledEvaluationGivesNothing() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        assertTrue(new ChunkedEvaluation(TinyData.images(4, 1), 2)
                .run(ScriptedBackend.validating(1).open(request()), cancellation)
                .isEmpty());
    }

    private static SessionRequest request() {
        TrialSpec trial = new TrialSpec(1, Optimizer.Adam.DEFAULT, new Schedule.Constant(0.1), 10);
        return new SessionRequest(PROGRAM, TinyData.images(46, 1), Augmentation.NONE, trial, Execution.SINGLE_THREAD);
    }
}
