package dev.convoke.cli;

import dev.convoke.backend.DeviceException;
import dev.convoke.datasets.DatasetException;
import dev.convoke.model.ModelException;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.CheckpointException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;

/**
 * A command that failed: one line for what the user can mend, with the documented exit code and no stack trace. With {@code
 * CONVOKE_DEBUG=1} the trace follows.
 */
final class ErrorReport implements CommandLine.IExecutionExceptionHandler {
    private final Console console;

    ErrorReport(Console console) {
        this.console = console;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, CommandLine.ParseResult result) {
        return report(e);
    }

    /** Prints an error and determines the exit code. */
    int report(Throwable e) {
        ExitCode code = codeOf(e);
        if (e instanceof OutOfMemoryError) {
            console.remark(console.remarkStyled(Style.BAD, "convoke: ") + "too little memory (" + e.getMessage()
                    + "): give it more, as with CONVOKE_JAVA_OPTS=-Xmx4g, or less to do, as with --jobs 1");
            return code.code();
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String fault = code == ExitCode.FAULT
                ? "this is a fault of Convoke (" + e.getClass().getSimpleName()
                        + "), set CONVOKE_DEBUG=1 for its trace: "
                : "";
        if (!message.isEmpty()) {
            console.remark(console.remarkStyled(Style.BAD, "convoke: ") + fault + message);
        }
        if ("1".equals(System.getenv("CONVOKE_DEBUG"))) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            trace.toString().lines().map(line -> line.replace("\t", "    ")).forEach(console::remark);
        }
        return code.code();
    }

    private static ExitCode codeOf(Throwable e) {
        if (e instanceof CommandExit exit) {
            return exit.code();
        }
        if (e instanceof ConfigurationException || e instanceof ModelException) {
            return ExitCode.CONFIGURATION;
        }
        if (e instanceof DatasetException || e instanceof UncheckedIOException) {
            return ExitCode.DATA;
        }
        if (e instanceof CheckpointException) {
            return ExitCode.MODEL;
        }
        return e instanceof DeviceException ? ExitCode.DEVICE : ExitCode.FAULT;
    }
}
