package dev.convoke.settings;

import dev.convoke.datasets.NearestName;
import dev.convoke.model.Fields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a layer, a loss, an optimizer or a rule from a suite, the command line or a saved model. Every error is a
 * {@link ConfigurationException} with file, line and path. Requested keys are recorded; {@link #read} rejects all others
 * and suggests the nearest valid key.
 */
public final class SettingFields implements Fields {
    private static final String CLASSES = "classes";
    private static final int LARGEST = 1 << 20;

    private final LocatedValue owner;
    private final String kind;
    private final Map<String, LocatedValue> entries;
    private final Map<String, LocatedValue> usual;
    private final int outputs;
    private final Set<String> asked = new LinkedHashSet<>();

    private SettingFields(
            LocatedValue owner,
            String kind,
            Map<String, LocatedValue> entries,
            Map<String, LocatedValue> usual,
            int outputs) {
        this.owner = owner;
        this.kind = kind;
        this.entries = entries;
        this.usual = usual;
        this.outputs = outputs;
    }

    /** The entries of a map. */
    public static SettingFields of(LocatedValue map) {
        return new SettingFields(map, "", map.map(), Map.of(), 0);
    }

    /**
     * A word, or a map in which one entry gives the kind.
     *
     * @param key of the kind in a map
     * @param kinds the valid kinds
     */
    public static SettingFields of(LocatedValue setting, String key, Collection<String> kinds) {
        if (!setting.isMap()) {
            return new SettingFields(setting, setting.oneOf(kinds), Map.of(), Map.of(), 0);
        }
        LocatedValue word = setting.map().get(key);
        if (word == null) {
            throw setting.error("needs a '" + key + "': one of " + String.join(", ", kinds));
        }
        SettingFields fields = new SettingFields(setting, word.oneOf(kinds), setting.map(), Map.of(), 0);
        fields.asked.add(key);
        return fields;
    }

    /** The same for a network with that many outputs, none of them asked for yet but the word. */
    public SettingFields withOutputs(int count) {
        SettingFields fields = new SettingFields(owner, kind, entries, usual, count);
        fields.asked.addAll(asked);
        return fields;
    }

    /** A copy with {@code setting} as the default value of a key. */
    public SettingFields withUsual(String key, LocatedValue setting) {
        SettingFields fields = new SettingFields(owner, kind, entries, Map.of(key, setting), outputs);
        fields.asked.addAll(asked);
        return fields;
    }

    /** The word. */
    public String kind() {
        return kind;
    }

    /** Whether {@code key} was requested. */
    public boolean wasAsked(String key) {
        return asked.contains(key);
    }

    /**
     * Converts the fields with {@code reader}.
     *
     * @throws ConfigurationException if it fails, or if there is a key that it did not request
     */
    public <T> T read(Function<SettingFields, T> reader) {
        T made = owner.check(() -> reader.apply(this));
        entries.forEach((key, entry) -> {
            if (!asked.contains(key)) {
                throw unknown(key, entry);
            }
        });
        return made;
    }

    private ConfigurationException unknown(String key, LocatedValue entry) {
        return entry.error("unknown key" + (asked.isEmpty() ? "; none belongs here" : NearestName.hint(asked, key)));
    }

    /** The value of {@code key}; null where there is none. */
    public @Nullable LocatedValue find(String key) {
        asked.add(key);
        LocatedValue own = entries.get(key);
        return own == null ? usual.get(key) : own;
    }

    /** The value of {@code key}, which must be there. */
    public LocatedValue require(String key) {
        LocatedValue found = find(key);
        if (found != null) {
            return found;
        }
        // A key that was misspelled is both: one that is missing, and one that is not known.
        entries.forEach((other, entry) -> {
            if (NearestName.of(other, List.of(key)).isPresent() && !asked.contains(other)) {
                throw unknown(other, entry);
            }
        });
        throw owner.error((kind.isEmpty() ? "" : "'" + kind + "' ") + "needs '" + key + "'"
                + (owner.isMap() ? "" : "; write {name: " + kind + ", " + key + ": ...}"));
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public boolean has(String key) {
        return find(key) != null;
    }

    @Override
    public boolean isWord(String key) {
        LocatedValue setting = find(key);
        return setting != null && setting.value() instanceof String;
    }

    @Override
    public double number(String key, double otherwise) {
        LocatedValue setting = find(key);
        return setting == null ? otherwise : setting.number();
    }

    @Override
    public double number(String key) {
        return require(key).number();
    }

    @Override
    public int count(String key) {
        LocatedValue setting = require(key);
        return outputs > 0 && CLASSES.equals(setting.value()) ? outputs : setting.positive(LARGEST);
    }

    @Override
    public int count(String key, int least, int otherwise) {
        LocatedValue setting = find(key);
        return setting == null ? otherwise : (int) setting.whole(least, LARGEST);
    }

    @Override
    public List<Integer> counts(String key, int least, List<Integer> otherwise) {
        LocatedValue setting = find(key);
        if (setting == null) {
            return otherwise;
        }
        List<Integer> counts = new ArrayList<>();
        for (LocatedValue each : setting.isList() ? setting.list() : List.of(setting)) {
            counts.add((int) each.whole(least, LARGEST));
        }
        return counts;
    }

    @Override
    public List<Double> numbers(String key, List<Double> otherwise) {
        LocatedValue setting = find(key);
        return setting == null
                ? otherwise
                : setting.list().stream().map(LocatedValue::number).toList();
    }

    @Override
    public boolean flag(String key, boolean otherwise) {
        LocatedValue setting = find(key);
        return setting == null ? otherwise : setting.flag();
    }

    @Override
    public <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        LocatedValue setting = find(key);
        return setting == null ? otherwise : setting.constant(type);
    }

    @Override
    public <E extends Enum<E>> E choice(String key, Class<E> type) {
        return require(key).constant(type);
    }

    @Override
    public ConfigurationException error(String key, String message) {
        return Objects.requireNonNullElse(find(key), owner).error(message);
    }
}
