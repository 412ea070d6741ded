package dev.convoke.train;

import dev.convoke.backend.NamedTensors;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A trained network on disk, a {@link SafeTensors} file that is enough to evaluate and predict with.
 *
 * @param card what it is
 * @param state parameters and running statistics; optimizer state where another run goes on from here
 * @param steps updates of the optimizer behind it
 * @param epochs epochs behind it, those of the runs that it continued included
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
