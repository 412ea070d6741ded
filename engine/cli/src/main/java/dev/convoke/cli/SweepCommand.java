package dev.convoke.cli;

import dev.convoke.sweep.Seeds;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains every run of a suite and reports. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains every run of a suite with every seed, tests its claims, and writes the report.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke sweep report --dataset digits",
            "  convoke sweep report --dataset mnist --seeds 5 --out out/mnist --resume",
            "  convoke sweep my-suite.yaml --gate 'val_accuracy>=0.98'"
        })
final class SweepCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "SUITE", description = "report, report-as-described, report-sound, zoo, or a YAML file.")
    String suite = "";

    @Option(
            names = "--seeds",
            paramLabel = "N|LIST",
            description =
                    "Seeds of every run: a count, or a list such as 1,2,7 (7, is seed 7 alone). Default: the suite's.")
    @Nullable String seeds;

    @Option(names = "--seed", paramLabel = "N", description = "Use this seed only, instead of --seeds.")
    @Nullable Long seed;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Concurrent trials. Default: the number of cores; several for each GPU.")
    @Nullable Integer jobs;

    @Option(
            names = "--only",
            paramLabel = "RUN",
            description = "Train only this run of the suite, and those that it continues.")
    @Nullable String only;

    @Mixin
    TrainingOptions training = new TrainingOptions();

    SweepCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Suite all = Suites.load(suite);
        Suite wanted = only == null ? all : all.only(only);
        TrainingOptions.Extent extent = only == null ? TrainingOptions.Extent.WHOLE_SUITE : TrainingOptions.Extent.PART;
        return training.run(console, wanted, extent, chosenSeeds(), Optional.ofNullable(jobs), wanted.name())
                .code()
                .code();
    }

    private Optional<Seeds> chosenSeeds() {
        if (seed != null && seeds != null) {
            throw new CommandExit(ExitCode.USAGE, "--seed and --seeds exclude each other; give one of them");
        }
        return seed != null
                ? Optional.of(Seeds.parse(seed + ","))
                : Optional.ofNullable(seeds).map(Seeds::parse);
    }
}
