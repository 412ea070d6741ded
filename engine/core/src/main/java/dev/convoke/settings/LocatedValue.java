package dev.convoke.settings;

import dev.convoke.datasets.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value of a configuration file with its location, so that errors can be reported with file, line and key.
 *
 * @param source file, or another description of the source
 * @param line from 1; 0 where there are no lines
 * @param path of the key, such as {@code runs[3].optimizer}
 * @param value a map of settings, a list of settings, a string, an Integer, a Long, a Double, a Boolean, or null
 */
public record LocatedValue(
        String source, int line, String path, @Nullable Object value) {
    private static final String NONE = "none";

    /** A value that did not come from a file: maps, lists and scalars. */
    public static LocatedValue of(String source, String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, LocatedValue> entries = new LinkedHashMap<>();
            map.forEach((key, element) -> entries.put(
                    String.valueOf(key), of(source, path.isEmpty() ? "" + key : path + "." + key, element)));
            return new LocatedValue(source, 0, path, entries);
        }
        if (value instanceof Collection<?> list) {
            List<LocatedValue> elements = new ArrayList<>();
            for (Object element : list) {
                elements.add(of(source, path + "[" + elements.size() + "]", element));
            }
            return new LocatedValue(source, 0, path, elements);
        }
        if (value instanceof Float || value instanceof Short || value instanceof Byte) {
            throw new IllegalArgumentException(path + ": give int, long or double, not " + value.getClass());
        }
        return new LocatedValue(source, 0, path, value);
    }

    public ConfigurationException error(String message) {
        String where = line > 0 ? source + ":" + line : source;
        return new ConfigurationException(where + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }

    /** The entries of a map. */
    public Map<String, LocatedValue> map() {
        if (!(value instanceof Map)) {
            throw error("expected keys with values, found " + shown());
        }
        @SuppressWarnings("unchecked") // By the constructors, maps hold settings.
        Map<String, LocatedValue> entries = (Map<String, LocatedValue>) value;
        return entries;
    }

    /** The entries of a map whose keys are among {@code keys}. */
    public Map<String, LocatedValue> map(Collection<String> keys) {
        map().forEach((key, entry) -> {
            if (!keys.contains(key)) {
                throw entry.error("unknown key" + NearestName.hint(keys, key));
            }
        });
        return map();
    }

    public boolean isMap() {
        return value instanceof Map;
    }

    public List<LocatedValue> list() {
        if (!(value instanceof List)) {
            throw error("expected a list, found " + shown());
        }
        @SuppressWarnings("unchecked") // By the constructors, lists hold settings.
        List<LocatedValue> elements = (List<LocatedValue>) value;
        return elements;
    }

    public boolean isList() {
        return value instanceof List;
    }

    public boolean isNone() {
        return NONE.equals(value);
    }

    public boolean isNumber() {
        return value instanceof Number;
    }

    public String text() {
        if (value instanceof String text) {
            return text;
        }
        throw error("expected text, found " + shown() + (isNumber() ? "; put it in quotes" : ""));
    }

    public boolean flag() {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw error("expected true or false, found " + shown());
    }

    public double number() {
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw error("expected a number, found " + shown());
    }

    /** A whole number in [low, high]. */
    public long whole(long low, long high) {
        if (value instanceof Number number && (value instanceof Integer || value instanceof Long)) {
            long whole = number.longValue();
            if (whole >= low && whole <= high) {
                return whole;
            }
        }
        throw error("expected a whole number from " + low + " to " + high + ", found " + shown());
    }

    public int positive(int high) {
        return (int) whole(1, high);
    }

    /** One of an enum's constants, written in lower case. */
    public <E extends Enum<E>> E constant(Class<E> type) {
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        return type.getEnumConstants()[names.indexOf(oneOf(names))];
    }

    /** One of some words. */
    public String oneOf(Collection<String> names) {
        if (!(value instanceof String text) || !names.contains(text)) {
            throw error("unknown value " + shown() + NearestName.hint(names, String.valueOf(value)));
        }
        return text;
    }

    /** Converts this value with {@code maker}; exceptions are reported at this location. */
    public <T> T check(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    String.valueOf(error(String.valueOf(e.getMessage())).getMessage()), e);
        }
    }

    /** The value without its places: maps, lists and scalars. */
    public @Nullable Object plain() {
        if (isMap()) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            map().forEach((key, entry) -> plain.put(key, entry.plain()));
            return plain;
        }
        if (isList()) {
            List<@Nullable Object> plain = new ArrayList<>();
            list().forEach(element -> plain.add(element.plain()));
            return plain;
        }
        return value;
    }

    private String shown() {
        if (isMap()) {
            return "a map";
        }
        if (isList()) {
            return "a list";
        }
        return value == null ? "nothing" : "'" + value + "'";
    }
}
