package dev.convoke.cli;

/** Stops a command with an exit code and an optional message for the user. */
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
