package dev.convoke.train;

import dev.convoke.model.ImageShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A model card and other text fields as strings of a safetensors header. */
final class CardText {
    private static final String FORMAT = "convoke";
    private static final String VERSION = "2";

    /** Had no digest over the header. */
    private static final String UNSEALED_VERSION = "1";

    private final Path file;
    private final Map<String, String> text;

    private CardText(Path file, Map<String, String> text) {
        this.file = file;
        this.text = text;
    }

    /** The strings of a card in a file of {@code kind}. */
    static Map<String, String> write(String kind, ModelCard card) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put(FORMAT, VERSION);
        text.put("kind", kind);
        text.put("run", card.run());
        text.put("seed", Long.toString(card.seed()));
        text.put("dataset", card.dataset());
        text.put("dataset_sha256", card.datasetDigest());
        text.put("model", card.model());
        text.put("settings", card.settings());
        text.put("input", Json.compact(RecordJson.write(card.input())));
        text.put("classes", Json.compact(Map.of("names", card.classNames())));
        return text;
    }

    /**
     * Opens the strings of {@code file}, which must be of our format and of {@code kind}.
     *
     * @param notices hears where the file is of an earlier version
     */
    static CardText open(Path file, SafeTensors content, String kind, Consumer<String> notices) {
        Map<String, String> text = content.metadata();
        CardText card = new CardText(file, text);
        String version = text.get(FORMAT);
        if (version == null) {
            throw new CheckpointException(file + ": was not written by Convoke: its metadata name no model");
        }
        if (!VERSION.equals(version) && !UNSEALED_VERSION.equals(version)) {
            throw new CheckpointException(file + ": has format version " + version + "; this program reads versions "
                    + UNSEALED_VERSION + " and " + VERSION);
        }
        if (!card.string("kind").equals(kind)) {
            throw new CheckpointException(file + ": is a " + card.string("kind") + ", not a " + kind);
        }
        if (content.seal() == SealedJson.Seal.NONE) {
            if (VERSION.equals(version)) {
                throw new CheckpointException(file + ": is damaged: the digest over all of it is missing");
            }
            notices.accept(file + ": of an earlier version, without a digest over its settings and class names");
        }
        return card;
    }

    ModelCard card() {
        ImageShape input = record(ImageShape.class, "input");
        List<String> names = record(ClassNames.class, "classes").names();
        if (Set.copyOf(names).size() < names.size()) {
            throw new CheckpointException(
                    file + ": has two classes with the same name, so its predictions would be ambiguous");
        }
        return new ModelCard(
                string("run"),
                number("seed"),
                string("dataset"),
                string("dataset_sha256"),
                string("model"),
                string("settings"),
                input,
                names);
    }

    /** The list of class names, which JSON wraps in an object. */
    public record ClassNames(List<String> names) {}

    String string(String key) {
        String value = text.get(key);
        if (value == null) {
            throw new CheckpointException(file + ": its metadata have no '" + key + "'");
        }
        return value;
    }

    long number(String key) {
        try {
            return Long.parseLong(string(key));
        } catch (NumberFormatException e) {
            throw new CheckpointException(file + ": metadata '" + key + "' is not a number: " + string(key), e);
        }
    }

    <T extends Record> T record(Class<T> type, String key) {
        try {
            return RecordJson.read(type, Json.read(string(key)));
        } catch (IOException e) {
            throw new CheckpointException(file + ": metadata '" + key + "' is not JSON: " + Json.firstLine(e), e);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": metadata '" + key + "': " + e.getMessage(), e);
        }
    }
}
