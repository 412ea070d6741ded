package dev.convoke.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The command line as results quote it: absolute paths are cut to their last name, so that no machine is given away. */
final class CommandText {
    private CommandText() {}

    static String of(@Nullable CommandSpec spec) {
        List<String> words = new ArrayList<>(List.of("./convoke"));
        if (spec != null) {
            CommandSpec root = spec.root();
            for (String word : root.commandLine().getParseResult().originalArgs()) {
                words.add(quoted(shortened(word)));
            }
        }
        return String.join(" ", words);
    }

    private static String shortened(String word) {
        int equals = word.startsWith("--") ? word.indexOf('=') + 1 : 0;
        String value = word.substring(equals);
        Path last = value.startsWith("/") ? Path.of(value).getFileName() : null;
        return last == null ? word : word.substring(0, equals) + last;
    }

    private static String quoted(String word) {
        return word.matches("[-+=:,./~@%\\w]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
