package dev.convoke.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;

/** The process: builds the command line, runs it, returns its exit code. */
public final class Main {
    private Main() {}

    /**
     * Runs one command.
     *
     * @param arguments as typed
     */
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(run(Console.ofProcess(), arguments));
    }

    private static Path path(String typed) {
        try {
            return Path.of(typed);
        } catch (InvalidPathException e) {
            throw new CommandLine.TypeConversionException(
                    "'" + typed + "' cannot name a file in this locale; set LC_ALL=C.UTF-8");
        }
    }

    /** Runs one command against {@code console} and gives the exit code that the process would end with. */
    static int run(Console console, String... arguments) {
        CommandLine line = new CommandLine(new ConvokeCommand(), new CommandFactory(console));
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                console.isColored() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setUsageHelpWidth(Math.max(72, Math.min(console.columns(), 110)));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(Path.class, Main::path);
        line.setParameterExceptionHandler(new UsageErrors(console));
        ErrorReport errors = new ErrorReport(console);
        line.setExecutionExceptionHandler(errors);
        return written(console, execute(line, errors, arguments));
    }

    private static int execute(CommandLine line, ErrorReport errors, String... arguments) {
        try {
            return line.execute(arguments);
        } catch (Throwable e) {
            // Exceptions are reported by ErrorReport; what comes here is out of memory, a broken link, a failed
            // assertion.
            return errors.report(e);
        }
    }

    /** If the result cannot be written, as to a full disk or a closed pipe, the command has failed. */
    private static int written(Console console, int code) {
        if (console.isOutputWhole() || code != ExitCode.DONE.code()) {
            return code;
        }
        console.remark(console.remarkStyled(Style.BAD, "convoke: ")
                + "standard output: could not be written (it is closed, or the disk is full); give another");
        return ExitCode.DATA.code();
    }
}
