package dev.convoke.cli;

import java.util.List;
import picocli.CommandLine;

/** Errors of the command line: one line with the error, one with the remedy. */
final class UsageErrors implements CommandLine.IParameterExceptionHandler {
    private final Console console;

    UsageErrors(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(CommandLine.ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String message = firstLine(String.valueOf(e.getMessage()));
        List<String> near =
                e instanceof CommandLine.UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String hint = near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?";
        console.remark(console.remarkStyled(Style.BAD, "convoke: ") + message + hint);
        console.remark("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE.code();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("the command line is not understood");
    }
}
