package dev.convoke.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** One command, run inside the test's process, and all that it wrote. */
record CommandLineRun(int code, String out, String err) {

    /** Runs as if both streams were files. */
    static CommandLineRun of(String... arguments) {
        return withColumns(0, arguments);
    }

    /** Runs as if both streams were terminals of that width; 0 for files. */
    static CommandLineRun withColumns(int columns, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                columns,
                columns,
                true);
        int code = Main.run(console, arguments);
        return new CommandLineRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
