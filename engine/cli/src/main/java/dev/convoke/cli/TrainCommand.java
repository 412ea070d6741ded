package dev.convoke.cli;

import dev.convoke.sweep.Seeds;
import dev.convoke.sweep.Suite;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains one run: a sweep of one. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains one run of a suite and saves the trained model.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke train --dataset digits",
            "  convoke train lenet-5 --dataset mnist --epochs 3 --out out/lenet",
            "  convoke train --set optimizer=sgd --set schedule=cosine --learning-rate 0.05"
        })
final class TrainCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..1",
            description = "A run of a built-in suite, or of --suite. Default: the first run of the suite.")
    @Nullable String run;

    @Option(names = "--suite", paramLabel = "SUITE", description = "Suite of the run: a built-in name or a YAML file.")
    @Nullable String suite;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of weights, order, masks, augmentation. Default: 1.")
    long seed = 1;

    @Mixin
    TrainingOptions training = new TrainingOptions();

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String name = RunChoice.name(suite, run);
        Suite wanted = RunChoice.suite(suite, name);
        Optional<Seeds> one = Optional.of(Seeds.parse(seed + ","));
        TrainingOptions.Outcome outcome =
                training.run(console, wanted, TrainingOptions.Extent.PART, one, Optional.of(1), name);
        if (!training.output.json) {
            Path trial = outcome.folder().resolve("runs").resolve(name).resolve("seed-" + seed);
            console.print("model    " + trial.resolve("model.safetensors"));
        }
        return outcome.code().code();
    }
}
