package dev.convoke.cli;

/** Exit codes of the process; documented in the README, since scripts rely on them. */
enum ExitCode {
    /** Success. */
    DONE(0),
    /** An internal error of Convoke. */
    FAULT(1),
    /** The command line was wrong. */
    USAGE(2),
    /** A suite, a model or a setting was wrong. */
    CONFIGURATION(3),
    /** Data were missing, corrupt or invalid, or a file could not be written. */
    DATA(4),
    /** A model file or a checkpoint was missing or corrupt. */
    MODEL(5),
    /** The device is not available or does not support the request. */
    DEVICE(6),
    /** A run diverged or failed, or a gate was not met. */
    GATE(7),
    /** Interrupted, as by Ctrl-C; finished work is kept. */
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
