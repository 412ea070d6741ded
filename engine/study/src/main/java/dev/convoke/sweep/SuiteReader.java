package dev.convoke.sweep;

import dev.convoke.backend.StateLayout;
import dev.convoke.datasets.NearestName;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.UpdateRule;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.settings.LocatedValue;
import dev.convoke.train.Validation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a suite from YAML and refuses, in one line, whatever it does not understand. */
public final class SuiteReader {
    private static final int VERSION = 1;
    private static final int MAX_RUNS = 1000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._=,-]{0,99}");
    private static final List<String> KEYS = List.of(
            "convoke",
            "name",
            "title",
            "description",
            "dataset",
            "validation",
            "seeds",
            "base",
            "runs",
            "grid",
            "list",
            StudyReader.FILE,
            "claims",
            "published",
            "tables",
            "figures",
            "notes");
    private static final List<String> RUN_KEYS = List.of("name", "title", "notes", "start_from");

    private final LocatedValue root;
    private final Map<String, LocatedValue> entries;

    private SuiteReader(LocatedValue root) {
        this.root = root;
        this.entries = root.map(KEYS);
    }

    /**
     * Reads a suite.
     *
     * @param source what messages call the text, usually its file
     * @throws ConfigurationException with file, line, key and, where a name is misspelled, the nearest valid one
     */
    public static Suite read(String source, String text) {
        return read(source, text, new StudyFiles(path -> Optional.empty()));
    }

    /** The same, with files that its study may refer to. */
    static Suite read(String source, String text, StudyFiles files) {
        return new SuiteReader(YamlReader.read(source, text)).read(text, files);
    }

    /** The runs only, without the study. */
    static List<Suite.Run> runsOf(String source, String text) {
        SuiteReader reader = new SuiteReader(YamlReader.read(source, text));
        List<Suite.Run> runs = reader.runs();
        reader.checkStarts(runs);
        return runs;
    }

    private Suite read(String text, StudyFiles files) {
        require("convoke").whole(VERSION, VERSION);
        String name = name(require("name"));
        List<Suite.Run> runs = runs();
        checkStarts(runs);
        String dataset = text("dataset", "mnist");
        Validation validation =
                entries.containsKey("validation") ? validation(require("validation")) : new Validation.OnTest();
        Study study = StudyReader.read(entries, new StudyReader.Context(dataset, validation, runs), files);
        return new Suite(
                name,
                text("title", name),
                text("description", ""),
                dataset,
                validation,
                entries.containsKey("seeds") ? Seeds.read(require("seeds")) : Seeds.count(1),
                runs,
                study,
                text,
                files.all(),
                sha256(text),
                root.source());
    }

    private LocatedValue require(String key) {
        LocatedValue setting = entries.get(key);
        if (setting == null) {
            throw root.error("'" + key + "' is missing");
        }
        return setting;
    }

    private String text(String key, String otherwise) {
        LocatedValue setting = entries.get(key);
        return setting == null ? otherwise : setting.text();
    }

    private static String name(LocatedValue setting) {
        String name = setting.text();
        if (!NAME.matcher(name).matches()) {
            throw setting.error("'" + name + "' cannot name a folder; use letters, digits, '-', '_' and '.'");
        }
        return name;
    }

    /**
     * Reads a validation from the command line: {@code test}, {@code own}, {@code auto}, a number of images or a share.
     *
     * @throws ConfigurationException if it is none of these
     */
    public static Validation validation(String typed) {
        boolean number = !typed.isEmpty() && Character.isDigit(typed.charAt(0));
        LocatedValue amount = number ? YamlReader.read("command line", typed) : LocatedValue.of("", "", typed);
        Object value = number ? Map.of("holdout", Objects.requireNonNull(amount.plain())) : typed;
        return validation(LocatedValue.of("command line", "validation", value));
    }

    static Validation validation(LocatedValue setting) {
        if (!setting.isMap()) {
            return switch (setting.oneOf(List.of("test", "own", "auto"))) {
                case "own" -> new Validation.OwnPart();
                case "auto" -> new Validation.Auto();
                default -> new Validation.OnTest();
            };
        }
        LocatedValue amount = setting.map(List.of("holdout")).get("holdout");
        if (amount == null) {
            throw setting.error("needs 'holdout', a number of images or a share below 1");
        }
        double held = amount.value() instanceof String ? fraction(amount) : amount.number();
        return amount.check(() -> new Validation.HeldOut(held));
    }

    /** A share such as {@code 1/6}. */
    private static double fraction(LocatedValue setting) {
        String[] parts = setting.text().split("/", -1);
        try {
            if (parts.length == 2) {
                return Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
            }
        } catch (NumberFormatException e) {
            // Reported below, with the location.
        }
        throw setting.error(
                "expected a number of images or a share such as 0.1 or 1/6, found '" + setting.text() + "'");
    }

    private List<Suite.Run> runs() {
        ParameterMap base = ParameterMap.defaults();
        if (entries.containsKey("base")) {
            base = base.plus(require("base").map());
        }
        List<Suite.Run> runs = new ArrayList<>();
        if (entries.containsKey("runs")) {
            for (LocatedValue run : require("runs").list()) {
                runs.add(run(base, run));
            }
        }
        for (RunGenerator.Generated generated : generated()) {
            runs.add(Suite.run(
                    generated.name(), generated.name(), List.of(), Optional.empty(), base.plus(generated.changes())));
        }
        if (runs.isEmpty() || runs.size() > MAX_RUNS) {
            throw root.error("needs one to " + MAX_RUNS + " runs under 'runs', 'grid' or 'list', not " + runs.size());
        }
        Set<String> names = new HashSet<>();
        for (Suite.Run run : runs) {
            if (!names.add(run.name())) {
                throw root.error("two runs are named '" + run.name() + "'");
            }
        }
        return runs;
    }

    private List<RunGenerator.Generated> generated() {
        List<RunGenerator.Generated> generated = new ArrayList<>();
        if (entries.containsKey("grid")) {
            generated.addAll(RunGenerator.grid(require("grid"), MAX_RUNS));
        }
        if (entries.containsKey("list")) {
            generated.addAll(RunGenerator.list(require("list")));
        }
        return generated;
    }

    private static Suite.Run run(ParameterMap base, LocatedValue setting) {
        Map<String, LocatedValue> changes = new LinkedHashMap<>(setting.map());
        changes.forEach((key, entry) -> {
            if (!RUN_KEYS.contains(key) && !ParameterMap.isParameter(key)) {
                throw entry.error("unknown key" + NearestName.hint(ParameterMap.with(RUN_KEYS), key));
            }
        });
        LocatedValue name = changes.remove("name");
        if (name == null) {
            throw setting.error("needs a 'name'");
        }
        LocatedValue title = changes.remove("title");
        LocatedValue notes = changes.remove("notes");
        LocatedValue startFrom = changes.remove("start_from");
        return Suite.run(
                name(name),
                title == null ? name.text() : title.text(),
                notes(notes),
                startFrom == null ? Optional.empty() : Optional.of(startFrom.text()),
                base.plus(changes));
    }

    private static List<String> notes(@Nullable LocatedValue setting) {
        return setting == null
                ? List.of()
                : setting.list().stream().map(LocatedValue::text).toList();
    }

    /** Every run to start from is there, leads to a fresh one, and has the same network. */
    private void checkStarts(List<Suite.Run> runs) {
        Map<String, Suite.Run> byName = new LinkedHashMap<>();
        runs.forEach(run -> byName.put(run.name(), run));
        for (Suite.Run run : runs) {
            Suite.Run at = run;
            for (int hops = 0; at.startFrom().isPresent(); hops++) {
                String parent = at.startFrom().get();
                Suite.Run next = byName.get(parent);
                if (next == null) {
                    throw root.error("run '" + at.name() + "' starts from '" + parent + "', which is not a run"
                            + NearestName.hint(byName.keySet(), parent));
                }
                if (hops > runs.size()) {
                    throw root.error("run '" + run.name() + "' starts, in the end, from itself");
                }
                checkSameNetwork(at, next);
                at = next;
            }
        }
    }

    private void checkSameNetwork(Suite.Run run, Suite.Run parent) {
        if (!layout(run).equals(layout(parent))) {
            throw root.error(
                    "run '" + run.name() + "' starts from '" + parent.name() + "', whose network has other weights");
        }
    }

    /** Names and shapes of what the network learns, for images of the usual size. */
    private StateLayout layout(Suite.Run run) {
        try {
            int classes = ModelSummary.DEFAULT_CLASSES;
            ModelSpec model = new ModelSpec(
                    run.name(),
                    ModelSummary.DEFAULT_INPUT,
                    ModelBuilder.nodes(run.settings().network(), classes),
                    Loss.SoftmaxCrossEntropy.of(classes, 0));
            return StateLayout.of(ModelSummary.compile(model), UpdateRule.of(Optimizer.Sgd.DEFAULT));
        } catch (ModelException e) {
            throw new ConfigurationException(root.source() + ": " + e.getMessage(), e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
