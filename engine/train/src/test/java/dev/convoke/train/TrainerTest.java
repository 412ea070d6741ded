package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.model.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final double[] FALLING_THEN_RISING = {0.9, 0.5, 0.7, 0.8, 0.6, 0.4};

    private static EarlyStopping patience(int patience, boolean restoreBest) {
        return new EarlyStopping(EarlyStopping.Monitor.VAL_LOSS, patience, 0, restoreBest);
    }

    @Test
    void aSmallNetworkLearnsItsThreeClasses() {
        TrainResult result = TinyRun.train(new ReferenceBackend(), TinyRun.job(TinyRun.config(12, Optional.empty())));
        assertEquals(TrainResult.Outcome.FINISHED, result.outcome());
        assertEquals(12, result.history().size());
        // The classes differ by a bright band; a network that learns at all gets nine of ten right.
        assertTrue(
                result.history().get(11).valAccuracy() > 0.9,
                () -> result.history().toString());
        assertEquals(
                result.history().get(11).valLoss(),
                result.model().orElseThrow().test().loss());
    }

    @Test
    void theSameRunTwiceGivesTheSameBits() {
        TrainJob job = TinyRun.job(TinyRun.config(2, Optional.empty()));
        assertSameBits(TinyRun.train(new ReferenceBackend(), job), TinyRun.train(new ReferenceBackend(), job));
    }

    @Test
    void aRunResumedAfterAnyEpochGivesTheBitsOfOneThatWasNotInterrupted(@TempDir Path folder) {
        TrainConfig config = TinyRun.config(TinyRun.EPOCHS, Optional.of(patience(3, true)));
        List<Path> checkpoints = new ArrayList<>();
        TrainResult whole = new Trainer(new ReferenceBackend(), Execution.SINGLE_THREAD)
                .run(
                        TinyRun.job(config),
                        TrainListener.SILENT,
                        progress -> {
                            Path file = folder.resolve("epoch-" + progress.epoch());
                            new Checkpoint(CheckpointTest.CARD, progress).write(file);
                            checkpoints.add(file);
                        },
                        new Cancellation());
        assertEquals(whole.history().size(), checkpoints.size());
        for (Path file : checkpoints) {
            TrainProgress progress = Checkpoint.read(file).progress();
            TrainJob job =
                    new TrainJob(TinyRun.model(), config, 1, TinyRun.data(), new Start.Fresh(), Optional.of(progress));
            assertSameBits(whole, TinyRun.train(new ReferenceBackend(), job));
        }
    }

    @Test
    void aContinuedRunGoesOnCountingStepsAndEpochs() {
        // A schedule begins anew with the run; chance and bias correction go on.
        Schedule constant = new Schedule.Constant(0.01);
        TrainResult four = TinyRun.train(new ReferenceBackend(), TinyRun.job(TinyRun.config(4, constant)));
        TrainResult first = TinyRun.train(new ReferenceBackend(), TinyRun.job(TinyRun.config(2, constant)));
        TrainResult second = TinyRun.train(new ReferenceBackend(), after(first, TinyRun.config(2, constant)));
        assertEquals(2, second.history().size());
        assertEquals(1, second.history().get(0).epoch());
        // Two epochs and two more are four.
        assertSameState(
                four.model().orElseThrow().state(), second.model().orElseThrow().state());
        assertEquals(4, second.model().orElseThrow().epochs());
        assertEquals(20, second.model().orElseThrow().steps());
    }

    /** A run that goes on from another one's final state. */
    private static TrainJob after(TrainResult first, TrainConfig config) {
        FinalModel behind = first.model().orElseThrow();
        Start start = new Start.Continued(behind.state(), behind.steps(), behind.epochs());
        return new TrainJob(TinyRun.model(), config, 1, TinyRun.data(), start, Optional.empty());
    }

    @Test
    void theScheduleOfAContinuedRunBeginsAtItsOwnFirstStep() {
        TrainResult first =
                TinyRun.train(new ReferenceBackend(), TinyRun.job(TinyRun.config(3, new Schedule.Constant(0.01))));
        Schedule schedule = new Schedule.WarmUp(5, new Schedule.Step(0.01, 1, 0.5));
        TrainResult second = TinyRun.train(new ReferenceBackend(), after(first, TinyRun.config(3, schedule)));
        assertEquals(
                List.of(0.01, 0.01, 0.005),
                second.history().stream().map(EpochMetrics::learningRate).toList());
        assertNotEquals(
                first.history().get(0).trainLoss(), second.history().get(0).trainLoss(), "it goes on, not anew");
    }

    @Test
    void earlyStoppingEndsTheRunWhenItsPatienceIsUsedUp() {
        ScriptedBackend backend = ScriptedBackend.validating(FALLING_THEN_RISING);
        TrainResult result = TinyRun.train(backend, TinyRun.job(TinyRun.config(6, Optional.of(patience(2, false)))));
        assertEquals(4, result.history().size());
        assertTrue(result.stoppedEarly());
        assertEquals(2, result.bestEpoch());
        assertEquals(4, result.finalEpoch());
        assertEquals(4, result.model().orElseThrow().state().get("epochs").values()[0]);
    }

    @Test
    void restoringTheBestEndsWithTheWeightsStepsAndAnswersOfTheBestEpoch() {
        ScriptedBackend backend = ScriptedBackend.validating(FALLING_THEN_RISING);
        TrainResult result = TinyRun.train(backend, TinyRun.job(TinyRun.config(6, Optional.of(patience(2, true)))));
        assertEquals(2, result.finalEpoch());
        assertEquals(2, result.model().orElseThrow().state().get("epochs").values()[0]);
        assertEquals(10, result.model().orElseThrow().steps());
        assertEquals(0.5, result.model().orElseThrow().test().loss());
    }

    @Test
    void theBestIsRestoredToWhereNothingStoppedEarly() {
        ScriptedBackend backend = ScriptedBackend.validating(0.9, 0.5, 0.7);
        TrainResult result = TinyRun.train(backend, TinyRun.job(TinyRun.config(3, Optional.of(patience(5, true)))));
        assertFalse(result.stoppedEarly());
        assertEquals(2, result.finalEpoch());
    }

    @Test
    void aHeldOutRunAnswersTheTestSetOnce() {
        ScriptedBackend backend = ScriptedBackend.validating(0.9, 0.8, 0.7);
        TrainData data = new Validation.HeldOut(6).split(TinyData.dataset(), 1);
        TrainJob job = new TrainJob(
                TinyRun.model(), TinyRun.config(3, Optional.empty()), 1, data, new Start.Fresh(), Optional.empty());
        TinyRun.train(backend, job);
        assertEquals(4, backend.evaluated.size());
        assertEquals(List.of(6, 6, 6, 24), backend.slices);
        assertSame(data.test(), backend.evaluated.get(3));
    }

    @Test
    void aRunWhoseTrainingLossIsNotANumberHasDivergedAndSaysWhere() {
        ScriptedBackend backend = new ScriptedBackend(new double[] {1, Double.NaN, 1}, new double[] {1, 1, 1});
        TrainResult result = TinyRun.train(backend, TinyRun.job(TinyRun.config(3, Optional.empty())));
        assertEquals(TrainResult.Outcome.DIVERGED, result.outcome());
        assertEquals(1, result.history().size());
        assertTrue(result.message().contains("epoch 2"), result.message());
        assertTrue(result.model().isEmpty());
    }

    @Test
    void aRunWhoseValidationLossIsInfiniteHasDiverged() {
        ScriptedBackend backend = ScriptedBackend.validating(1, Double.POSITIVE_INFINITY);
        TrainResult result = TinyRun.train(backend, TinyRun.job(TinyRun.config(2, Optional.empty())));
        assertEquals(TrainResult.Outcome.DIVERGED, result.outcome());
        assertTrue(result.message().contains("validation"), result.message());
    }

    @Test
    void aCancelledRunStopsAtTheNextRangeOfSteps() {
        ScriptedBackend backend = ScriptedBackend.validating(1, 1, 1);
        Cancellation cancellation = new Cancellation();
        TrainListener afterTheFirstEpoch = new TrainListener() {
            @Override
            public void epochEnded(EpochMetrics metrics) {
                cancellation.cancel();
            }
        };
        TrainResult result = new Trainer(backend, Execution.SINGLE_THREAD)
                .run(
                        TinyRun.job(TinyRun.config(3, Optional.empty())),
                        afterTheFirstEpoch,
                        CheckpointSink.NONE,
                        cancellation);
        assertEquals(TrainResult.Outcome.CANCELLED, result.outcome());
        assertEquals(1, result.history().size());
        assertEquals(List.of("0:0-5"), backend.ranges);
    }

    @Test
    void listenersHearOfImagesEpochsAndTheEnd() {
        List<String> heard = new ArrayList<>();
        TrainListener listener = new TrainListener() {
            @Override
            public void progress(EpochProgress progress) {
                heard.add(progress.images() + " of " + progress.totalImages());
            }

            @Override
            public void epochEnded(EpochMetrics metrics) {
                heard.add("epoch " + metrics.epoch());
            }

            @Override
            public void runEnded(TrainResult result) {
                heard.add("end");
            }
        };
        new Trainer(ScriptedBackend.validating(1), Execution.SINGLE_THREAD)
                .run(
                        TinyRun.job(TinyRun.config(1, Optional.empty())),
                        listener,
                        CheckpointSink.NONE,
                        new Cancellation());
        assertEquals(List.of("46 of 46", "epoch 1", "end"), heard);
    }

    @Test
    void aListenerStopsTheRunAndScalesItsRate() {
        ScriptedBackend backend = ScriptedBackend.validating(1, 1, 1, 1);
        TrainListener listener = TrainListener.eachEpoch((epoch, control) -> {
            if (epoch.epoch() == 1) {
                control.scaleRate(0.25);
            }
            if (epoch.epoch() == 2) {
                control.stop();
            }
        });
        TrainResult result = new Trainer(backend, Execution.SINGLE_THREAD)
                .run(
                        TinyRun.job(TinyRun.config(4, Optional.empty())),
                        listener,
                        CheckpointSink.NONE,
                        new Cancellation());
        assertEquals(TrainResult.Outcome.FINISHED, result.outcome());
        assertEquals(2, result.history().size());
        assertTrue(result.stoppedEarly(), "it had two epochs to go");
        assertEquals(List.of(1.0, 0.25, 0.25), backend.scales);
        TrainResult alone =
                TinyRun.train(ScriptedBackend.validating(1, 1, 1, 1), TinyRun.job(TinyRun.config(4, Optional.empty())));
        assertEquals(
                0.25 * alone.history().get(1).learningRate(),
                result.history().get(1).learningRate());
    }

    @Test
    void aRateCannotBeScaledByNothing() {
        TrainListener listener = TrainListener.eachEpoch((epoch, control) -> control.scaleRate(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Trainer(ScriptedBackend.validating(1), Execution.SINGLE_THREAD)
                        .run(
                                TinyRun.job(TinyRun.config(1, Optional.empty())),
                                listener,
                                CheckpointSink.NONE,
                                new Cancellation()));
    }

    @Test
    void weightsOfAnotherNetworkAreRefused() {
        NamedTensors foreign = new NamedTensors();
        TrainJob job = new TrainJob(
                TinyRun.model(),
                TinyRun.config(1, Optional.empty()),
                1,
                TinyRun.data(),
                new Start.Continued(foreign, 0, 0),
                Optional.empty());
        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> TinyRun.train(new ReferenceBackend(), job));
        assertTrue(refused.getMessage().contains("conv1/kernel"), refused.getMessage());
    }

    @Test
    void aSavedNetworkAnswersAsItDidWhenItWasTrained() {
        TrainResult result = TinyRun.train(new ReferenceBackend(), TinyRun.job(TinyRun.config(2, Optional.empty())));
        FinalModel model = result.model().orElseThrow();
        var again = Evaluator.evaluate(
                        new ReferenceBackend(),
                        Execution.SINGLE_THREAD,
                        TinyRun.model(),
                        model.state(),
                        TinyRun.data().test(),
                        new Cancellation())
                .orElseThrow();
        assertEquals(model.test().dataLoss(), again.dataLoss());
        assertArrayEquals(model.test().predictions(), again.predictions());
        assertArrayEquals(model.test().confidence(), again.confidence());
    }

    private static void assertSameBits(TrainResult expected, TrainResult actual) {
        assertEquals(timeless(expected.history()), timeless(actual.history()));
        assertEquals(expected.bestEpoch(), actual.bestEpoch());
        assertEquals(expected.finalEpoch(), actual.finalEpoch());
        assertEquals(expected.stoppedEarly(), actual.stoppedEarly());
        FinalModel one = expected.model().orElseThrow();
        FinalModel other = actual.model().orElseThrow();
        assertSameState(one.state(), other.state());
        assertEquals(one.steps(), other.steps());
        assertEquals(one.test().loss(), other.test().loss());
        assertArrayEquals(one.test().predictions(), other.test().predictions());
        assertArrayEquals(one.test().confidence(), other.test().confidence());
    }

    private static void assertSameState(NamedTensors expected, NamedTensors actual) {
        assertEquals(List.copyOf(expected.names()), List.copyOf(actual.names()));
        for (String name : expected.names()) {
            assertArrayEquals(expected.get(name).values(), actual.get(name).values(), name);
        }
    }

    /** Everything but the wall time. */
    private static List<EpochMetrics> timeless(List<EpochMetrics> history) {
        return history.stream()
                .map(epoch -> new EpochMetrics(
                        epoch.epoch(),
                        0,
                        epoch.learningRate(),
                        epoch.trainLoss(),
                        epoch.trainDataLoss(),
                        epoch.trainAccuracy(),
                        epoch.valLoss(),
                        epoch.valDataLoss(),
                        epoch.valAccuracy(),
                        epoch.figures()))
                .toList();
    }
}
