package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
import dev.convoke.model.Dense;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings whose loss is not softmax and cross-entropy, and those that move weights in other ways. */
class LossTest {
    private static final int SIDE = 8;
    /** Sums of 24 numbers in another order agree to far better than this. */
    private static final double ROUNDING = 1e-9;

    private static ModelSpec network(Loss loss) {
        return new ModelSpec(
                "lines",
                new ImageShape(1, SIDE, SIDE),
                List.of(Node.of(new Flatten("flatten")), Node.of(new Dense("last", loss.outputs(), Penalty.NONE))),
                loss);
    }

    private static TrainConfig config(UpdateRule rule, int epochs) {
        return new TrainConfig(
                rule, new Schedule.Constant(0.02), epochs, 8, Augmentation.NONE, Optional.empty(), Optional.empty());
    }

    private static TrainResult train(ModelSpec model, TrainConfig config, TrainData data) {
        return TinyRun.train(
                new ReferenceBackend(), new TrainJob(model, config, 1, data, new Start.Fresh(), Optional.empty()));
    }

    /** Images whose targets are their brightness and the difference of their halves. */
    private static ImageSet brightness(int count, long seed) {
        ImageSet images = TinyData.images(count, seed);
        float[] values = new float[2 * count];
        for (int n = 0; n < count; n++) {
            byte[] pixels = images.image(n);
            for (int i = 0; i < pixels.length; i++) {
                float value = (pixels[i] & 0xff) / 255f / pixels.length;
                values[2 * n] += value;
                values[2 * n + 1] += i < pixels.length / 2 ? value : -value;
            }
        }
        return new ImageSet(SIDE, SIDE, 1, images.pixels(), new Targets.Values(2, values));
    }

    @Test
    void numbersAreLearnedSavedAndPredictedAgain(@TempDir Path folder) {
        ModelSpec model = network(new Loss.MeanSquaredError(2));
        ImageSet test = brightness(24, 2);
        TrainData data = new TrainData(brightness(400, 1), test, test);
        TrainResult result = train(model, config(UpdateRule.of(Optimizer.Adam.DEFAULT), 60), data);
        EpochMetrics last = result.history().get(59);
        Map<String, Double> figures = last.figures().orElseThrow();
        assertEquals(
                List.of(
                        "train_mean_absolute_error",
                        "train_mean_squared_error",
                        "train_r_squared",
                        "val_mean_absolute_error",
                        "val_mean_squared_error",
                        "val_r_squared"),
                List.copyOf(figures.keySet()));
        assertTrue(figures.get("val_r_squared") > 0.9, figures.toString());
        assertEquals(1 - last.valDataLoss() / variance(test), figures.get("val_r_squared"), ROUNDING);
        assertTrue(Double.isNaN(last.valAccuracy()) && Double.isNaN(last.trainAccuracy()));

        FinalModel trained = result.model().orElseThrow();
        ModelCard card = new ModelCard("lines", 1, "made up", "", "{}", "{}", model.input(), List.of());
        Path file = folder.resolve("model.safetensors");
        new SavedModel(card, trained.state(), trained.steps(), trained.epochs()).write(file);
        SavedModel saved = SavedModel.read(file);
        assertEquals(List.of(), saved.card().classNames());
        Evaluation again = evaluate(model, saved, test);
        assertEquals(trained.test().dataLoss(), again.dataLoss(), ROUNDING);
        assertArrayEquals(trained.test().confidence(), again.confidence());
    }

    private static double variance(ImageSet images) {
        float[] values = ((Targets.Values) images.targets()).values();
        double all = 0;
        for (int k = 0; k < 2; k++) {
            double sum = 0;
            double squares = 0;
            for (int i = k; i < values.length; i += 2) {
                sum += values[i];
                squares += (double) values[i] * values[i];
            }
            double mean = sum / images.count();
            all += squares / images.count() - mean * mean;
        }
        return all / 2;
    }

    private static Evaluation evaluate(ModelSpec model, SavedModel saved, ImageSet images) {
        return Evaluator.evaluate(
                        new ReferenceBackend(),
                        Execution.SINGLE_THREAD,
                        model,
                        saved.state(),
                        images,
                        new Cancellation())
                .orElseThrow();
    }

    @Test
    void classesAreLearnedByOtherLossesTooAndTheirAccuracyIsThatOfTheLargestOutput() {
        for (Loss loss : List.of(
                new Loss.SigmoidCrossEntropy(TinyData.CLASSES),
                new Loss.MeanSquaredError(TinyData.CLASSES),
                new Loss.Huber(TinyData.CLASSES, 0.5))) {
            TrainResult result =
                    train(network(loss), config(UpdateRule.of(Optimizer.Adam.DEFAULT), 20), TinyRun.data());
            EpochMetrics last = result.history().get(19);
            assertTrue(last.valAccuracy() > 0.9, loss + " " + last);
            assertTrue(Double.isNaN(last.trainAccuracy()), "nobody counts it");
        }
    }

    @Test
    void theTopFewCountWhereThereAreMoreClasses() {
        Loss all = new Loss.SoftmaxCrossEntropy(TinyData.CLASSES, 0, List.of(), TinyData.CLASSES);
        Loss two = new Loss.SoftmaxCrossEntropy(TinyData.CLASSES, 0, List.of(), 2);
        TrainConfig config = config(UpdateRule.of(Optimizer.Adam.DEFAULT), 1);
        assertTrue(train(network(all), config, TinyRun.data())
                .history()
                .get(0)
                .figures()
                .isEmpty());
        EpochMetrics epoch =
                train(network(two), config, TinyRun.data()).history().get(0);
        double top = epoch.figures().orElseThrow().get("val_top_k_accuracy");
        assertTrue(top >= epoch.valAccuracy() && top <= 1, epoch.toString());
    }

    @Test
    void aRunThatAccumulatesClipsAveragesAndSlowsDownIsResumedWithTheSameBits() {
        UpdateRule rule = new UpdateRule(new Optimizer.Sgd(0.9, false), new UpdateRule.Clipping(0, 0.5), 2, 0.9);
        TrainConfig config = TinyRun.config(
                rule,
                new Schedule.Constant(0.05),
                4,
                Optional.empty(),
                Optional.of(new Plateau(EarlyStopping.Monitor.VAL_LOSS, 0.5, 1, 10, 0, 0)));
        List<TrainProgress> places = new ArrayList<>();
        TrainResult whole = new Trainer(new ReferenceBackend(), Execution.SINGLE_THREAD)
                .run(TinyRun.job(config), TrainListener.SILENT, places::add, new Cancellation());
        assertEquals(0.0125, whole.history().get(3).learningRate(), "no loss improves by 10");
        assertEquals(4L * 3, whole.model().orElseThrow().steps(), "five batches make three updates");
        for (TrainProgress place : places) {
            TrainJob job =
                    new TrainJob(TinyRun.model(), config, 1, TinyRun.data(), new Start.Fresh(), Optional.of(place));
            TrainResult rest = TinyRun.train(new ReferenceBackend(), job);
            assertEquals(whole.history().get(3).valLoss(), rest.history().get(3).valLoss(), "after " + place.epoch());
            assertEquals(whole.history().get(3).figures(), rest.history().get(3).figures());
        }
    }

    @Test
    void whatIsSavedOfAnAveragedTrainingIsTheAverage() {
        UpdateRule rule = new UpdateRule(new Optimizer.Sgd(0, false), UpdateRule.Clipping.NONE, 1, 0.5);
        ModelSpec model = network(Loss.SoftmaxCrossEntropy.of(TinyData.CLASSES, 0));
        FinalModel trained =
                train(model, config(rule, 1), TinyRun.data()).model().orElseThrow();
        float[] weights = trained.state().get("last/kernel").values();
        float[] average = trained.state().get("optimizer/average/last/kernel").values();
        assertFalse(Arrays.equals(weights, average));
        SavedModel saved = new SavedModel(
                new ModelCard("a", 1, "", "", "{}", "{}", model.input(), List.of()), trained.state(), 1, 1);
        Evaluation again = evaluate(model, saved, TinyRun.data().test());
        assertArrayEquals(trained.test().confidence(), again.confidence());
    }
}
