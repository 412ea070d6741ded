package dev.convoke.train;

import dev.convoke.backend.NamedTensors;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A trained network on disk, a {@link SafeTensors} file that contains everything needed for evaluation and prediction.
 *
 * @param card description of the model
 * @param state parameters and running statistics; optimizer state if another run continues from here
 * @param steps optimizer updates so far
 * @param epochs epochs so far, including those of the runs that it continued
 */
public record SavedModel(ModelCard card, NamedTensors state, long steps, int epochs) {
    private static final String KIND = "model";

    /** Writes the file, whole or not at all. */
    public void write(Path file) {
        Map<String, String> text = CardText.write(KIND, card);
        text.put("steps", Long.toString(steps));
        text.put("epochs", Integer.toString(epochs));
        new SafeTensors(text, state).write(file);
    }

    /**
     * Reads a model.
     *
     * @throws CheckpointException if the file is damaged or something else
     */
    public static SavedModel read(Path file) {
        return read(file, notice -> {});
    }

    /**
     * The same.
     *
     * @param notices hears a line where the file is of an earlier version, whose settings no digest covers
     */
    public static SavedModel read(Path file, Consumer<String> notices) {
        SafeTensors content = SafeTensors.read(file);
        CardText text = CardText.open(file, content, KIND, notices);
        return new SavedModel(text.card(), content.tensors(), text.number("steps"), (int) text.number("epochs"));
    }
}
