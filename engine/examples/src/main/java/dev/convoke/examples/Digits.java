package dev.convoke.examples;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Selection;
import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.Progress;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.train.Cancellation;
import dev.convoke.train.CheckpointSink;
import dev.convoke.train.FinalModel;
import dev.convoke.train.Start;
import dev.convoke.train.TrainConfig;
import dev.convoke.train.TrainJob;
import dev.convoke.train.TrainListener;
import dev.convoke.train.TrainedModel;
import dev.convoke.train.Trainer;
import dev.convoke.train.Validation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Trains a small network on the bundled digits, saves it, loads it and classifies the test images.
 *
 * <pre>
 * java -cp 'engine/examples/target/classes:engine/examples/target/lib/*' dev.convoke.examples.Digits digits.safetensors
 * </pre>
 */
public final class Digits {
    private static final int EPOCHS = 2;
    private static final int BATCH = 32;
    private static final long SEED = 1;
    private static final double LEARNING_RATE = 1e-3;

    private Digits() {}

    /** The file to write is the argument. */
    public static void main(String[] arguments) {
        Path file = Path.of(arguments.length == 1 ? arguments[0] : "digits.safetensors");
        Backend backend = Selection.choose(Selection.AUTO).backend();
        Dataset digits = dataset();
        train(digits, backend).write(file);

        TrainedModel model = TrainedModel.read(file);
        Evaluation found = model.predict(digits.test(), backend, Execution.SINGLE_THREAD);
        System.out.printf("%d of %d are right%n", found.correct(), found.count());
        System.out.printf(
                "the first is a %s, with %s%n",
                model.label(found.predictions()[0]), model.value(found.confidence()[0]));
    }

    /** 1,438 images to train on and 359 to test with; nothing is downloaded. */
    static Dataset dataset() {
        DataLocation bundled = DataLocation.of(Optional.empty(), DataLocation.Network.OFFLINE);
        return Datasets.load("digits", bundled, Progress.NONE);
    }

    static TrainedModel train(Dataset data, Backend backend) {
        ModelSpec network = new ModelSpec(
                "digits",
                new ImageShape(1, 28, 28),
                data.classes(),
                List.of(
                        new Convolution("conv", 8, 3, 1, Padding.SAME, Penalty.NONE),
                        new Activation("relu", ActivationFunction.RELU),
                        new MaxPooling("pool", 2, 2, Padding.VALID),
                        new Flatten("flatten"),
                        new Dense("logits", data.classes(), Penalty.NONE)),
                0);
        TrainConfig config = new TrainConfig(
                Optimizer.Adam.DEFAULT,
                new Schedule.Constant(LEARNING_RATE),
                EPOCHS,
                BATCH,
                Augmentation.NONE,
                Optional.empty());
        TrainJob job = new TrainJob(
                network, config, SEED, new Validation.OnTest().split(data, SEED), new Start.Fresh(), Optional.empty());
        FinalModel last = new Trainer(backend, Execution.SINGLE_THREAD)
                .run(job, TrainListener.SILENT, CheckpointSink.NONE, new Cancellation())
                .model()
                .orElseThrow(() -> new IllegalStateException("the training diverged"));
        return TrainedModel.of(job, last, data);
    }
}
