package dev.convoke.train;

import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Session;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.UpdateGroups;
import dev.convoke.model.Loss;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run in one session. */
final class TrainRun {
    /**
     * Mean data loss of an epoch, in units of a guess' loss, from which a run counts as diverged. A network that is blown up
     * need not show it as a value that is not finite: the vector maximum of a ReLU turns "not a number" into 0. No network
     * that learns comes near.
     */
    private static final double BLOWN_UP = 1000;

    private final TrainJob job;
    private final Session session;
    private final WorkChunk chunk;
    private final TrainListener listener;
    private final CheckpointSink sink;
    private final Cancellation cancellation;
    private final ChunkedEvaluation validation;
    private final EpochSchedule schedule; // the session's own, to report its rates
    private final UpdateGroups updates;
    private final Loss loss;
    private final LossFigures trainFigures;
    private final LossFigures validationFigures;

    private final Control control = new Control();
    private final List<EpochMetrics> history = new ArrayList<>();
    private final StoppingRule stopping;
    private @Nullable NamedTensors bestState;
    private @Nullable Evaluation lastValidation;

    TrainRun(
            TrainJob job,
            TrialSpec trial,
            Session session,
            WorkChunk chunk,
            TrainListener listener,
            CheckpointSink sink,
            Cancellation cancellation) {
        this.job = job;
        this.session = session;
        this.chunk = chunk;
        this.listener = listener;
        this.sink = sink;
        this.cancellation = cancellation;
        this.validation = new ChunkedEvaluation(job.data().validation(), chunk.images());
        this.schedule = EpochSchedule.of(trial, session.program());
        this.updates = new UpdateGroups(session.program(), trial.rule().accumulation());
        this.loss = job.model().loss();
        this.trainFigures = new LossFigures(loss, "train_", job.data().training());
        this.validationFigures = new LossFigures(loss, "val_", job.data().validation());
        job.resume().ifPresent(progress -> history.addAll(progress.history()));
        this.stopping = StoppingRule.after(history, job.config().earlyStopping());
    }

    TrainResult run() {
        restore();
        scaleRate();
        while (history.size() < job.config().epochs() && !stopping.shouldStop() && !control.stopped) {
            Optional<TrainResult> end = epoch();
            if (end.isPresent()) {
                return end.get();
            }
        }
        return finish();
    }

    private void restore() {
        try {
            if (job.resume().isPresent()) {
                TrainProgress progress = job.resume().get();
                session.restore(progress.state(), updatesAfter(progress.epoch()));
                bestState = progress.best();
            } else if (job.start() instanceof Start.Continued continued) {
                session.restore(continued.state(), continued.steps());
            }
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("the weights to start from do not fit the model: " + e.getMessage(), e);
        }
    }

    /** A rate that a plateau lowered stays so: it follows from the history, that of a run resumed included. */
    private void scaleRate() {
        double scale = job.config()
                        .plateau()
                        .map(plateau -> plateau.scaleAfter(history))
                        .orElse(1.0)
                * control.factor;
        session.scaleRate(scale);
        schedule.scale(scale);
    }

    /** What the listener asked for. */
    private static final class Control implements RunControl {
        private boolean stopped;
        private double factor = 1;

        @Override
        public void stop() {
            stopped = true;
        }

        @Override
        public void scaleRate(double wanted) {
            if (!(wanted > 0) || Double.isInfinite(wanted)) {
                throw new IllegalArgumentException(
                        "a learning rate's factor must be positive and finite, not " + wanted);
            }
            factor = wanted;
        }
    }

    /** Trains and validates the next epoch; returns a result if the run ends during this epoch. */
    private Optional<TrainResult> epoch() {
        long begun = System.nanoTime();
        int epoch = history.size() + 1;
        TrainingSums sums = TrainingSums.NONE;
        int steps = session.program().stepsPerEpoch();
        for (int from = 0; from < steps; from += chunk.steps()) {
            if (cancellation.isCancelled()) {
                return Optional.of(cancelled());
            }
            int to = (int) Math.min(steps, (long) from + chunk.steps());
            sums = sums.plus(session.train(sessionEpoch(epoch), from, to));
            if (!Double.isFinite(sums.dataLoss() + sums.penalty())) {
                return Optional.of(diverged("the training loss is no longer a finite number in epoch " + epoch
                        + ", by step " + to + " of " + steps));
            }
            listener.progress(progress(epoch, sums, begun));
        }
        // Asked at the epoch's end alone: the ranges before it are cut by the clock, and a run must not end by it.
        double timesGuessing =
                sums.dataLoss() / sums.images() / loss.ofGuessing().orElse(Double.POSITIVE_INFINITY);
        if (timesGuessing > BLOWN_UP) {
            return Optional.of(diverged("the training loss of epoch " + epoch + " is "
                    + String.format(Locale.ROOT, "%.1e", timesGuessing) + " times that of guessing"));
        }
        Optional<Evaluation> evaluation = validation.run(session, cancellation);
        if (evaluation.isEmpty()) {
            return Optional.of(cancelled());
        }
        lastValidation = evaluation.get();
        if (!Double.isFinite(lastValidation.loss())) {
            return Optional.of(diverged("the validation loss is not a finite number after epoch " + epoch));
        }
        ended(metrics(epoch, sums, lastValidation, begun));
        return Optional.empty();
    }

    private void ended(EpochMetrics metrics) {
        history.add(metrics);
        stopping.add(metrics);
        boolean best = stopping.restoresBest() && stopping.bestEpoch() == metrics.epoch();
        if (best || sink != CheckpointSink.NONE) {
            NamedTensors state = session.state();
            if (best) {
                bestState = state;
            }
            NamedTensors kept = stopping.restoresBest() && bestState != null ? bestState : state;
            sink.save(new TrainProgress(history, state, kept));
        }
        listener.epochEnded(metrics, control);
        scaleRate();
    }

    private TrainResult finish() {
        long begun = System.nanoTime();
        int last = history.size();
        boolean restored = stopping.restoresBest() && stopping.bestEpoch() != last && bestState != null;
        if (restored && bestState != null) {
            session.restore(bestState, updatesAfter(stopping.bestEpoch()));
        }
        Optional<Evaluation> test = !restored && job.data().validatesOnTest() && lastValidation != null
                ? Optional.of(lastValidation)
                : new ChunkedEvaluation(job.data().test(), chunk.images()).run(session, cancellation);
        if (test.isEmpty()) {
            return cancelled();
        }
        int finalEpoch = restored ? stopping.bestEpoch() : last;
        FinalModel model = new FinalModel(
                session.state(), updatesAfter(finalEpoch), job.start().epochsBefore() + finalEpoch, test.get());
        return new TrainResult(
                TrainResult.Outcome.FINISHED,
                "",
                history,
                seconds() + secondsSince(begun),
                stopping.bestEpoch(),
                last < job.config().epochs(),
                finalEpoch,
                Optional.of(model));
    }

    private TrainResult cancelled() {
        return unfinished(TrainResult.Outcome.CANCELLED, "stopped after " + history.size() + " whole epochs");
    }

    private TrainResult diverged(String what) {
        return unfinished(TrainResult.Outcome.DIVERGED, what + "; try a lower learning rate");
    }

    private TrainResult unfinished(TrainResult.Outcome outcome, String message) {
        return new TrainResult(
                outcome, message, history, seconds(), stopping.bestEpoch(), false, history.size(), Optional.empty());
    }

    private EpochProgress progress(int epoch, TrainingSums sums, long begun) {
        double images = (double) sums.images();
        return new EpochProgress(
                epoch,
                job.config().epochs(),
                sums.images(),
                session.program().trainingImages(),
                (sums.dataLoss() + sums.penalty()) / images,
                trainFigures.accuracy(sums.first() / images),
                images / Math.max(1e-9, secondsSince(begun)));
    }

    private EpochMetrics metrics(int epoch, TrainingSums sums, Evaluation evaluation, long begun) {
        double images = (double) sums.images();
        Map<String, Double> figures = new LinkedHashMap<>();
        trainFigures.put(sums.first() / images, sums.second() / images, figures);
        validationFigures.put(evaluation.first(), evaluation.second(), figures);
        return new EpochMetrics(
                epoch,
                secondsSince(begun),
                schedule.rate(sessionEpoch(epoch), session.program().stepsPerEpoch() - 1),
                (sums.dataLoss() + sums.penalty()) / images,
                sums.dataLoss() / images,
                trainFigures.accuracy(sums.first() / images),
                evaluation.loss(),
                evaluation.dataLoss(),
                Classification.accuracy(evaluation, job.data().validation()),
                figures.isEmpty() ? Optional.empty() : Optional.of(figures));
    }

    /** The session counts epochs from 0, and those of the runs before this one. */
    private int sessionEpoch(int epoch) {
        return job.start().epochsBefore() + epoch - 1;
    }

    /** Updates behind the state after {@code epoch}, for bias correction. */
    private long updatesAfter(int epoch) {
        return job.start().stepsBefore() + (long) epoch * updates.perEpoch();
    }

    private double seconds() {
        return history.stream().mapToDouble(EpochMetrics::seconds).sum();
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
