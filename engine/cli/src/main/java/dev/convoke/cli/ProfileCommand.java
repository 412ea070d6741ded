package dev.convoke.cli;

import dev.convoke.backend.Backend;
import dev.convoke.datasets.Dataset;
import dev.convoke.report.profile.ProfileCells;
import dev.convoke.report.profile.ProfileJson;
import dev.convoke.report.profile.ProfileReport;
import dev.convoke.report.profile.ProfileRow;
import dev.convoke.report.profile.ProfileWriter;
import dev.convoke.report.profile.Profiler;
import dev.convoke.sweep.Processor;
import dev.convoke.sweep.Suite;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures the training steps of a run op by op. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures the training steps of a run op by op: time, FLOPs, bytes, and the fraction of the machine's"
                        + " peak performance.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke profile lenet-5 --device cpu --batch-size 32",
            "  convoke profile resnet-8 --batch-size 128 --threads 2 --kernels library",
            "  convoke profile lenet-5 --set augmentation=none --json"
        })
final class ProfileCommand implements Callable<Integer> {
    private static final String DEFAULT_DATASET = "digits";
    private static final int MOST_STEPS = 100_000;
    private static final int WORDS = 2;

    private final Console console;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..1",
            description = "A run of a built-in suite, or of --suite. Default: the first run of the suite.")
    @Nullable String run;

    @Option(names = "--suite", paramLabel = "SUITE", description = "Suite of the run: a built-in name or a YAML file.")
    @Nullable String suite;

    @Option(names = "--steps", paramLabel = "N", description = "Measured steps. Default: 200.")
    int steps = 200;

    @Option(names = "--warm-up", paramLabel = "N", description = "Steps before the measurement. Default: 50.")
    int warmUp = 50;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder for profile.json, profile.html, roofline.svg and trace.json; those of an earlier profile"
                            + " are replaced. Default: out/profile-RUN-DEVICE-BATCH.")
    @Nullable Path out;

    @Mixin
    DatasetOptions datasets = new DatasetOptions();

    @Mixin
    ParameterOptions parameters = new ParameterOptions();

    @Mixin
    DeviceOptions device = new DeviceOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @Nullable CommandSpec command;

    ProfileCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        checkCount("--steps", steps, 1);
        checkCount("--warm-up", warmUp, 0);
        Suite.Run wanted = RunChoice.of(suite, run).with(parameters.overrides());
        Dataset dataset = datasets.load(RunChoice.dataset(suite).orElse(DEFAULT_DATASET), output, console);
        Backend backend = device.choose(output, console);
        Profiler.Measured measured = measure(wanted, dataset, backend);
        Path folder = out == null ? defaultFolder(measured.report().subject()) : out;
        ProfileWriter.write(folder, measured.report(), measured.profile());
        if (output.json) {
            console.printJson(ProfileJson.text(measured.report()));
        } else {
            print(measured.report(), folder);
        }
        return end(measured.report());
    }

    private static void checkCount(String option, int count, int least) {
        if (count < least || count > MOST_STEPS) {
            throw new CommandExit(
                    ExitCode.USAGE,
                    String.format(Locale.ROOT, "%s must be %d to %d, not %d", option, least, MOST_STEPS, count));
        }
    }

    private Profiler.Measured measure(Suite.Run wanted, Dataset dataset, Backend backend) {
        Profiler.Request request = new Profiler.Request(wanted, dataset, backend, device.execution(), steps, warmUp);
        try (Profiler profiler = new Profiler(request)) {
            return profiler.measure(new ProfileReport.ProfiledRun(
                    wanted.name(),
                    dataset.name(),
                    backend.name(),
                    backend.probe().detail(),
                    Processor.ofMachine().name(),
                    wanted.settings().training().batchSize(),
                    device.precision,
                    device.threads,
                    device.kernels.name().toLowerCase(Locale.ROOT),
                    steps,
                    warmUp,
                    Version.current(),
                    CommandText.of(command)));
        }
    }

    private static Path defaultFolder(ProfileReport.ProfiledRun subject) {
        return Path.of("out", "profile-" + subject.run() + "-" + subject.device() + "-" + subject.batch());
    }

    private void print(ProfileReport report, Path folder) {
        ProfileReport.ProfiledRun subject = report.subject();
        console.print(console.styled(Style.BOLD, subject.run())
                + String.format(
                        Locale.ROOT,
                        "  %s  batch %d  %s  %s  %,.0f images/s",
                        subject.device(),
                        subject.batch(),
                        subject.precision(),
                        subject.threads() == 1 ? "1 thread" : subject.threads() + " threads",
                        report.imagesPerSecond()));
        console.print("roof  " + ProfileCells.roof(report));
        console.print("");
        times(report).lines().forEach(console::print);
        console.print("");
        kernels(report).lines().forEach(console::print);
        console.print("");
        console.print(ProfileCells.sum(report));
        console.print(ProfileCells.origin(report));
        console.print("FLOPs are effective: those of the plain op, whatever its kernel saves.");
        console.print("files    " + folder.resolve("profile.html") + ", profile.json, roofline.svg, trace.json");
    }

    private static Table times(ProfileReport report) {
        Table.Align[] aligns = new Table.Align[ProfileCells.head().size()];
        Arrays.fill(aligns, Table.Align.RIGHT);
        Arrays.fill(aligns, 0, WORDS, Table.Align.LEFT);
        Table table = new Table(aligns);
        row(table, ProfileCells.head());
        report.rows().forEach(row -> row(table, ProfileCells.of(row, report)));
        row(table, ProfileCells.between(report));
        row(table, ProfileCells.step(report));
        return table;
    }

    private static void row(Table table, List<String> cells) {
        table.row(cells.toArray(String[]::new));
    }

    private static Table kernels(ProfileReport report) {
        Table table = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT);
        table.row("op", "pass", "served by");
        for (ProfileRow row : report.rows()) {
            table.row(row.name(), row.pass().name().toLowerCase(Locale.ROOT), row.kernels());
        }
        return table;
    }

    private int end(ProfileReport report) {
        if (report.addsUp()) {
            return ExitCode.DONE.code();
        }
        throw new CommandExit(
                ExitCode.GATE,
                "the ops do not add up to the step, " + ProfileCells.sum(report)
                        + "; measure again on a quieter machine or with more --steps");
    }
}
