package dev.convoke.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where the command line writes: results to standard output, progress and remarks to standard error.
 *
 * <p>Whether a stream is a terminal, and how wide, the launcher says in the system properties {@code
 * convoke.stdout.columns} and {@code convoke.stderr.columns}; without them a stream is taken for a file. Colour is off where
 * {@code NO_COLOR} is set, {@code TERM} is {@code dumb}, or the stream is no terminal.
 */
final class Console {
    private static final int FILE_COLUMNS = 100;
    private static final int DEFAULT_ROWS = 24;

    private final PrintStream out;
    private final PrintStream err;
    private final int outColumns;
    private final int errColumns;
    private final boolean colourAllowed;

    Console(PrintStream out, PrintStream err, int outColumns, int errColumns, boolean colourAllowed) {
        this.out = out;
        this.err = err;
        this.outColumns = outColumns;
        this.errColumns = errColumns;
        this.colourAllowed = colourAllowed;
    }

    static Console ofProcess() {
        String noColour = System.getenv("NO_COLOR");
        boolean colour = (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return new Console(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                Integer.getInteger("convoke.stdout.columns", 0),
                Integer.getInteger("convoke.stderr.columns", 0),
                colour);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** Columns of a table on standard output. */
    int columns() {
        return outColumns > 0 ? outColumns : FILE_COLUMNS;
    }

    /** Columns of the terminal behind standard error, 0 where it is none. */
    int progressColumns() {
        return "dumb".equals(System.getenv("TERM")) ? 0 : errColumns;
    }

    /** Whether standard output shows colour. */
    boolean isColoured() {
        return colourAllowed && outColumns > 0;
    }

    /** Rows of the terminal behind standard error. */
    int progressRows() {
        return Integer.getInteger("convoke.stderr.rows", DEFAULT_ROWS);
    }

    /** A line of the result. */
    void print(String line) {
        out.println(line);
    }

    /** A remark beside the result. */
    void remark(String line) {
        err.println(line);
    }

    /** {@code text} as standard output shows it. */
    String styled(Style style, String text) {
        return style.apply(text, isColoured());
    }

    /** {@code text} as standard error shows it. */
    String remarkStyled(Style style, String text) {
        return style.apply(text, colourAllowed && errColumns > 0);
    }
}
