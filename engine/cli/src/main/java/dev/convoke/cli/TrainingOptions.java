package dev.convoke.cli;

import dev.convoke.backend.Backend;
import dev.convoke.datasets.Dataset;
import dev.convoke.sweep.Seeds;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.SuiteReader;
import dev.convoke.sweep.SweepRequest;
import dev.convoke.sweep.SweepResults;
import dev.convoke.train.Validation;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of all commands that train, and the training itself: from the suite to the results with verdicts. */
final class TrainingOptions {
    @Mixin
    DatasetOptions datasets = new DatasetOptions();

    @Mixin
    ParameterOptions parameters = new ParameterOptions();

    @Option(
            names = "--validation",
            paramLabel = "IMAGES",
            description = "Validation images: test, own (the data's own validation split), auto (own, or a tenth of the"
                    + " training images), or the training images to hold out: 1000, 0.1, 1/6. Default: the suite's.")
    @Nullable String validation;

    @Mixin
    StoreOptions store = new StoreOptions();

    @Mixin
    DeviceOptions device = new DeviceOptions();

    @Mixin
    GateOptions gates = new GateOptions();

    @Option(
            names = "--progress",
            paramLabel = "HOW",
            description =
                    "Progress on standard error: live (a table, on a terminal), epochs (a line each), trials (a line"
                            + " each), none. Default: live; without a terminal epochs, or trials if there are more than 20.")
    @Nullable Progress progress;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec(Spec.Target.MIXEE)
    @Nullable CommandSpec command;

    /** Whether all of a suite is trained, or a part that the user picked: a baseline is then asked for that part alone. */
    enum Extent {
        WHOLE_SUITE,
        PART
    }

    /** Where the results went, and how the command ends. */
    record Outcome(Path folder, SweepResults results, ExitCode code) {}

    /**
     * Trains the suite. As many errors as possible are reported before the data are loaded, the others before training.
     *
     * @param seeds instead of the suite's
     * @param jobs trials at a time; empty for the device's default
     * @param name of the folder if the user gave none; the data set's name is appended
     */
    Outcome run(
            Console console, Suite suite, Extent extent, Optional<Seeds> seeds, Optional<Integer> jobs, String name) {
        gates.check();
        suite.with(parameters.overrides());
        Suite wanted = validation == null ? suite : suite.validatedOn(SuiteReader.validation(validation));
        Dataset dataset = datasets.load(suite.dataset(), output, console);
        gates.check(suite, dataset);
        if (!output.quiet && wanted.validation() instanceof Validation.OnTest) {
            dataset.validation()
                    .ifPresent(part -> console.remark(dataset.name() + ": its validation part (" + part.count()
                            + " images) is not used; --validation own does"));
        }
        if (!output.quiet) {
            ClassBalance.remark(dataset).ifPresent(console::remark);
        }
        Backend backend = device.choose(output, console);
        Path folder = store.folder(name + "-" + dataset.name());
        SweepRequest request = new SweepRequest(
                wanted,
                dataset,
                parameters.overrides(),
                seeds,
                jobs.orElseGet(backend::parallelSessions),
                folder,
                store.existing(),
                backend,
                device.execution(),
                Version.current(),
                CommandText.of(command));
        SweepResults results = new SweepSession(console, output, progress).run(request);
        return new Outcome(folder, results, gates.judge(results, extent, console));
    }
}
