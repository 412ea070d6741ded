package dev.convoke.cli;

/** Ends a command with a line for the user, or none where all is said, and a given exit code. */
final class CommandExit extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode code;

    CommandExit(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
