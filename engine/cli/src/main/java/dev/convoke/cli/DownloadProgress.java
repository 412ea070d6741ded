package dev.convoke.cli;

import dev.convoke.datasets.Progress;
import java.util.Locale;

/** Draws a download: a bar on a terminal, a line a file elsewhere. */
final class DownloadProgress implements Progress, AutoCloseable {
    private static final double MEBIBYTE = 1 << 20;

    private final Console console;
    private final boolean quiet;
    private final ProgressLine line;
    private String announced = "";

    DownloadProgress(Console console, boolean quiet) {
        this.console = console;
        this.quiet = quiet;
        this.line = new ProgressLine(console, quiet);
    }

    @Override
    public void transferred(String file, long done, long total) {
        if (line.isLive()) {
            line.show(String.format(
                    Locale.ROOT,
                    "downloading %s  %s %5.1f of %.1f MiB",
                    file,
                    ProgressLine.bar((double) done / Math.max(1, total)),
                    done / MEBIBYTE,
                    total / MEBIBYTE));
        } else if (!quiet && !announced.equals(file)) {
            announced = file;
            console.remark(String.format(Locale.ROOT, "downloading %s (%.1f MiB)", file, total / MEBIBYTE));
        }
    }

    @Override
    public void notice(String text) {
        line.clear();
        if (!quiet) {
            console.remark(text);
        }
    }

    @Override
    public void close() {
        line.close();
    }
}
