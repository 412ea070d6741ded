package dev.convoke;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.Dataset;
import dev.convoke.model.ModelException;
import dev.convoke.train.Classification;
import dev.convoke.train.EpochMetrics;
import dev.convoke.train.TrainResult;
import dev.convoke.train.TrainedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A training that is finished. All figures are those of the network that {@link #save} writes.
 */
public final class TrainingRun {
    private final Dataset data;
    private final TrainResult result;
    private final TrainedModel model;
    private final Evaluation test;

    TrainingRun(Dataset data, TrainResult result, TrainedModel model, Evaluation test) {
        this.data = data;
        this.result = result;
        this.model = model;
        this.test = test;
    }

    /** The trained network, to classify with, to save, to export. */
    public TrainedModel model() {
        return model;
    }

    /**
     * Writes the network to a file, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void save(Path file) {
        model.write(file);
    }

    /** What each epoch gave. */
    public List<EpochMetrics> history() {
        return result.history();
    }

    /** The epoch whose weights the network has, from 1. */
    public int epoch() {
        return result.finalEpoch();
    }

    /** Whether it ended before its last epoch. */
    public boolean stoppedEarly() {
        return result.stoppedEarly();
    }

    /** Wall time of the epochs and the final evaluation. */
    public double seconds() {
        return result.seconds();
    }

    /** Loss, figures and predictions on the test images. */
    public Evaluation test() {
        return test;
    }

    /**
     * Share of the test images that are classified correctly, from 0 to 1.
     *
     * @throws ModelException if the images have no classes
     */
    public double testAccuracy() {
        return classification().accuracy();
    }

    /**
     * The confusion matrix of the test images, with precision, recall and F1 of each class.
     *
     * @throws ModelException if the images have no classes
     */
    public Classification classification() {
        if (!data.test().hasClasses()) {
            throw new ModelException(
                    data.name() + ": the images have numbers, not classes; see test() for the loss and its figures");
        }
        return Classification.of(test, data.test(), data.classes());
    }

    /** A line for people. */
    @Override
    public String toString() {
        Optional<String> accuracy = data.test().hasClasses()
                ? Optional.of(String.format(Locale.ROOT, "accuracy %.2f%%, ", 100 * testAccuracy()))
                : Optional.empty();
        return String.format(
                Locale.ROOT,
                "%s: %sloss %.4f on %d test images; epoch %d of %d; %.1f s",
                model.card().run(),
                accuracy.orElse(""),
                test.loss(),
                test.count(),
                epoch(),
                result.history().size(),
                seconds());
    }
}
