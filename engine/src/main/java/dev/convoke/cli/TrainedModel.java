package dev.convoke.cli;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.onnx.OnnxModel;
import dev.convoke.sweep.ModelForm;
import dev.convoke.train.Cancellation;
import dev.convoke.train.CheckpointException;
import dev.convoke.train.Evaluator;
import dev.convoke.train.Json;
import dev.convoke.train.ModelCard;
import dev.convoke.train.SavedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A model file, opened. */
final class TrainedModel {
    private static final String FILE = "model.safetensors";

    private final SavedModel saved;
    private final ModelSpec model;

    private TrainedModel(SavedModel saved, ModelSpec model) {
        this.saved = saved;
        this.model = model;
    }

    /**
     * Reads a model file, or the one in a trial's folder.
     *
     * @throws dev.convoke.train.CheckpointException if there is none, or it is damaged
     */
    static TrainedModel read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        SavedModel saved = SavedModel.read(file);
        return new TrainedModel(saved, ModelForm.read(file.toString(), saved.card()));
    }

    ModelCard card() {
        return saved.card();
    }

    /** Answers images of the size that the model was trained on. */
    Evaluation answer(ImageSet images, Backend backend, Execution execution) {
        return Evaluator.evaluate(backend, execution, model, saved.state(), images, new Cancellation())
                .orElseThrow();
    }

    /** An output as people read it: a probability in percent, or a number. */
    String value(float output) {
        return model.loss().target() == Loss.Target.VALUES
                ? String.format(Locale.ROOT, "%.4g", output)
                : String.format(Locale.ROOT, "%.2f%%", 100 * output);
    }

    /** What the model says of an image: the name of its class, or where it has no classes its output's number. */
    String label(int prediction) {
        List<String> names = card().classNames();
        return prediction < names.size() ? names.get(prediction) : "output " + (prediction + 1);
    }

    /** The network as an ONNX file's content, with the names of its classes. */
    byte[] toOnnx() {
        try {
            return OnnxModel.of(
                    model,
                    saved.state(),
                    Map.of(
                            "run", card().run(),
                            "dataset", card().dataset(),
                            "classes", Json.compact(card().classNames())));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "the saved weights do not fit the model '" + model.name() + "': " + e.getMessage(), e);
        }
    }

    /**
     * Refuses images of another size.
     *
     * @param source what the message calls them
     */
    void requireFit(ImageSet images, String source) {
        boolean fits = images.height() == card().input().height()
                && images.width() == card().input().width()
                && images.channels() == card().input().channels();
        if (!fits) {
            throw new CommandExit(
                    ExitCode.DATA,
                    source + ": images are " + images.channels() + "x" + images.height() + "x" + images.width()
                            + ", the model '" + card().run() + "' was trained on " + card().input()
                            + "; give images of that size");
        }
    }
}
