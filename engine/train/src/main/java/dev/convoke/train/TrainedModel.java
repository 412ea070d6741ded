package dev.convoke.train;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Session;
import dev.convoke.backend.StateLayout;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.DatasetException;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.onnx.OnnxModel;
import dev.convoke.plan.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A trained network: the result of a run, which can be saved, loaded, and used for prediction.
 *
 * <pre>{@code
 * TrainedModel.of(job, result.model().orElseThrow(), dataset).write(Path.of("digits.safetensors"));
 * ...
 * TrainedModel model = TrainedModel.read(Path.of("digits.safetensors"));
 * Evaluation answers = model.predict(images, Selection.choose("cpu").backend(), Execution.SINGLE_THREAD);
 * String first = model.label(answers.predictions()[0]);
 * }</pre>
 */
public final class TrainedModel {
    private static final String FILE = "model.safetensors";
    private static final String NO_SETTINGS = "{}";

    private final SavedModel saved;
    private final ModelSpec model;

    private TrainedModel(SavedModel saved, ModelSpec model) {
        this.saved = saved;
        this.model = model;
    }

    /**
     * What a finished run left, without its optimizer's state: enough to evaluate and predict.
     *
     * @param dataset that the run was trained on; its name, digest and class names stay with the model
     */
    public static TrainedModel of(TrainJob job, FinalModel last, Dataset dataset) {
        ModelSpec model = job.model();
        ModelCard card = new ModelCard(
                model.name(),
                job.seed(),
                dataset.name(),
                dataset.digest(),
                ModelCodec.write(model),
                NO_SETTINGS,
                model.input(),
                dataset.classNames());
        SavedModel saved = new SavedModel(card, StateLayout.answering(last.state()), last.steps(), last.epochs());
        return new TrainedModel(saved, model);
    }

    /**
     * Reads a model file, or the one in a trial's folder.
     *
     * @throws CheckpointException if there is none, it is damaged, or its weights are no numbers
     */
    public static TrainedModel read(Path path) {
        return read(path, remark -> {});
    }

    /**
     * The same.
     *
     * @param remarks receives informational messages (not errors), a line each, as on a file of an older version
     */
    public static TrainedModel read(Path path, Consumer<String> remarks) {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        SavedModel saved = SavedModel.read(file, remarks);
        requireFinite(file, saved.state());
        return new TrainedModel(saved, ModelCodec.read(file.toString(), saved.card()));
    }

    /** The predictions of a network with NaN or infinite weights are meaningless. */
    private static void requireFinite(Path file, NamedTensors state) {
        for (String name : state.names()) {
            for (float value : state.get(name).values()) {
                if (!Float.isFinite(value)) {
                    throw new CheckpointException(file + ": tensor '" + name + "' holds " + value
                            + ", so the model cannot be used; train it again");
                }
            }
        }
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void write(Path file) {
        saved.write(file);
    }

    /** What the model says of itself. */
    public ModelCard card() {
        return saved.card();
    }

    /**
     * Predictions and loss for images of the size that the model was trained on.
     *
     * @throws dev.convoke.backend.DeviceException if the backend cannot run the model
     */
    public Evaluation predict(ImageSet images, Backend backend, Execution execution) {
        return Evaluator.evaluate(backend, execution, model, saved.state(), images, new Cancellation())
                .orElseThrow();
    }

    /** What the network was trained to minimize; it says what its outputs mean. */
    public Loss loss() {
        return model.loss();
    }

    /** The network itself. */
    public ModelSpec network() {
        return model;
    }

    /** Parameters and running statistics by name. */
    public NamedTensors state() {
        return saved.state();
    }

    /**
     * Everything that the network makes of each image: the probability of every class or label, or its numbers.
     *
     * @return {@code [N, outputs]}, image after image
     * @throws dev.convoke.backend.DeviceException if the backend cannot run the model
     */
    public float[] outputs(ImageSet images, Backend backend, Execution execution) {
        int batch = Math.max(1, Math.min(images.count(), Program.EVALUATION_BATCH));
        try (Session session = open(backend, execution, batch)) {
            return session.outputs(images, 0, images.count());
        }
    }

    /**
     * Opens the network for many calls; a {@link dev.convoke.Classifier} does so too, and takes pictures.
     *
     * @param batch images that it computes together; fewer cost as much
     * @return a session for {@code evaluate} and {@code outputs}, to be closed
     * @throws dev.convoke.backend.DeviceException if the backend cannot run the model
     */
    public Session open(Backend backend, Execution execution, int batch) {
        return Evaluator.open(backend, execution, model, saved.state(), batch);
    }

    /** An output in readable form: a probability in percent, or a number. */
    public String value(float output) {
        return model.loss().target() == Loss.Target.VALUES
                ? String.format(Locale.ROOT, "%.4g", output)
                : String.format(Locale.ROOT, "%.2f%%", 100 * output);
    }

    /** The name of a predicted class; where the model has no classes, its output's number, counted from 1. */
    public String label(int prediction) {
        List<String> names = card().classNames();
        return prediction < names.size() ? names.get(prediction) : "output " + (prediction + 1);
    }

    /**
     * The network as an ONNX file's content, with the names of its classes.
     *
     * @throws CheckpointException if the weights do not fit the network
     */
    public byte[] toOnnx() {
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
     * @throws DatasetException if their size is not the one that the model was trained on
     */
    public void requireFit(ImageSet images, String source) {
        boolean fits = images.height() == card().input().height()
                && images.width() == card().input().width()
                && images.channels() == card().input().channels();
        if (!fits) {
            throw new DatasetException(
                    source + ": images are " + images.channels() + "x" + images.height() + "x" + images.width()
                            + ", the model '" + card().run() + "' was trained on " + card().input()
                            + "; give images of that size");
        }
    }
}
