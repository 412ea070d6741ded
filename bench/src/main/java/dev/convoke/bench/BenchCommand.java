package dev.convoke.bench;

import dev.convoke.bench.peers.PeersCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code ./convoke bench} runs. */
@Command(
        name = "convoke bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Compares the speed of Convoke with other engines.",
        subcommands = PeersCommand.class)
public final class BenchCommand implements Runnable {
    @Spec
    @Nullable CommandSpec spec;

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line, which says in one line what went wrong. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new BenchCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, arguments) -> {
            e.getCommandLine().getErr().println("convoke: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((e, command, result) -> {
            command.getErr().println("convoke: " + e.getMessage());
            if ("1".equals(System.getenv("CONVOKE_DEBUG"))) {
                e.printStackTrace(command.getErr());
            }
            return PeersCommand.exitCode(e);
        });
        return line;
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing: peers");
        }
    }
}
