package dev.convoke.sweep;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.settings.LocatedValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The files beside a suite that it names, read once each and kept, so that results can carry them. */
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
     * The file that a setting names.
     *
     * @param beside path of the file that the setting stands in; empty for the suite's own folder
     * @throws ConfigurationException if it cannot be read; the message has the setting's place
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
                            + "' beside the suite; paths are relative to the file that names them"));
            read.put(path, text);
        }
        return new Found(path, text);
    }
}
