package dev.convoke.sweep;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.settings.LocatedValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The files that a suite refers to, each read once and kept, so that results can include them. */
final class StudyFiles {
    private final Source source;
    private final Map<String, String> read = new LinkedHashMap<>();

    /** Where files come from. */
    @FunctionalInterface
    interface Source {
        /**
         * The text of a file, or empty where there is none.
         *
         * @param path relative to the suite's folder, with {@code /} between names
         */
        Optional<String> text(String path);
    }

    StudyFiles(Source source) {
        this.source = source;
    }

    /** Everything that was read so far, by path. */
    Map<String, String> all() {
        return Map.copyOf(read);
    }

    /** A file as it was named in another. */
    record Found(String path, String text) {}

    /**
     * The file that a value refers to.
     *
     * @param beside path of the file that contains the value; empty for the suite's folder
     * @throws ConfigurationException if it cannot be read; the message contains the value's location
     */
    Found read(LocatedValue name, String beside) {
        String path;
        try {
            path = Path.of(beside)
                    .resolveSibling(name.text())
                    .normalize()
                    .toString()
                    .replace('\\', '/');
        } catch (InvalidPathException e) {
            ConfigurationException error = name.error("'" + name.text() + "' cannot name a file");
            error.initCause(e);
            throw error;
        }
        String text = read.get(path);
        if (text == null) {
            text = source.text(path)
                    .orElseThrow(() -> name.error("there is no file '" + path
                            + "' in the suite's folder; paths are relative to the file that contains them"));
            read.put(path, text);
        }
        return new Found(path, text);
    }
}
