package dev.convoke.train;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Converts records to JSON-compatible maps and back. A component's key is its name in {@code snake_case}, in the record's
 * order; enums are written in lower case; a number that is not finite is written as null and read as NaN; an empty
 * {@link Optional} is omitted. The records need not be public. Unknown keys are ignored, so that an older program can read
 * files with additional keys.
 */
public final class RecordJson {
    private RecordJson() {}

    /** The record as a map. */
    public static Map<String, Object> write(Record value) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object held = get(component, value);
            if (!(held instanceof Optional<?> optional && optional.isEmpty())) {
                put(map, key(component.getName()), encode(held));
            }
        }
        return map;
    }

    /** Null means a number that is not finite. */
    @SuppressWarnings("NullAway")
    private static void put(Map<String, Object> map, String key, @Nullable Object value) {
        map.put(key, value);
    }

    private static @Nullable Object encode(Object value) {
        if (value instanceof Record nested) {
            return write(nested);
        }
        if (value instanceof Optional<?> optional) {
            return encode(optional.orElseThrow());
        }
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? number : null;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> encoded = new ArrayList<>(list.size());
            for (Object element : list) {
                encoded.add(encode(element));
            }
            return encoded;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> encoded = new LinkedHashMap<>();
            map.forEach((key, element) -> put(encoded, (String) key, encode(element)));
            return encoded;
        }
        return value;
    }

    private static Object get(RecordComponent component, Record value) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("a record's accessor can be called: " + component, e);
        }
    }

    /**
     * A record from its map.
     *
     * @throws IllegalArgumentException if a key is missing or a value is of another kind; the message names the path
     */
    public static <T extends Record> T read(Class<T> type, Map<?, ?> map) {
        return type.cast(record(type, map, ""));
    }

    private static Object record(Class<?> type, Map<?, ?> map, String path) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String key = key(components[i].getName());
            String at = path.isEmpty() ? key : path + "." + key;
            types[i] = components[i].getType();
            values[i] = component(components[i].getGenericType(), map, key, at);
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    path + ": " + e.getTargetException().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record's constructor can be called: " + type, e);
        }
    }

    private static Object component(Type type, Map<?, ?> map, String key, String path) {
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == Optional.class) {
            Object value = map.get(key);
            return value == null
                    ? Optional.empty()
                    : Optional.of(decode(parameterized.getActualTypeArguments()[0], value, path));
        }
        if (!map.containsKey(key)) {
            throw new IllegalArgumentException(path + " is missing");
        }
        return decode(type, map.get(key), path);
    }

    private static Object decode(Type type, @Nullable Object value, String path) {
        if (type == double.class || type == Double.class) {
            return value == null ? Double.NaN : number(value, path).doubleValue();
        }
        if (value == null) {
            throw new IllegalArgumentException(path + " is null");
        }
        if (type == int.class) {
            return whole(value, path, Integer.MAX_VALUE).intValue();
        }
        if (type == long.class || type == Long.class) {
            return whole(value, path, Long.MAX_VALUE).longValue();
        }
        if (type instanceof ParameterizedType parameterized) {
            return container(parameterized, value, path);
        }
        Class<?> wanted = type == boolean.class ? Boolean.class : (Class<?>) type;
        if (wanted.isRecord()) {
            return record(wanted, expect(Map.class, value, path), path);
        }
        if (wanted.isEnum()) {
            return constant(wanted, expect(String.class, value, path), path);
        }
        return expect(wanted, value, path);
    }

    private static Object container(ParameterizedType type, Object value, String path) {
        if (type.getRawType() == List.class) {
            List<Object> decoded = new ArrayList<>();
            for (Object element : expect(List.class, value, path)) {
                decoded.add(decode(type.getActualTypeArguments()[0], element, path + "[" + decoded.size() + "]"));
            }
            return decoded;
        }
        Map<Object, Object> decoded = new LinkedHashMap<>();
        Map<?, ?> map = expect(Map.class, value, path);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String at = path + "." + entry.getKey();
            decoded.put(entry.getKey(), decode(type.getActualTypeArguments()[1], entry.getValue(), at));
        }
        return decoded;
    }

    private static Object constant(Class<?> type, String name, String path) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().toLowerCase(Locale.ROOT).equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(path + " is '" + name + "', which is not known");
    }

    private static Number number(Object value, String path) {
        return expect(Number.class, value, path);
    }

    private static Number whole(Object value, String path, long limit) {
        Number number = number(value, path);
        boolean whole = number instanceof Integer || number instanceof Long;
        if (!whole || number.longValue() > limit || number.longValue() < -limit - 1) {
            throw new IllegalArgumentException(path + " is " + value + ", not a whole number in range");
        }
        return number;
    }

    private static <T> T expect(Class<T> type, Object value, String path) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(path + " is not a "
                    + type.getSimpleName().toLowerCase(Locale.ROOT) + " but a "
                    + value.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
        return type.cast(value);
    }

    private static String key(String name) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            if (Character.isUpperCase(letter)) {
                key.append('_');
            }
            key.append(Character.toLowerCase(letter));
        }
        return key.toString();
    }
}
