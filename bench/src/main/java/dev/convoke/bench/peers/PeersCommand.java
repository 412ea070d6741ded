package dev.convoke.bench.peers;

import dev.convoke.datasets.DatasetException;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.train.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares Convoke with its peers. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Compares training and inference of Convoke, libtorch, TensorFlow, PyTorch, Deeplearning4j and"
                        + " ONNX Runtime, in alternation or two at a time; tables of medians, spread and ratios, and peers.json.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./convoke bench peers --batches 32 --threads 1 --sections training",
            "  ./convoke bench peers --suite zoo --together --sections training"
        })
public final class PeersCommand implements Callable<Integer> {
    /** System property that names the repository, which the launcher sets. */
    static final String HOME = "convoke.home";

    private static final int DONE = 0;
    private static final int FAULT = 1;
    private static final int CONFIGURATION = 3;
    private static final int DATA = 4;
    private static final int DEVICE = 6;
    private static final int GATE = 7;

    private static final String ALL = "all";
    private static final List<String> NETWORKS = List.of("base-adam", "batch-norm", "four-blocks", "two-blocks");

    @Spec
    @Nullable CommandSpec spec;

    @Option(
            names = "--suite",
            paramLabel = "SUITE",
            description =
                    "A built-in suite or a suite's file, whose networks are trained. Default: the built-in suites.")
    @Nullable String suite;

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "RUN",
            description = "Runs whose networks are trained; all for every run of --suite, or without it for base-adam,"
                    + " batch-norm, four-blocks and two-blocks. Default: all of --suite, else base-adam.")
    List<String> models = List.of();

    @Option(names = "--batches", split = ",", paramLabel = "N", description = "Images a step. Default: 32,128.")
    List<Integer> batches = List.of(32, 128);

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "Threads of every engine. Default: 1,2; with --together 1.")
    List<Integer> threads = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "Turns of each engine. Default: ${DEFAULT-VALUE}.")
    int rounds = 5;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Length of a turn; an engine with long steps takes longer. Default: ${DEFAULT-VALUE}.")
    double seconds = 0.5;

    @Option(
            names = "--clock",
            description =
                    "wall, or cpu for the processor time of one thread, which is steady on a machine that others use"
                            + " too; an engine that works on other threads is refused. Default: wall; with --together"
                            + " cpu.")
    Settings.@Nullable Clock clock;

    @Option(
            names = "--weights",
            split = ",",
            paramLabel = "NAME",
            description =
                    "From which weights steps are trained, of initial, after_an_epoch, for which Convoke first trains"
                            + " an epoch. Default: both.")
    List<WeightState> weights = List.of(WeightState.values());

    @Option(
            names = "--together",
            description =
                    "Each engine is timed while Convoke works on the same processor, by the processor time of each:"
                            + " both meet the same machine, however busy it is.")
    boolean together;

    @Option(
            names = "--against",
            paramLabel = "DIR",
            description = "Another checkout of Convoke, in which ./convoke bench peers was built, as one more row.")
    @Nullable Path against;

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "NAME",
            description = "Only these rows; bench/README.md names them all.")
    List<String> peers = List.of();

    @Option(
            names = "--sections",
            split = ",",
            paramLabel = "NAME",
            description = "Of training, inference, startup. Default: all; with --together without startup.")
    List<Settings.Section> sections = List.of();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Folder of MNIST. Default: $CONVOKE_DATA_DIR, then ../shared/data, then the cache; the bundled"
                            + " digits where there is none.")
    @Nullable Path dataDir;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where peers.txt, peers.json and the engines' logs go. Default: ${DEFAULT-VALUE}.")
    Path out = Path.of("out", "peers");

    /** The exit code of a comparison that failed with {@code e}; the codes of the command line. */
    public static int exitCode(Exception e) {
        if (e instanceof BenchException) {
            return DEVICE;
        }
        if (e instanceof DatasetException || e instanceof UncheckedIOException) {
            return DATA;
        }
        boolean wrongRun = e instanceof ConfigurationException || e instanceof IllegalArgumentException;
        return wrongRun ? CONFIGURATION : FAULT;
    }

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter text = command.commandLine().getOut();
        PrintWriter remarks = command.commandLine().getErr();
        Settings settings = settings(command);
        makeFolder();
        StringBuilder kept = new StringBuilder();
        TrainingData data = TrainingData.find(dataDir, settings.home(), remarks::println);
        Comparison comparison = new Comparison(settings, data, line -> {
            text.println(line);
            text.flush();
            kept.append(line).append(System.lineSeparator());
        });
        Results results = comparison.results();
        try {
            comparison.run();
        } finally {
            // What was measured before something failed is kept.
            AtomicFile.write(out.resolve("peers.txt"), kept.toString());
            AtomicFile.write(out.resolve("peers.json"), results.json());
        }
        text.println(out.resolve("peers.txt") + ", " + out.resolve("peers.json"));
        for (String line : results.disagreements()) {
            remarks.println("convoke: " + line);
        }
        return results.disagreements().isEmpty() ? DONE : GATE;
    }

    private Settings settings(CommandSpec command) {
        List<Suite.Run> runs = runs(); // Refuses a run that there is not, before anything is trained.
        if (rounds < 1) {
            throw wrong(command, "--rounds must be at least 1, not " + rounds);
        }
        if (!(seconds > 0 && seconds <= 60)) {
            throw wrong(command, "--seconds must be above 0 and not above 60, not " + seconds);
        }
        for (int number : batches) {
            if (number < 1) {
                throw wrong(command, "--batches must be at least 1, not " + number);
            }
        }
        Path home = Path.of(System.getProperty(HOME, "")).toAbsolutePath();
        List<Competitor> competitors = competitors(command);
        Settings.Clock read = clock(command);
        return new Settings(
                runs,
                batches,
                threads(command, read),
                rounds,
                seconds,
                read,
                together ? Settings.Company.TOGETHER : Settings.Company.ALTERNATING,
                EnumSet.copyOf(weights),
                competitors,
                EnumSet.copyOf(parts(command)),
                home,
                out.toAbsolutePath());
    }

    private List<Suite.Run> runs() {
        boolean all = models.equals(List.of(ALL));
        if (suite != null) {
            Suite named = Suites.load(suite);
            return models.isEmpty() || all
                    ? named.runs()
                    : models.stream()
                            .map(name -> named.only(name).run(name).orElseThrow())
                            .toList();
        }
        List<String> names = models.isEmpty() ? List.of(Suites.defaultRun()) : all ? NETWORKS : models;
        return names.stream().map(Suites::run).toList();
    }

    private List<Integer> threads(CommandSpec command, Settings.Clock read) {
        List<Integer> numbers = threads.isEmpty() ? together ? List.of(1) : List.of(1, 2) : threads;
        int processors = Runtime.getRuntime().availableProcessors();
        for (int number : numbers) {
            if (number < 1 || number > processors) {
                throw wrong(
                        command, "--threads must be between 1 and this machine's " + processors + ", not " + number);
            }
        }
        if (read == Settings.Clock.CPU && !numbers.equals(List.of(1))) {
            throw wrong(command, "--clock cpu counts one thread; add --threads 1");
        }
        return numbers;
    }

    private Settings.Clock clock(CommandSpec command) {
        if (!together) {
            return clock == null ? Settings.Clock.WALL : clock;
        }
        if (clock == Settings.Clock.WALL) {
            throw wrong(
                    command, "--together takes processor time, since the engines share a processor; leave out --clock");
        }
        return Settings.Clock.CPU;
    }

    private List<Settings.Section> parts(CommandSpec command) {
        if (together && sections.contains(Settings.Section.STARTUP)) {
            throw wrong(command, "--together times training and inference; remove startup from --sections");
        }
        if (sections.isEmpty()) {
            return together
                    ? List.of(Settings.Section.TRAINING, Settings.Section.INFERENCE)
                    : List.of(Settings.Section.values());
        }
        return sections;
    }

    private List<Competitor> competitors(CommandSpec command) {
        List<Competitor> competitors;
        try {
            competitors = new ArrayList<>(Competitor.named(peers));
        } catch (IllegalArgumentException e) {
            throw wrong(command, "--peers: " + e.getMessage());
        }
        if (together && competitors.stream().noneMatch(Competitor::isReference)) {
            throw wrong(command, "--together times engines together with Convoke; add convoke to --peers");
        }
        if (against != null) {
            competitors.add(Competitor.against(against.toAbsolutePath().normalize()));
        }
        return competitors;
    }

    private static ParameterException wrong(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private void makeFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UncheckedIOException("--out " + out + ": cannot be made: " + e.getMessage(), e);
        }
    }
}
