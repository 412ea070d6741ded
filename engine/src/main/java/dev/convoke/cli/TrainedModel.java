package dev.convoke.cli;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ModelSpec;
import dev.convoke.onnx.OnnxModel;
import dev.convoke.sweep.ModelForm;
import dev.convoke.train.Cancellation;
import dev.convoke.train.CheckpointException;
import dev.convoke.train.Evaluator;
import dev.convoke.train.ModelCard;
import dev.convoke.train.SavedModel;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** The network as an ONNX file's content. */
    byte[] toOnnx() {
        try {
            return OnnxModel.of(model, saved.state());
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
