package dev.convoke.sweep;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.AtomicFile;
import dev.convoke.train.Json;
import dev.convoke.train.RecordJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code results.json}, in the form of {@code results.schema.json}: {@code "schema": 1} and then {@link SweepResults}, its
 * components in their order. Numbers that are not finite are null; all others read back exactly as they were.
 */
public final class ResultsJson {
    /** Version of the form. */
    public static final int SCHEMA = 1;

    private static final long MAX_BYTES = 512L << 20;

    private ResultsJson() {}

    /** The JSON text. */
    public static String text(SweepResults results) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("schema", SCHEMA);
        map.putAll(RecordJson.write(results));
        return Json.indented(map);
    }

    /** Writes the file, whole or not at all. */
    public static void write(Path file, SweepResults results) {
        AtomicFile.write(file, text(results));
    }

    /**
     * Reads results.
     *
     * @throws ConfigurationException if the file cannot be read or is not of this form; one line that names file and key
     */
    public static SweepResults read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigurationException(file + ": is too large to be results of a sweep");
            }
            return read(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ConfigurationException(file + ": cannot be read: " + Json.firstLine(e), e);
        }
    }

    static SweepResults read(String source, String text) {
        try {
            Map<String, Object> map = Json.read(text);
            Object schema = map.get("schema");
            if (!Integer.valueOf(SCHEMA).equals(schema)) {
                throw new ConfigurationException(source + ": schema: expected " + SCHEMA + ", found " + schema
                        + "; not results of this program?");
            }
            return RecordJson.read(SweepResults.class, map);
        } catch (IOException e) {
            throw new ConfigurationException(source + ": is not JSON: " + Json.firstLine(e), e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(source + ": " + e.getMessage(), e);
        }
    }
}
