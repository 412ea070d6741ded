package dev.convoke.sweep;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.StateLayout;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.train.Cancellation;
import dev.convoke.train.Checkpoint;
import dev.convoke.train.EpochMetrics;
import dev.convoke.train.EpochProgress;
import dev.convoke.train.FinalModel;
import dev.convoke.train.ModelCard;
import dev.convoke.train.ModelCodec;
import dev.convoke.train.SavedModel;
import dev.convoke.train.Start;
import dev.convoke.train.TrainData;
import dev.convoke.train.TrainJob;
import dev.convoke.train.TrainListener;
import dev.convoke.train.TrainResult;
import dev.convoke.train.Trainer;
import java.io.File;
import java.util.List;
import java.util.Optional;

/** Trains one trial of a sweep, from the store to the store. */
final class TrialRunner {
    private final SweepRequest request;
    private final Suite suite;
    private final RunStore store;
    private final SweepListener listener;
    private final Cancellation cancellation;

    /**
     * @param suite the request's, with overrides
     */
    TrialRunner(SweepRequest request, Suite suite, RunStore store, SweepListener listener, Cancellation cancellation) {
        this.request = request;
        this.suite = suite;
        this.store = store;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /** A message without the path of the store, which results carry to other machines. */
    String withoutFolder(String message) {
        return message.replace(request.out() + File.separator, "");
    }

    /** Trains or continues a trial; the final result is in the store. */
    SweepResults.SeedResults run(Trial trial) {
        Dataset dataset = request.dataset();
        ModelSpec model = model(trial.run(), dataset);
        ModelCard card = card(trial, model);
        Optional<Checkpoint> checkpoint = store.checkpoint(trial, card);
        listener.trialStarted(trial, checkpoint.map(at -> at.progress().epoch()).orElse(0));
        TrainData data = suite.validation().split(dataset, trial.seed());
        TrainJob job = new TrainJob(
                model,
                trial.run().settings().training(),
                trial.seed(),
                data,
                start(trial),
                checkpoint.map(Checkpoint::progress));
        Trainer trainer = new Trainer(request.backend(), request.execution());
        TrainResult result = trainer.run(
                job, new Events(trial), progress -> store.save(trial, new Checkpoint(card, progress)), cancellation);
        SweepResults.SeedResults figures = figures(trial, result, data.test());
        result.model().ifPresent(last -> store.saveModel(trial, saved(trial, card, last)));
        if (result.outcome() != TrainResult.Outcome.CANCELLED) {
            store.finish(trial, figures);
        }
        return figures;
    }

    static ModelSpec model(Suite.Run run, Dataset dataset) {
        ImageSet images = dataset.train();
        ImageShape input = new ImageShape(images.channels(), images.height(), images.width());
        return ModelBuilder.build(run.name(), run.settings(), input, dataset.classes());
    }

    private ModelCard card(Trial trial, ModelSpec model) {
        return new ModelCard(
                trial.run().name(),
                trial.seed(),
                request.dataset().name(),
                request.dataset().digest(),
                ModelCodec.write(model),
                RunStore.settings(trial),
                model.input(),
                request.dataset().classNames());
    }

    /** The optimizer's state is taken along where both runs keep the same arrays. */
    private Start start(Trial trial) {
        if (trial.run().startFrom().isEmpty()) {
            return new Start.Fresh();
        }
        Suite.Run parent = suite.run(trial.run().startFrom().get()).orElseThrow();
        SavedModel before = store.model(new Trial(parent, trial.seed()));
        boolean sameArrays = slots(parent).equals(slots(trial.run()));
        return sameArrays
                ? new Start.Continued(before.state(), before.steps(), before.epochs())
                : new Start.Continued(StateLayout.answering(before.state()), 0, before.epochs());
    }

    private static List<OptimizerSlot> slots(Suite.Run run) {
        return run.settings().training().rule().slots();
    }

    private SavedModel saved(Trial trial, ModelCard card, FinalModel last) {
        boolean continued = suite.runs().stream()
                .anyMatch(run -> run.startFrom().equals(Optional.of(trial.run().name())));
        NamedTensors state = continued ? last.state() : StateLayout.answering(last.state());
        return new SavedModel(card, state, last.steps(), last.epochs());
    }

    private SweepResults.SeedResults figures(Trial trial, TrainResult result, ImageSet test) {
        return new SweepResults.SeedResults(
                trial.seed(),
                status(result.outcome()),
                result.message(),
                result.seconds(),
                result.history(),
                result.bestEpoch(),
                result.stoppedEarly(),
                result.finalEpoch(),
                result.model().map(last -> answers(last.test(), test)));
    }

    private static SweepResults.Status status(TrainResult.Outcome outcome) {
        return switch (outcome) {
            case FINISHED -> SweepResults.Status.DONE;
            case DIVERGED -> SweepResults.Status.DIVERGED;
            case CANCELLED -> SweepResults.Status.MISSING;
        };
    }

    private SweepResults.TestResults answers(Evaluation evaluation, ImageSet test) {
        return TestSummary.of(evaluation, test, request.dataset().classes());
    }

    /** Hands a trial's events to the sweep's listener. */
    private final class Events implements TrainListener {
        private final Trial trial;

        Events(Trial trial) {
            this.trial = trial;
        }

        @Override
        public void progress(EpochProgress progress) {
            listener.progress(trial, progress);
        }

        @Override
        public void epochEnded(EpochMetrics metrics) {
            listener.epochEnded(trial, metrics);
        }
    }
}
