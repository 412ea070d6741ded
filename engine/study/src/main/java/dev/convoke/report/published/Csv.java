package dev.convoke.report.published;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the bundled tables: commas, one header line, double quotes around a field that holds a comma. */
final class Csv {
    private Csv() {}

    /** Rows of a bundled file, each as header to value. */
    static List<Map<String, String>> rows(String resource) {
        try (InputStream in = Csv.class.getResourceAsStream("/dev/convoke/report/published/" + resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from this build");
            }
            return parse(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    private static List<Map<String, String>> parse(BufferedReader reader) throws IOException {
        List<String> header = fields(reader.readLine());
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            List<String> fields = fields(line);
            if (fields.size() != header.size()) {
                throw new IllegalStateException("a row has " + fields.size() + " fields, not " + header.size());
            }
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < fields.size(); i++) {
                row.put(header.get(i), fields.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
