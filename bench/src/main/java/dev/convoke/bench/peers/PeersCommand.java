package dev.convoke.bench.peers;

import dev.convoke.datasets.DatasetException;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.Suites;
import dev.convoke.train.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        description = "The same training steps and answers on Convoke, PyTorch, Deeplearning4j and ONNX Runtime, in"
                + " alternation; tables of medians, spread and ratios, and peers.json.",
        footerHeading = "%nExample:%n",
        footer = "  ./convoke bench peers --batches 32 --threads 1 --sections training")
public final class PeersCommand implements Callable<Integer> {
    /** System property that names the repository, which the launcher sets. */
    static final String HOME = "convoke.home";

    private static final int DONE = 0;
    private static final int FAULT = 1;
    private static final int CONFIGURATION = 3;
    private static final int DATA = 4;
    private static final int DEVICE = 6;
    private static final int GATE = 7;

    private static final List<String> NETWORKS = List.of("base-adam", "batch-norm", "four-blocks", "two-blocks");

    @Spec
    @Nullable CommandSpec spec;

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "RUN",
            description = "Runs of the report whose networks are trained, or all for base-adam, batch-norm, four-blocks"
                    + " and two-blocks. Default: ${DEFAULT-VALUE}.")
    List<String> models = List.of("base-adam");

    @Option(
            names = "--batches",
            split = ",",
            paramLabel = "N",
            description = "Images a step. Default: ${DEFAULT-VALUE}.",
            defaultValue = "32,128")
    List<Integer> batches = List.of();

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "Threads of every engine. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1,2")
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
                            + " too. Default: wall.")
    Settings.Clock clock = Settings.Clock.WALL;

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
            description = "Of training, inference, startup. Default: all.")
    List<Settings.Section> sections = List.of(Settings.Section.values());

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
        List<String> runs = models.equals(List.of("all")) ? NETWORKS : models;
        runs.forEach(Suites::ofRun); // Refuses a run that there is not, before anything is trained.
        if (rounds < 1) {
            throw wrong(command, "--rounds must be at least 1, not " + rounds);
        }
        if (!(seconds > 0 && seconds <= 60)) {
            throw wrong(command, "--seconds must lie above 0 and not above 60, not " + seconds);
        }
        for (int number : threads) {
            int processors = Runtime.getRuntime().availableProcessors();
            if (number < 1 || number > processors) {
                throw wrong(
                        command, "--threads must lie between 1 and this machine's " + processors + ", not " + number);
            }
        }
        if (clock == Settings.Clock.CPU && !threads.equals(List.of(1))) {
            throw wrong(command, "--clock cpu counts one thread; add --threads 1");
        }
        for (int number : batches) {
            if (number < 1) {
                throw wrong(command, "--batches must be at least 1, not " + number);
            }
        }
        List<Competitor> competitors;
        try {
            competitors = Competitor.named(peers);
        } catch (IllegalArgumentException e) {
            throw wrong(command, "--peers: " + e.getMessage());
        }
        Path home = Path.of(System.getProperty(HOME, "")).toAbsolutePath();
        return new Settings(
                runs,
                batches,
                threads,
                rounds,
                seconds,
                clock,
                competitors,
                EnumSet.copyOf(sections),
                home,
                out.toAbsolutePath());
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
