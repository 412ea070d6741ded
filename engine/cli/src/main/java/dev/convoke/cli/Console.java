package dev.convoke.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The output of the command line: results on standard output, progress and remarks on standard error.
 *
 * <p>The launcher passes whether a stream is a terminal, and its width, in the system properties
 * {@code convoke.stdout.columns} and {@code convoke.stderr.columns}; without them a stream is treated as a file. Color is
 * off if {@code NO_COLOR} is set, {@code TERM} is {@code dumb}, or the stream is no terminal.
 *
 * <p>Names of classes, runs, files and tensors, and server responses, are untrusted. No control character, and no character
 * that changes the text direction, reaches a terminal: {@link TerminalText} removes them from all output.
 */
final class Console {
    private static final int FILE_COLUMNS = 100;
    private static final int DEFAULT_ROWS = 24;

    private final PrintStream out;
    private final PrintStream err;
    private final int outColumns;
    private final TerminalSize terminal;
    private final boolean colorAllowed;

    Console(PrintStream out, PrintStream err, int outColumns, int errColumns, boolean colorAllowed) {
        this(out, err, outColumns, TerminalSize.fixed(errColumns, DEFAULT_ROWS), colorAllowed);
    }

    private Console(PrintStream out, PrintStream err, int outColumns, TerminalSize terminal, boolean colorAllowed) {
        this.out = out;
        this.err = err;
        this.outColumns = outColumns;
        this.terminal = terminal;
        this.colorAllowed = colorAllowed;
    }

    static Console ofProcess() {
        String noColor = System.getenv("NO_COLOR");
        boolean color = (noColor == null || noColor.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return new Console(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                Integer.getInteger("convoke.stdout.columns", 0),
                TerminalSize.ofWindow(
                        Integer.getInteger("convoke.stderr.columns", 0),
                        Integer.getInteger("convoke.stderr.rows", DEFAULT_ROWS)),
                color);
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
        return "dumb".equals(System.getenv("TERM")) ? 0 : terminal.columns();
    }

    /** Whether standard output shows color. */
    boolean isColored() {
        return colorAllowed && outColumns > 0;
    }

    /** Rows of the terminal behind standard error. */
    int progressRows() {
        return terminal.rows();
    }

    /** A line of the result. */
    void print(String line) {
        out.println(TerminalText.line(line));
    }

    /** Lines of the result, which end as they are. */
    void printLines(String text) {
        out.print(TerminalText.lines(text));
    }

    /** JSON as the result. */
    void printJson(String json) {
        out.println(TerminalText.json(json.stripTrailing()));
    }

    /** A remark in addition to the result. */
    void remark(String line) {
        err.println(TerminalText.line(line));
    }

    /**
     * Draws on the terminal behind standard error.
     *
     * @param moves of the cursor, ours
     * @param lines that are drawn, from wherever their words come
     */
    void draw(String moves, List<String> lines) {
        StringBuilder screen = new StringBuilder(moves);
        for (String line : lines) {
            screen.append("\u001b[K").append(TerminalText.line(line)).append('\n');
        }
        err.print(screen.append("\u001b[J"));
        err.flush();
    }

    /** Draws one line of the terminal behind standard error over itself; an empty one takes it away. */
    void drawOver(String line) {
        err.print("\r\u001b[K" + TerminalText.line(line));
        err.flush();
    }

    /** Whether all that was printed as the result has been taken. */
    boolean isOutputWhole() {
        return !out.checkError();
    }

    /** {@code text} as standard output shows it. */
    String styled(Style style, String text) {
        return style.apply(TerminalText.plain(text), isColored());
    }

    /** {@code text} as standard error shows it. */
    String remarkStyled(Style style, String text) {
        return style.apply(TerminalText.plain(text), colorAllowed && terminal.columns() > 0);
    }
}
