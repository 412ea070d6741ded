package dev.convoke.cli;

import org.jspecify.annotations.Nullable;

/** How a sweep shows its progress on standard error. */
enum Progress {
    /** A table that is drawn over itself. */
    LIVE,
    /** A line an epoch. */
    EPOCHS,
    /** A line a trial. */
    TRIALS,
    NONE;

    /** Trials up to which a line an epoch can be read by somebody. */
    private static final int MOST_BY_EPOCH = 20;

    /** What was asked for; a table needs a terminal, and many trials without one get a line each. */
    static Progress of(@Nullable Progress wanted, OutputOptions output, Console console, int trials) {
        if (output.quiet || wanted == NONE) {
            return NONE;
        }
        if (wanted == EPOCHS || wanted == TRIALS) {
            return wanted;
        }
        return console.progressColumns() > 0 ? LIVE : trials <= MOST_BY_EPOCH ? EPOCHS : TRIALS;
    }
}
