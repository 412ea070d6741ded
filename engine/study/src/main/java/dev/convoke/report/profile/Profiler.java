package dev.convoke.report.profile;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Roof;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.TrialSpec;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.plan.Program;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.Suite;
import dev.convoke.train.TrainConfig;
import java.util.Locale;

/**
 * Measures the training steps of a run: trains some to warm up, then as many as are asked for with a mark around every part.
 * Only full batches are trained; weights move on from step to step as in any training.
 */
public final class Profiler implements AutoCloseable {
    private static final long SEED = 1;
    /** A disturbed measurement is repeated; one that never adds up is reported as such. */
    private static final int TRIES = 3;
    /** Steps that ordinary training is handed at once here: enough to hide the call, few enough to have many ranges. */
    private static final int RANGE = 5;

    private final Request request;
    private final Session session;
    private final WorkModel model;
    private final int stepsPerEpoch; // full batches
    private long next; // step to come, full batches counted through the epochs

    /**
     * What is to be measured.
     *
     * @param steps how many are measured
     * @param warmUp how many are trained before
     */
    public record Request(
            Suite.Run run, Dataset dataset, Backend backend, Execution execution, int steps, int warmUp) {}

    /** A report and the marks that it was made from. */
    public record Measured(ProfileReport report, StepProfile profile) {}

    /**
     * Opens a session.
     *
     * @throws ConfigurationException if the data set has not one full batch
     */
    public Profiler(Request request) {
        this.request = request;
        ImageSet images = request.dataset().train();
        TrainConfig settings = request.run().settings().training();
        stepsPerEpoch = images.count() / settings.batchSize();
        if (stepsPerEpoch == 0) {
            throw new ConfigurationException(String.format(
                    Locale.ROOT,
                    "batch_size: %d images are more than the %,d training images of %s; choose a smaller --batch-size or a"
                            + " larger --dataset",
                    settings.batchSize(),
                    images.count(),
                    request.dataset().name()));
        }
        ModelSpec network = ModelBuilder.build(
                request.run().name(),
                request.run().settings(),
                new ImageShape(images.channels(), images.height(), images.width()),
                request.dataset().classes());
        Program program = Program.compile(
                network,
                settings.batchSize(),
                images.count(),
                request.execution().precision());
        TrialSpec trial = settings.trial(SEED, program.stepsPerEpoch(), 0);
        model = new WorkModel(program.full(), settings.rule(), settings.augmentation());
        session = request.backend()
                .open(new SessionRequest(program, images, settings.augmentation(), trial, request.execution()));
    }

    /** Measures the machine, warms up, then measures the steps. */
    public Measured measure(ProfileReport.ProfiledRun subject) {
        Roof roof = request.backend().measureRoof(request.execution());
        trainSteps(request.warmUp());
        long[] plain = plainSteps(request.steps());
        Measured measured = measure(subject, roof, plain);
        for (int i = 1; i < TRIES && !measured.report().addsUp(); i++) {
            measured = closer(measured, measure(subject, roof, plain));
        }
        return measured;
    }

    private static Measured closer(Measured one, Measured other) {
        return Math.abs(one.report().deviation()) <= Math.abs(other.report().deviation()) ? one : other;
    }

    private Measured measure(ProfileReport.ProfiledRun subject, Roof roof, long[] plain) {
        StepProfile profile = profileSteps(request.steps());
        return new Measured(ProfileReport.of(subject, roof, profile, plain, model), profile);
    }

    private void trainSteps(int steps) {
        for (int left = steps; left > 0; ) {
            int count = countOf(left);
            session.train(epoch(), step(), step() + count);
            next += count;
            left -= count;
        }
    }

    /** Times of {@code steps} steps of ordinary training, each the mean of its range. */
    private long[] plainSteps(int steps) {
        long[] nanos = new long[(steps + RANGE - 1) / RANGE];
        for (int i = 0; i < nanos.length; i++) {
            int count = countOf(RANGE);
            long begin = System.nanoTime();
            session.train(epoch(), step(), step() + count);
            nanos[i] = (System.nanoTime() - begin) / count;
            next += count;
        }
        return nanos;
    }

    private StepProfile profileSteps(int steps) {
        StepProfile whole = null;
        for (int left = steps; left > 0; ) {
            int count = countOf(left);
            StepProfile part = session.profile(epoch(), step(), step() + count);
            whole = whole == null ? part : whole.followedBy(part);
            next += count;
            left -= count;
        }
        if (whole == null) {
            throw new IllegalArgumentException("no steps are to be measured");
        }
        return whole;
    }

    /** The number of {@code wanted} steps that remain in the current epoch. */
    private int countOf(int wanted) {
        return Math.min(wanted, stepsPerEpoch - step());
    }

    private int epoch() {
        return (int) (next / stepsPerEpoch);
    }

    private int step() {
        return (int) (next % stepsPerEpoch);
    }

    @Override
    public void close() {
        session.close();
    }
}
