package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.datasets.RegularFile;
import dev.convoke.settings.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Suites by name or by file. */
public final class Suites {
    /** The suites that come with the program. */
    public static final List<String> BUILT_IN = List.of("report", "report-as-described", "report-sound", "zoo", "own");

    /** The suite for the user's own data, if no run is named. */
    public static final String OWN = "own";

    private static final long MAX_BYTES = 1 << 20;

    /** The runs of the built-in suites that were asked for, so that a search by name reads each suite once. */
    private static final Map<String, List<Suite.Run>> BUILT_IN_RUNS = new ConcurrentHashMap<>();

    private Suites() {}

    /**
     * A built-in suite by its name, or a suite from a file.
     *
     * @throws ConfigurationException if there is neither, or the file is not a suite
     */
    public static Suite load(String nameOrFile) {
        if (BUILT_IN.contains(nameOrFile)) {
            return builtIn(nameOrFile);
        }
        Path file = path(nameOrFile);
        if (!Files.exists(file)) {
            throw new ConfigurationException(
                    "there is no suite and no file '" + nameOrFile + "'" + NearestName.hint(BUILT_IN, nameOrFile)
                            + (nameOrFile.contains(".") ? "" : " A file ends in .yaml."));
        }
        return SuiteReader.read(nameOrFile, text(file), new StudyFiles(path -> beside(file, path)));
    }

    private static Path path(String typed) {
        try {
            return Path.of(typed);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(
                    "'" + typed + "' cannot name a file in this locale; set LC_ALL=C.UTF-8", e);
        }
    }

    private static String text(Path file) {
        try {
            return RegularFile.text(ByteBuffer.wrap(RegularFile.read(file, MAX_BYTES)));
        } catch (IOException e) {
            throw new ConfigurationException(file + ": " + RegularFile.reason(e), e);
        }
    }

    private static Optional<String> beside(Path suite, String path) {
        Path file = suite.resolveSibling(path);
        return Files.isRegularFile(file) ? Optional.of(text(file)) : Optional.empty();
    }

    private static Suite builtIn(String name) {
        return SuiteReader.read(
                name + ".yaml", resource(name + ".yaml"), new StudyFiles(path -> Optional.of(resource(path))));
    }

    /**
     * The suite that results are of, as it was when they were made; of results that do not carry it, the built-in suite of
     * that name. Empty where there is none.
     *
     * @throws ConfigurationException if the results carry a suite that this version does not understand
     */
    public static Optional<Suite> of(SweepResults results) {
        SweepResults.SuiteFacts facts = results.suite();
        if (facts.text().isPresent()) {
            Map<String, String> files = facts.files().orElse(Map.of());
            return Optional.of(SuiteReader.read(
                    facts.name() + ".yaml",
                    facts.text().get(),
                    new StudyFiles(path -> Optional.ofNullable(files.get(path)))));
        }
        return BUILT_IN.contains(facts.name()) ? Optional.of(builtIn(facts.name())) : Optional.empty();
    }

    /** The name of the run that is trained when none is named: the first run of the first built-in suite. */
    public static String defaultRun() {
        return builtInRuns(BUILT_IN.get(0)).get(0).name();
    }

    /** Only the runs of a built-in suite: its claims and published figures cost time that a lookup should not pay. */
    private static List<Suite.Run> builtInRuns(String suite) {
        return BUILT_IN_RUNS.computeIfAbsent(
                suite, name -> SuiteReader.runsOf(name + ".yaml", resource(name + ".yaml")));
    }

    /** The JSON Schema of suites. */
    public static String suiteSchema() {
        return resource("suite.schema.json");
    }

    /** The JSON Schema of {@code results.json}. */
    public static String resultsSchema() {
        return resource("results.schema.json");
    }

    private static String resource(String name) {
        try (InputStream stream = Suites.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new AssertionError("the program's own " + name + " is missing");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The built-in suite that has a run of that name, cut down to it and the runs that it continues. Suites are searched
     * in the order of {@link #BUILT_IN}.
     *
     * @throws ConfigurationException if no suite has it; the message names the nearest
     */
    public static Suite ofRun(String run) {
        return builtIn(suiteOf(run)).only(run);
    }

    /**
     * The run of that name from the built-in suites, in the order of {@link #BUILT_IN}.
     *
     * @throws ConfigurationException if no suite has it; the message names the nearest
     */
    public static Suite.Run run(String run) {
        return named(builtInRuns(suiteOf(run)), run).orElseThrow();
    }

    /** Whether a built-in suite has a run of that name. */
    public static boolean hasRun(String run) {
        return BUILT_IN.stream()
                .anyMatch(suite -> named(builtInRuns(suite), run).isPresent());
    }

    private static String suiteOf(String run) {
        List<String> names = new ArrayList<>();
        for (String suite : BUILT_IN) {
            List<Suite.Run> runs = builtInRuns(suite);
            if (named(runs, run).isPresent()) {
                return suite;
            }
            runs.forEach(other -> names.add(other.name()));
        }
        throw new ConfigurationException("there is no run '" + run + "'"
                + NearestName.hint(names.stream().distinct().toList(), run));
    }

    private static Optional<Suite.Run> named(List<Suite.Run> runs, String name) {
        return runs.stream().filter(run -> run.name().equals(name)).findFirst();
    }
}
