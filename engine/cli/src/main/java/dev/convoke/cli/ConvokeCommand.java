package dev.convoke.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of the command line. */
@Command(
        name = "convoke",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Trains small convolutional networks, runs sweeps of them, and tests claims about the results.",
        subcommands = {
            SweepCommand.class,
            PlanCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            ExportCommand.class,
            ReportCommand.class,
            CompareCommand.class,
            SummaryCommand.class,
            ProfileCommand.class,
            SuitesCommand.class,
            RunsCommand.class,
            DatasetsCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke sweep report --dataset digits",
            "  convoke train FOLDER_OF_PICTURES",
            "  convoke bench peers                    in a source tree: benchmarks; see bench/README.md",
            "",
            "Exit codes: 0 success, 1 internal error, 2 usage, 3 configuration, 4 data, 5 model or checkpoint,",
            "6 device, 7 diverged, failed or gate not met, 130 interrupted."
        })
final class ConvokeCommand implements Runnable {
    @Spec
    @Nullable CommandSpec spec;

    /** Without a command: what commands there are. */
    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }
}
