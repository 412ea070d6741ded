package dev.convoke.train;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * JSON as maps, lists, strings, numbers and booleans. Keys keep their order; doubles are written so that they read back
 * exactly. What is read is bounded in depth and in the length of a number.
 */
public final class Json {
    /** Deeper than any file of ours, and than any suite. */
    private static final int MAX_DEPTH = 100;

    private static final JsonFactory BOUNDED = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final JSON STRICT = JSON.builder(BOUNDED).build();
    private static final JSON COMPACT = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);
    private static final JSON INDENTED = COMPACT.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private Json() {}

    /** How a file of JSON is laid out. */
    public enum Layout {
        /** One line. */
        COMPACT,
        /** Indented, for readable files. */
        INDENTED
    }

    /** One line. */
    public static String compact(Object value) {
        return write(COMPACT, value);
    }

    /** Indented, for readable files; ends with a line break. */
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

    /** A generator of UTF-8 that leaves {@code stream} open. */
    static JsonGenerator generator(OutputStream stream, Layout layout) throws IOException {
        JsonGenerator generator = BOUNDED.createGenerator(stream)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
        return layout == Layout.INDENTED ? generator.setPrettyPrinter(new DefaultPrettyPrinter()) : generator;
    }

    /** Writes one value; NaN and infinities become null. */
    static void write(JsonGenerator generator, Object value) throws IOException {
        COMPACT.write(value, generator);
    }

    /**
     * Reads an object.
     *
     * @throws IOException if {@code text} is not one JSON object and nothing more, has a key twice, or is nested too deeply
     */
    public static Map<String, Object> read(String text) throws IOException {
        try (JsonParser parser = BOUNDED.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("there is no object, '{...}'");
            }
            Map<String, Object> object = STRICT.mapFrom(parser);
            if (parser.nextToken() != null) {
                throw new IOException("there is something behind the object's end");
            }
            return object;
        }
    }

    /** What went wrong, without the parser's excerpt of the text. */
    public static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
