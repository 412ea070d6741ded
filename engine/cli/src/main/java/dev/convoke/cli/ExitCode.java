package dev.convoke.cli;

/** What the process returns; documented in the README, relied on by scripts. */
enum ExitCode {
    /** All was done. */
    DONE(0),
    /** A fault of Convoke itself. */
    FAULT(1),
    /** The command line was wrong. */
    USAGE(2),
    /** A suite, a model or a setting was wrong. */
    CONFIGURATION(3),
    /** Data were missing, damaged or not what they should be, or a file could not be written. */
    DATA(4),
    /** A model file or a checkpoint was missing or damaged. */
    MODEL(5),
    /** The device is not there or cannot do what was asked. */
    DEVICE(6),
    /** A run diverged or failed, or a gate was not met. */
    GATE(7),
    /** Stopped from outside, as by Ctrl-C; what was trained is kept. */
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
