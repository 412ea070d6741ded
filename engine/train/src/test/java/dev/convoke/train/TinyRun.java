package dev.convoke.train;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import java.util.List;
import java.util.Optional;

/** A run on {@link TinyData} that uses everything: normalization, dropout, penalties, augmentation, a moving rate. */
final class TinyRun {
    static final int EPOCHS = 4;
    static final int BATCH = 10;
    private static final UpdateRule RULE = UpdateRule.of(Optimizer.Adam.DEFAULT);

    private TinyRun() {}

    static ModelSpec model() {
        List<Layer> layers = List.of(
                new Convolution("conv1", 4, 3, 1, Padding.SAME, new Penalty(1e-4, 1e-3)),
                new BatchNormalization("norm1", 0.9, 1e-3),
                new Activation("relu1", ActivationFunction.RELU),
                new MaxPooling("pool1", 2, 2, Padding.VALID),
                new Flatten("flatten"),
                new Dropout("dropout", 0.25),
                new Dense("logits", TinyData.CLASSES, Penalty.NONE));
        return new ModelSpec("tiny", new ImageShape(1, 8, 8), TinyData.CLASSES, layers, 0);
    }

    static TrainConfig config(int epochs, Optional<EarlyStopping> earlyStopping) {
        return config(RULE, new Schedule.Exponential(0.01, 0.9), epochs, earlyStopping, Optional.empty());
    }

    static TrainConfig config(int epochs, Schedule schedule) {
        return config(RULE, schedule, epochs, Optional.empty(), Optional.empty());
    }

    static TrainConfig config(
            UpdateRule rule,
            Schedule schedule,
            int epochs,
            Optional<EarlyStopping> earlyStopping,
            Optional<Plateau> plateau) {
        Augmentation augmentation = new Augmentation(
                5,
                0.1,
                0,
                0,
                0.9,
                1.1,
                true,
                false,
                Augmentation.Center.KERAS,
                Augmentation.Erasing.NONE,
                Augmentation.Elastic.NONE);
        return new TrainConfig(rule, schedule, epochs, BATCH, augmentation, earlyStopping, plateau);
    }

    static TrainData data() {
        return new Validation.OnTest().split(TinyData.dataset(), 1);
    }

    static TrainJob job(TrainConfig config) {
        return new TrainJob(model(), config, 1, data(), new Start.Fresh(), Optional.empty());
    }

    static TrainResult train(Backend backend, TrainJob job) {
        return new Trainer(backend, Execution.SINGLE_THREAD)
                .run(job, TrainListener.SILENT, CheckpointSink.NONE, new Cancellation());
    }
}
