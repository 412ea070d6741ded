package dev.convoke.cli;

import dev.convoke.datasets.Datasets;
import dev.convoke.sweep.Seeds;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import java.nio.file.Path;
import java.util.Locale;
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
        description = "Trains one run of a suite, or a small network on data of your own, and saves the trained model.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke train pictures --resize 64x64",
            "  convoke train --dataset digits",
            "  convoke train lenet-5 --dataset mnist --epochs 3 --out out/lenet",
            "  convoke train --set optimizer=sgd --set schedule=cosine --learning-rate 0.05"
        })
final class TrainCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..1",
            description = "A run of a built-in suite, or of --suite; or a folder or file with data of your own, which a"
                    + " small network is then trained on (suite 'own'). Default: the first run of the suite.")
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
        boolean own = isOwnData();
        String name = own ? Suites.load(Suites.OWN).runs().get(0).name() : RunChoice.name(suite, run);
        Suite wanted = own ? ownSuite() : RunChoice.suite(suite, name);
        Optional<Seeds> one = Optional.of(Seeds.parse(seed + ","));
        TrainingOptions.Outcome outcome =
                training.run(console, wanted, TrainingOptions.Extent.PART, one, Optional.of(1), name);
        if (!training.output.json) {
            outcome.results().runs().stream()
                    .filter(each -> each.name().equals(name))
                    .flatMap(each -> each.seeds().stream())
                    .forEach(trained -> print(outcome, name, trained));
        }
        return outcome.code().code();
    }

    /** The model that was saved and its own figures; those above may be of other epochs, or of several. */
    private void print(TrainingOptions.Outcome outcome, String name, SweepResults.SeedResults trained) {
        if (trained.test().isEmpty()) {
            return;
        }
        SweepResults.TestResults test = trained.test().get();
        String accuracy = Double.isNaN(test.accuracy())
                ? ""
                : String.format(Locale.ROOT, "accuracy %.2f %%, ", 100 * test.accuracy());
        Path trial = outcome.folder().resolve("runs").resolve(name).resolve("seed-" + trained.seed());
        console.print("model    " + trial.resolve("model.safetensors"));
        console.print(String.format(
                Locale.ROOT,
                "         %sloss %.4f on %,d test images, weights of epoch %d",
                accuracy,
                test.loss(),
                outcome.results().dataset().testImages(),
                trained.finalEpoch()));
    }

    /** Whether only data of the user's own are named. The name of a run means the run, even beside a folder of that name. */
    private boolean isOwnData() {
        String data = training.datasets.dataset;
        if (data == null && run != null && suite == null && !Suites.hasRun(run) && Datasets.isPath(run)) {
            training.datasets.dataset = run;
            run = null;
        }
        return suite == null
                && run == null
                && training.datasets.dataset != null
                && Datasets.isPath(training.datasets.dataset);
    }

    private Suite ownSuite() {
        Path data = Path.of(String.valueOf(training.datasets.dataset));
        return Suites.load(Suites.OWN)
                .titled("Images of " + data.toAbsolutePath().normalize().getFileName());
    }
}
