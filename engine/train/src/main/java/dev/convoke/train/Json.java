package dev.convoke.train;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** JSON as maps, lists, strings, numbers and booleans. Keys keep their order; doubles are written so that they read back exactly. */
public final class Json {
    private static final JSON STRICT = JSON.builder(
                    new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION))
            .build();
    private static final JSON COMPACT = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);
    private static final JSON INDENTED = COMPACT.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private Json() {}

    /** One line. */
    public static String compact(Object value) {
        return write(COMPACT, value);
    }

    /** Indented, for files that people look into; ends with a line break. */
    public static String indented(Object value) {
        return write(INDENTED, value) + "\n";
    }

    private static String write(JSON json, Object value) {
        try {
            return json.asString(value);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be written as JSON: " + firstLine(e), e);
        }
    }

    /**
     * Reads an object.
     *
     * @throws IOException if {@code text} is not one JSON object, or has a key twice
     */
    public static Map<String, Object> read(String text) throws IOException {
        return STRICT.mapFrom(text);
    }

    /** What went wrong, without the parser's excerpt of the text. */
    public static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
