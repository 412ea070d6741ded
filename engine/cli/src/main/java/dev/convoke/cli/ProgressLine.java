package dev.convoke.cli;

/**
 * One line that is drawn over itself on a terminal; elsewhere nothing. Drawn at most ten times a second. Safe for several
 * threads.
 */
final class ProgressLine implements AutoCloseable {
    private static final long INTERVAL_NANOS = 100_000_000;
    private static final int BAR = 24;

    private final Console console;
    private final boolean live;
    private long drawn;
    private boolean dirty;

    ProgressLine(Console console, boolean quiet) {
        this.console = console;
        this.live = !quiet && console.progressColumns() > 0;
    }

    boolean isLive() {
        return live;
    }

    /** Shows {@code text}, unless something was drawn a moment ago. */
    synchronized void show(String text) {
        long now = System.nanoTime();
        if (!live || (dirty && now - drawn < INTERVAL_NANOS)) {
            return;
        }
        int room = console.progressColumns() - 1;
        console.drawOver(text.length() > room ? text.substring(0, room) : text);
        drawn = now;
        dirty = true;
    }

    /** Takes the line away, so that something else can be printed. */
    synchronized void clear() {
        if (dirty) {
            console.drawOver("");
            dirty = false;
        }
    }

    @Override
    public void close() {
        clear();
    }

    /** A bar that is {@code share} full. */
    static String bar(double share) {
        int full = (int) Math.round(Math.max(0, Math.min(1, share)) * BAR);
        return "█".repeat(full) + "░".repeat(BAR - full);
    }
}
