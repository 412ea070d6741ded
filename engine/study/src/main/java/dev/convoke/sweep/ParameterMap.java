package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.settings.LocatedValue;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The unparsed parameters of a run by key. Later maps override earlier ones key by key; a dotted key such as
 * {@code augmentation.rotation} changes one entry of a map and keeps the rest.
 */
final class ParameterMap {
    /** Parameters that describe the network in the short form; {@code layers} is the long one. */
    static final List<String> NETWORK = List.of("blocks", "dense", "activation", "dropout", "l1", "l2", "batch_norm");

    /** Every parameter, in the order in which results list them. */
    static final List<String> KEYS = List.of(
            "blocks",
            "dense",
            "activation",
            "dropout",
            "l1",
            "l2",
            "batch_norm",
            "layers",
            "loss",
            "label_smoothing",
            "optimizer",
            "learning_rate",
            "schedule",
            "epochs",
            "batch_size",
            "clipping",
            "accumulation",
            "averaging",
            "plateau",
            "augmentation",
            "early_stopping");

    private static final String LAYERS = "layers";
    /**
     * Keys that have a value in every run. Other keys have defaults without effect, and appear in results only if they were
     * given, so that runs that do not use them stay comparable with those of versions without these keys.
     */
    private static final String DEFAULTS = """
            blocks:
              - {filters: 32, kernel: 3, padding: same}
              - {filters: 64, kernel: 3, padding: valid}
              - {filters: 128, kernel: 3, padding: valid}
            dense: 128
            activation: relu
            dropout: 0.5
            l1: none
            l2: none
            batch_norm: none
            label_smoothing: 0
            optimizer: adam
            learning_rate: 0.001
            schedule: constant
            epochs: 15
            batch_size: 32
            augmentation: none
            early_stopping: none
            """;

    private final Map<String, LocatedValue> settings;

    private ParameterMap(Map<String, LocatedValue> settings) {
        this.settings = settings;
    }

    /** The defaults: the report's base model, without augmentation. */
    static ParameterMap defaults() {
        return new ParameterMap(YamlReader.read("defaults", DEFAULTS).map());
    }

    /** Whether {@code key} names a parameter or an entry of one. */
    static boolean isParameter(String key) {
        return KEYS.contains(head(key));
    }

    /** All keys that are allowed where {@code others} are, too: for messages. */
    static Collection<String> with(Collection<String> others) {
        Set<String> all = new LinkedHashSet<>(others);
        all.addAll(KEYS);
        return all;
    }

    /**
     * These parameters overridden by {@code changes}.
     *
     * @throws ConfigurationException if a key is unknown, or describes a part of a network that is given by {@code layers}
     */
    ParameterMap plus(Map<String, LocatedValue> changes) {
        Map<String, LocatedValue> merged = new LinkedHashMap<>(settings);
        if (changes.containsKey(LAYERS)) {
            NETWORK.forEach(merged::remove);
        }
        changes.forEach((key, change) -> {
            if (!isParameter(key)) {
                throw change.error("unknown key" + NearestName.hint(KEYS, key));
            }
            if (NETWORK.contains(head(key)) && (merged.containsKey(LAYERS) || changes.containsKey(LAYERS))) {
                throw change.error("'" + key + "' cannot be combined with 'layers', which describes the whole network");
            }
            if (key.contains(".")) {
                set(merged, key, change);
            } else {
                merged.put(key, change);
            }
        });
        return new ParameterMap(merged);
    }

    private static void set(Map<String, LocatedValue> merged, String key, LocatedValue change) {
        LocatedValue whole = merged.get(head(key));
        if (whole == null || !whole.isMap()) {
            throw change.error("'" + head(key) + "' has no entries to change; give it as a map first");
        }
        String rest = key.substring(head(key).length() + 1);
        Map<String, LocatedValue> entries = new LinkedHashMap<>(whole.map());
        if (rest.contains(".")) {
            set(entries, rest, change);
        } else {
            entries.put(rest, change);
        }
        merged.put(head(key), new LocatedValue(whole.source(), whole.line(), whole.path(), entries));
    }

    private static String head(String key) {
        int dot = key.indexOf('.');
        return dot < 0 ? key : key.substring(0, dot);
    }

    boolean has(String key) {
        return settings.containsKey(key);
    }

    /** The parameter, which must be there. */
    LocatedValue get(String key) {
        return Objects.requireNonNull(settings.get(key), key);
    }

    /** The parameter, if it was given or has a value in every run. */
    Optional<LocatedValue> find(String key) {
        return Optional.ofNullable(settings.get(key));
    }

    /** Every parameter by its key, in fixed order, as maps, lists and scalars. */
    Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        for (String key : KEYS) {
            if (has(key)) {
                plain.put(key, Objects.requireNonNullElse(get(key).plain(), "none"));
            }
        }
        return plain;
    }
}
