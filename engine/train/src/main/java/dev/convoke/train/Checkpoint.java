package dev.convoke.train;

import dev.convoke.backend.NamedTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A run as it stood after an epoch, on disk: a {@link SafeTensors} file with the state, the best epoch's state under {@code
 * best/} where it differs, and the history among the metadata.
 *
 * @param card whose run
 * @param progress how far
 */
public record Checkpoint(ModelCard card, TrainProgress progress) {
    private static final String KIND = "checkpoint";
    private static final String BEST = "best/";

    /** Writes the file, whole or not at all. */
    public void write(Path file) {
        Map<String, String> text = CardText.write(KIND, card);
        text.put("history", Json.compact(RecordJson.write(new History(progress.history()))));
        NamedTensors tensors = new NamedTensors();
        copy(progress.state(), "", tensors);
        if (progress.best() != progress.state()) {
            copy(progress.best(), BEST, tensors);
        }
        new SafeTensors(text, tensors).write(file);
    }

    private static void copy(NamedTensors from, String prefix, NamedTensors to) {
        for (String name : from.names()) {
            to.put(prefix + name, from.get(name));
        }
    }

    /**
     * Reads a checkpoint.
     *
     * @throws CheckpointException if the file is damaged or something else
     */
    public static Checkpoint read(Path file) {
        return read(file, notice -> {});
    }

    /**
     * The same.
     *
     * @param notices hears a line where the file is of an earlier version, whose settings no digest covers
     */
    public static Checkpoint read(Path file, Consumer<String> notices) {
        SafeTensors content = SafeTensors.read(file);
        CardText text = CardText.open(file, content, KIND, notices);
        NamedTensors state = new NamedTensors();
        NamedTensors best = new NamedTensors();
        for (String name : content.tensors().names()) {
            if (name.startsWith(BEST)) {
                best.put(name.substring(BEST.length()), content.tensors().get(name));
            } else {
                state.put(name, content.tensors().get(name));
            }
        }
        List<EpochMetrics> history = text.record(History.class, "history").epochs();
        if (history.isEmpty()) {
            throw new CheckpointException(file + ": its history is empty");
        }
        return new Checkpoint(
                text.card(), new TrainProgress(history, state, best.names().isEmpty() ? state : best));
    }

    /** The epochs so far, which JSON wraps in an object. */
    public record History(List<EpochMetrics> epochs) {}
}
