package dev.convoke.sweep;

import dev.convoke.datasets.RegularFile;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.Json;
import dev.convoke.train.RecordJson;
import dev.convoke.train.SealedJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * {@code results.json}, in the form of {@code results.schema.json}: {@code "schema": 1} and then {@link SweepResults}, its
 * components in their order, and a digest over all before it as the last. Numbers that are not finite are null; all others read back exactly as they were.
 */
public final class ResultsJson {
    /** Version of the form. */
    public static final int SCHEMA = 1;

    private static final long MAX_BYTES = 512L << 20;

    private static final int MAX_NAME = 200;

    private ResultsJson() {}

    /** The JSON text, with its digest. */
    public static String text(SweepResults results) {
        return SealedJson.text(content(results), Json.Layout.INDENTED);
    }

    private static Map<String, Object> content(SweepResults results) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("schema", SCHEMA);
        map.putAll(RecordJson.write(results));
        return map;
    }

    /** Writes the file, whole or not at all. */
    public static void write(Path file, SweepResults results) {
        SealedJson.write(file, content(results), Json.Layout.INDENTED);
    }

    /**
     * Reads results.
     *
     * @throws ConfigurationException if the file cannot be read, is not of this form, or was damaged or changed since it was
     *     written; one line that names file and key
     */
    public static SweepResults read(Path file) {
        return read(file, notice -> {});
    }

    /**
     * The same.
     *
     * @param notices hears a line where the file has no digest, as those of earlier versions
     */
    public static SweepResults read(Path file, Consumer<String> notices) {
        try {
            SealedJson content = SealedJson.read(file, MAX_BYTES);
            SweepResults results = results(file.toString(), content.content());
            if (content.seal() == SealedJson.Seal.NONE) {
                notices.accept(file + ": has no digest, as of an earlier version; its figures cannot be checked");
            }
            return results;
        } catch (IOException e) {
            throw new ConfigurationException(file + ": " + RegularFile.reason(e), e);
        }
    }

    static SweepResults read(String source, String text) {
        try {
            return results(
                    source,
                    SealedJson.read(text.getBytes(StandardCharsets.UTF_8)).content());
        } catch (IOException e) {
            throw new ConfigurationException(source + ": " + RegularFile.reason(e), e);
        }
    }

    private static SweepResults results(String source, Map<String, Object> map) {
        try {
            Object schema = map.get("schema");
            if (!Integer.valueOf(SCHEMA).equals(schema)) {
                throw new ConfigurationException(source + ": schema: expected " + SCHEMA + ", found " + schema
                        + "; not results of this program?");
            }
            SweepResults results = RecordJson.read(SweepResults.class, map);
            requireNames(results);
            return results;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(source + ": " + e.getMessage(), e);
        }
    }

    /** Runs, and the files of their figures, are identified by their names. */
    private static void requireNames(SweepResults results) {
        Set<String> names = new HashSet<>();
        for (SweepResults.RunResults run : results.runs()) {
            if (run.name().isBlank() || run.name().length() > MAX_NAME) {
                throw new IllegalArgumentException("runs: a name has 1 to " + MAX_NAME + " characters");
            }
            if (!names.add(run.name())) {
                throw new IllegalArgumentException("runs: two are named '" + run.name() + "'");
            }
        }
    }
}
