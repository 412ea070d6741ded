package dev.convoke.bench;

import dev.convoke.backend.Execution;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.TrialSpec;
import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Progress;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Program;
import dev.convoke.report.profile.WorkModel;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.RunSettings;
import dev.convoke.sweep.Suites;
import java.util.Optional;

/**
 * A run of the report on the bundled digits, ready to open a session; nothing is downloaded. The digits are repeated until
 * an epoch has at least a dozen steps.
 */
public record BenchmarkCase(
        ModelSpec model, RunSettings settings, Program program, ImageSet images, Augmentation augmentation) {
    /** Minimum steps of an epoch. */
    static final int STEPS = 12;

    private static final long SEED = 1;
    private static final long LONG_RUN = 1_000_000;

    /** Whether images are augmented as in the report. */
    public enum Images {
        PLAIN,
        WARPED
    }

    /**
     * A run for training.
     *
     * @param run of a built-in suite
     */
    static BenchmarkCase of(String run, int batch, Execution execution, Images images) {
        return of(run, batch, Program.EVALUATION_BATCH, execution, images);
    }

    /** A run for training with batch size {@code batch} and inference with batch size {@code evaluation}. */
    static BenchmarkCase of(String run, int batch, int evaluation, Execution execution, Images images) {
        Dataset digits = digits();
        RunSettings settings = Suites.run(run).settings();
        ModelSpec model = ModelBuilder.build(run, settings, new ImageShape(1, 28, 28), digits.classes());
        ImageSet training = repeated(digits.train(), STEPS * batch);
        Program usual = Program.compile(model, batch, training.count(), execution.precision());
        Plan answering = PlanCompiler.compile(model, evaluation, execution.precision());
        Program program = new Program(usual.full(), usual.remainder(), answering, training.count());
        Augmentation augmentation =
                images == Images.WARPED ? settings.training().augmentation() : Augmentation.NONE;
        return new BenchmarkCase(model, settings, program, training, augmentation);
    }

    static Dataset digits() {
        return Datasets.load("digits", DataLocation.of(Optional.empty(), DataLocation.Network.OFFLINE), Progress.NONE);
    }

    private static ImageSet repeated(ImageSet images, int least) {
        int times = (least + images.count() - 1) / images.count();
        if (times == 1) {
            return images;
        }
        byte[] pixels = new byte[times * images.pixels().length];
        int[] labels = new int[times * images.labels().length];
        for (int i = 0; i < times; i++) {
            System.arraycopy(images.pixels(), 0, pixels, i * images.pixels().length, images.pixels().length);
            System.arraycopy(images.labels(), 0, labels, i * images.labels().length, images.labels().length);
        }
        return new ImageSet(images.height(), images.width(), images.channels(), pixels, labels);
    }

    SessionRequest request(Execution execution) {
        TrialSpec trial = new TrialSpec(
                SEED, settings.training().rule(), settings.training().schedule(), LONG_RUN);
        return new SessionRequest(program, images, augmentation, trial, execution);
    }

    WorkModel work() {
        return new WorkModel(program.full(), settings.training().rule(), augmentation);
    }
}
