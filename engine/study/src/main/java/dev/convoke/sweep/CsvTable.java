package dev.convoke.sweep;

import dev.convoke.settings.ConfigurationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A table with commas between fields, one header line, and double quotes around a field that holds a comma. */
final class CsvTable {
    private CsvTable() {}

    /** One row with its place. */
    record Row(String source, int line, Map<String, String> fields) {
        String text(String column) {
            String value = fields.get(column);
            if (value == null) {
                throw error("the column '" + column + "' is missing");
            }
            return value;
        }

        boolean has(String column) {
            return fields.containsKey(column);
        }

        double number(String column) {
            String text = text(column);
            try {
                double number = Double.parseDouble(text);
                if (Double.isFinite(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Reported below, with the location.
            }
            throw error(column + ": '" + text + "' is not a number");
        }

        int whole(String column) {
            double number = number(column);
            if (number != Math.rint(number) || number < 0 || number > Integer.MAX_VALUE) {
                throw error(column + ": '" + text(column) + "' is not a whole number");
            }
            return (int) number;
        }

        ConfigurationException error(String message) {
            return new ConfigurationException(source + ":" + line + ": " + message);
        }
    }

    /**
     * The rows; empty lines are ignored.
     *
     * @throws ConfigurationException if the number of fields in a row differs from the header
     */
    static List<Row> rows(String source, String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty()) {
            throw new ConfigurationException(source + ": is empty; expected a header line");
        }
        List<String> header = fields(lines.get(0));
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            List<String> fields = fields(lines.get(i));
            if (fields.size() != header.size()) {
                throw new ConfigurationException(
                        source + ":" + (i + 1) + ": " + fields.size() + " fields, the header has " + header.size());
            }
            Map<String, String> row = new HashMap<>();
            for (int column = 0; column < header.size(); column++) {
                row.put(header.get(column), fields.get(column));
            }
            rows.add(new Row(source, i + 1, row));
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
                fields.add(field.toString().trim());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().trim());
        return fields;
    }
}
