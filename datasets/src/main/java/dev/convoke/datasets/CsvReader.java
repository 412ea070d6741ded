package dev.convoke.datasets;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads images from lines of text: a label, then the pixels row by row, from 0 to 255, separated by commas, semicolons or
 * tabs. A header line is optional; the column named {@code label} (or {@code class}, {@code target}, {@code y}) then
 * contains the labels, at any position. Images are square and gray. Files may be gzip-compressed.
 */
final class CsvReader {
    private static final int MAX_LINE_BYTES = 1 << 24;
    private static final int MAX_BLANK_LINES = 1000;
    private static final int MAX_LABEL_LENGTH = 100;
    private static final Set<String> LABEL_NAMES = Set.of("label", "labels", "class", "target", "category", "y");

    private final Path file;
    private final InputStream stream;
    private final List<String> labels = new ArrayList<>();
    private final ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    private int lineNumber;
    private int labelColumn;
    private int columns;
    private char separator;

    private CsvReader(Path file, InputStream stream) {
        this.file = file;
        this.stream = stream;
    }

    /**
     * What a file holds.
     *
     * @param labels of the images, as written
     * @param side rows and columns of an image
     * @param pixels {@code [N, side, side, 1]}, unsigned
     */
    record Table(List<String> labels, int side, byte[] pixels) {}

    /**
     * Reads {@code file}.
     *
     * @throws DatasetException if it cannot be read, with the line at which it is not of this form
     */
    static Table read(Path file) {
        try (InputStream stored = Files.newInputStream(file)) {
            return new CsvReader(file, Payload.unpack(stored)).read();
        } catch (IOException e) {
            throw IdxReader.unreadable(file.toString(), e);
        }
    }

    private Table read() throws IOException {
        String first = line();
        if (first == null) {
            throw new DatasetException(file + ": is empty; give a line 'label,pixel,pixel,...' for each image");
        }
        first = first.startsWith("\ufeff") ? first.substring(1) : first;
        separator = separator(first);
        List<String> fields = fields(first);
        columns = fields.size();
        int side = side();
        if (isHeader(fields)) {
            labelColumn = labelColumn(fields);
        } else {
            add(fields);
        }
        for (String line = line(); line != null; line = line()) {
            add(fields(line));
        }
        return new Table(labels, side, pixels.toByteArray());
    }

    private static char separator(String line) {
        if (line.indexOf(',') < 0) {
            return line.indexOf(';') >= 0 ? ';' : '\t';
        }
        return ',';
    }

    private int side() {
        int side = (int) Math.round(Math.sqrt(columns - 1));
        if (side < 1 || side * side != columns - 1) {
            throw error("has " + columns + " columns, a label and " + (columns - 1)
                    + " pixels, which make no square picture; give an NPZ or IDX file, which say their shape");
        }
        return side;
    }

    /** There are names in place of pixels, or the first column has the name of a label column. */
    private static boolean isHeader(List<String> fields) {
        return LABEL_NAMES.contains(fields.get(0).toLowerCase(Locale.ROOT))
                || fields.stream().skip(1).anyMatch(field -> !field.matches("[0-9.eE+-]+"));
    }

    private static int labelColumn(List<String> fields) {
        for (int column = 0; column < fields.size(); column++) {
            if (LABEL_NAMES.contains(fields.get(column).toLowerCase(Locale.ROOT))) {
                return column;
            }
        }
        return 0;
    }

    private void add(List<String> fields) {
        if (fields.size() != columns) {
            throw error("has " + fields.size() + " columns where the first line has " + columns);
        }
        if (pixels.size() + (long) columns > IdxReader.MAX_PAYLOAD_BYTES) {
            throw error("is beyond the limit of " + IdxReader.MAX_PAYLOAD_BYTES + " bytes of pixels; leave some out");
        }
        String label = fields.get(labelColumn);
        if (label.isEmpty() || label.length() > MAX_LABEL_LENGTH) {
            throw error("the label is empty or longer than " + MAX_LABEL_LENGTH + " characters");
        }
        labels.add(label);
        for (int column = 0; column < columns; column++) {
            if (column != labelColumn) {
                pixels.write(pixel(fields.get(column), column));
            }
        }
    }

    private int pixel(String field, int column) {
        int value = 0;
        for (int i = 0; i < field.length() && value <= 255; i++) {
            int digit = field.charAt(i) - '0';
            value = digit < 0 || digit > 9 ? 256 : 10 * value + digit;
        }
        if (field.isEmpty() || value > 255) {
            throw error("column " + (column + 1) + ": '" + (field.length() > 40 ? field.substring(0, 40) : field)
                    + "' is not a pixel, a whole number from 0 to 255");
        }
        return value;
    }

    private List<String> fields(String line) {
        List<String> fields = new ArrayList<>(Math.max(columns, 16));
        int start = 0;
        for (int end = line.indexOf(separator); end >= 0; end = line.indexOf(separator, start)) {
            fields.add(field(line.substring(start, end)));
            start = end + 1;
        }
        fields.add(field(line.substring(start)));
        return fields;
    }

    private static String field(String raw) {
        String field = raw.strip();
        boolean quoted = field.length() >= 2 && field.startsWith("\"") && field.endsWith("\"");
        return quoted ? field.substring(1, field.length() - 1) : field;
    }

    /** The next line that is not blank; null at the end. Only the end may have blank lines. */
    private @Nullable String line() throws IOException {
        for (int blank = 0; blank <= MAX_BLANK_LINES; blank++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(columns * 4);
            int next = stream.read();
            if (next < 0) {
                return null;
            }
            lineNumber++;
            for (; next >= 0 && next != '\n'; next = stream.read()) {
                bytes.write(next);
                if (bytes.size() > MAX_LINE_BYTES) {
                    throw error("is longer than " + MAX_LINE_BYTES + " bytes; end each image with a line break");
                }
            }
            String line = bytes.toString(StandardCharsets.UTF_8);
            if (!line.isBlank()) {
                return line;
            }
        }
        throw error("follows " + MAX_BLANK_LINES + " blank ones; remove them");
    }

    private DatasetException error(String fault) {
        return new DatasetException(file + ":" + lineNumber + ": " + fault);
    }
}
