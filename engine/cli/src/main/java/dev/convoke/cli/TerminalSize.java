package dev.convoke.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The size of the terminal's window, asked again from time to time: Java is not told when a window is resized. */
final class TerminalSize {
    private static final long INTERVAL_NANOS = 2_000_000_000L;
    private static final Pattern SIZE = Pattern.compile("(?<rows>[0-9]{1,4}) (?<columns>[0-9]{1,4})");

    private int columns;
    private int rows;
    private long asked = System.nanoTime();
    private boolean canChange;

    private TerminalSize(int columns, int rows, boolean canChange) {
        this.columns = columns;
        this.rows = rows;
        this.canChange = canChange;
    }

    /** A size that stays; no columns if there is no terminal. */
    static TerminalSize fixed(int columns, int rows) {
        return new TerminalSize(columns, rows, false);
    }

    /** The size that the launcher found; no columns if there is no terminal, which is then never asked. */
    static TerminalSize ofWindow(int columns, int rows) {
        return new TerminalSize(columns, rows, columns > 0);
    }

    int columns() {
        refresh();
        return columns;
    }

    int rows() {
        refresh();
        return rows;
    }

    private void refresh() {
        if (!canChange || System.nanoTime() - asked < INTERVAL_NANOS) {
            return;
        }
        asked = System.nanoTime();
        try {
            Process process = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader reader = process.inputReader(StandardCharsets.US_ASCII)) {
                String line = reader.readLine();
                Matcher size = SIZE.matcher(line == null ? "" : line);
                canChange = size.matches();
                if (canChange && Integer.parseInt(size.group("columns")) > 0) {
                    columns = Integer.parseInt(size.group("columns"));
                    rows = Integer.parseInt(size.group("rows"));
                }
            }
        } catch (IOException e) {
            // Without stty or a controlling terminal the size stays what it was.
            canChange = false;
        }
    }
}
