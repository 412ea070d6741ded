package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.settings.LocatedValue;
import dev.convoke.sweep.ClaimTest.Bound;
import dev.convoke.sweep.ClaimTest.Direction;
import dev.convoke.sweep.Study.Claim;
import dev.convoke.sweep.Study.FigureForm;
import dev.convoke.sweep.Study.Published;
import dev.convoke.sweep.Study.PublishedClass;
import dev.convoke.sweep.Study.PublishedEpoch;
import dev.convoke.sweep.Study.PublishedRun;
import dev.convoke.sweep.Study.RunSource;
import dev.convoke.sweep.Study.StudyFigure;
import dev.convoke.sweep.Study.StudyTable;
import dev.convoke.train.Validation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the study of a suite, from the suite itself and from its optional study file. */
final class StudyReader {
    /** The key that names a file with any of the {@link #PARTS}. */
    static final String FILE = "study";

    /** The keys of a study, which may be in the suite or in its study file. */
    static final List<String> PARTS = List.of("claims", "published", "tables", "figures", "notes");

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,19}");
    private static final int MOST_CLAIMS = 200;
    private static final int LAST_EPOCH = 100_000;
    private static final List<String> FORMS = List.of("difference", "ordering", "best", "equivalence", "overfitting");
    private static final List<String> METRICS =
            Arrays.stream(Metric.values()).map(Metric::label).toList();

    private final Context suite;
    private final StudyFiles files;

    /** What a study needs to know of its suite. */
    record Context(String dataset, Validation validation, List<Suite.Run> runs) {
        List<String> names() {
            return runs.stream().map(Suite.Run::name).toList();
        }
    }

    private StudyReader(Context suite, StudyFiles files) {
        this.suite = suite;
        this.files = files;
    }

    /**
     * Reads the study of a suite.
     *
     * @param entries of the suite
     * @throws ConfigurationException with file, line and key
     */
    static Study read(Map<String, LocatedValue> entries, Context suite, StudyFiles files) {
        return new StudyReader(suite, files).study(entries);
    }

    /** A value and the path of its file, to which further file names are relative. */
    private record Placed(LocatedValue setting, String file) {}

    private Study study(Map<String, LocatedValue> entries) {
        Map<String, Placed> parts = new LinkedHashMap<>();
        for (String part : PARTS) {
            LocatedValue setting = entries.get(part);
            if (setting != null) {
                parts.put(part, new Placed(setting, ""));
            }
        }
        LocatedValue name = entries.get(FILE);
        if (name != null) {
            StudyFiles.Found file = files.read(name, "");
            YamlReader.read(file.path(), file.text()).map(PARTS).forEach((part, setting) -> {
                if (parts.put(part, new Placed(setting, file.path())) != null) {
                    throw setting.error("is in the suite too; keep one of them");
                }
            });
        }
        Optional<Study.Notes> notes = Optional.ofNullable(parts.get("notes")).map(part -> notes(part.setting()));
        int last = notes.map(each -> each.items().size()).orElse(0);
        return new Study(
                Optional.ofNullable(parts.get("claims"))
                        .map(part -> claims(part.setting()))
                        .orElse(List.of()),
                Optional.ofNullable(parts.get("published")).map(this::published),
                Optional.ofNullable(parts.get("tables"))
                        .map(part -> tables(part.setting(), last))
                        .orElse(List.of()),
                Optional.ofNullable(parts.get("figures"))
                        .map(part -> figures(part.setting(), last))
                        .orElse(List.of()),
                notes);
    }

    private List<Claim> claims(LocatedValue setting) {
        List<Claim> claims = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (LocatedValue each : setting.list()) {
            Claim claim = claim(each);
            if (!ids.add(claim.id())) {
                throw each.error("two claims have the id '" + claim.id() + "'");
            }
            claims.add(claim);
        }
        if (claims.size() > MOST_CLAIMS) {
            throw setting.error("has " + claims.size() + " claims; at most " + MOST_CLAIMS + " are judged together");
        }
        return claims;
    }

    private Claim claim(LocatedValue setting) {
        Map<String, LocatedValue> entries = setting.map(List.of("id", "text", "tests", "remark", "not_tested"));
        LocatedValue id = require(setting, entries, "id");
        if (!ID.matcher(id.text()).matches()) {
            throw id.error("'" + id.text() + "' cannot be an id; use up to 20 letters, digits, '-', '_' and '.'");
        }
        Optional<String> notTested =
                Optional.ofNullable(entries.get("not_tested")).map(LocatedValue::text);
        List<ClaimTest> tests = new ArrayList<>();
        if (entries.containsKey("tests") || notTested.isEmpty()) {
            require(setting, entries, "tests").list().forEach(each -> tests.add(test(each)));
        }
        if (tests.isEmpty() && notTested.isEmpty()) {
            throw setting.error("needs at least one of 'tests', or 'not_tested' with the reason");
        }
        return new Claim(
                id.text(), require(setting, entries, "text").text(), tests, text(entries, "remark"), notTested);
    }

    private ClaimTest test(LocatedValue setting) {
        Map<String, LocatedValue> forms = setting.map(FORMS);
        if (forms.size() != 1) {
            throw setting.error("needs exactly one of " + String.join(", ", FORMS));
        }
        String form = forms.keySet().iterator().next();
        LocatedValue test = forms.values().iterator().next();
        return switch (form) {
            case "difference" -> difference(test);
            case "ordering" -> ordering(test);
            case "best" -> best(test);
            case "equivalence" -> equivalence(test);
            default -> overfitting(test);
        };
    }

    private ClaimTest difference(LocatedValue setting) {
        Map<String, LocatedValue> entries =
                setting.map(List.of("higher", "lower", "than", "metric", "size", "at_least"));
        if (entries.containsKey("higher") == entries.containsKey("lower")) {
            throw setting.error("needs one of 'higher' and 'lower', with the name of a run");
        }
        if (entries.containsKey("size") && entries.containsKey("at_least")) {
            throw setting.error("takes 'size' or 'at_least', not both");
        }
        Direction direction = entries.containsKey("higher") ? Direction.HIGHER : Direction.LOWER;
        Metric metric = metric(entries);
        String first = run(require(setting, entries, direction == Direction.HIGHER ? "higher" : "lower"));
        LocatedValue than = require(setting, entries, "than");
        requireOther(than, first);
        LocatedValue size = entries.getOrDefault("size", entries.get("at_least"));
        return new ClaimTest.Difference(
                first,
                direction,
                run(than),
                metric,
                entries.containsKey("at_least") ? Bound.AT_LEAST : Bound.SIZE,
                size == null ? OptionalDouble.empty() : OptionalDouble.of(size(size, metric)));
    }

    private ClaimTest ordering(LocatedValue setting) {
        Map<String, LocatedValue> entries = setting.map(List.of("best_first", "metric"));
        LocatedValue runs = require(setting, entries, "best_first");
        List<String> names = runs(runs);
        if (names.size() < 2) {
            throw runs.error("needs at least two runs");
        }
        return new ClaimTest.Ordering(names, metric(entries));
    }

    private ClaimTest best(LocatedValue setting) {
        Map<String, LocatedValue> entries = setting.map(List.of("run", "of", "metric"));
        String run = run(require(setting, entries, "run"));
        LocatedValue of = entries.get("of");
        List<String> rivals = of == null ? suite.names() : runs(of);
        List<String> others =
                rivals.stream().filter(rival -> !rival.equals(run)).toList();
        if (others.isEmpty()) {
            throw setting.error("needs at least one run beside '" + run + "'");
        }
        return new ClaimTest.BestOf(run, others, metric(entries));
    }

    private ClaimTest equivalence(LocatedValue setting) {
        Map<String, LocatedValue> entries = setting.map(List.of("runs", "margin", "metric"));
        LocatedValue runs = require(setting, entries, "runs");
        List<String> names = runs(runs);
        if (names.size() != 2) {
            throw runs.error("needs exactly two runs");
        }
        Metric metric = metric(entries);
        return new ClaimTest.Equivalence(
                names.get(0), names.get(1), metric, size(require(setting, entries, "margin"), metric));
    }

    private ClaimTest overfitting(LocatedValue setting) {
        Map<String, LocatedValue> entries = setting.map(List.of("run", "epochs"));
        return new ClaimTest.Overfitting(
                run(require(setting, entries, "run")), epochs(require(setting, entries, "epochs")));
    }

    private static Set<Integer> epochs(LocatedValue setting) {
        Set<Integer> epochs = new LinkedHashSet<>();
        setting.list().forEach(epoch -> epochs.add((int) epoch.whole(2, LAST_EPOCH)));
        if (epochs.isEmpty()) {
            throw setting.error("needs at least one epoch, from 2 on");
        }
        return epochs;
    }

    /** A size in the unit of a metric. */
    private static double size(LocatedValue setting, Metric metric) {
        double size = setting.number();
        if (!(size > 0)) {
            throw setting.error("must be above 0; 'higher' and 'lower' say the direction");
        }
        if (metric.isAccuracy() && size >= 1) {
            throw setting.error("an accuracy is a share of 1: 0.003 is 0.3 points");
        }
        return size;
    }

    private static Metric metric(Map<String, LocatedValue> entries) {
        LocatedValue setting = entries.get("metric");
        return setting == null ? Metric.VAL_ACCURACY : metric(setting.oneOf(METRICS));
    }

    private List<String> runs(LocatedValue setting) {
        List<String> names = setting.list().stream().map(this::run).toList();
        if (new HashSet<>(names).size() < names.size()) {
            throw setting.error("names a run twice");
        }
        return names;
    }

    private String run(LocatedValue setting) {
        List<String> names = suite.names();
        if (!names.contains(setting.text())) {
            throw setting.error("there is no run '" + setting.text() + "'" + NearestName.hint(names, setting.text()));
        }
        return setting.text();
    }

    private static void requireOther(LocatedValue setting, String first) {
        if (setting.text().equals(first)) {
            throw setting.error("compares '" + first + "' with itself");
        }
    }

    private static LocatedValue require(LocatedValue owner, Map<String, LocatedValue> entries, String key) {
        LocatedValue setting = entries.get(key);
        if (setting == null) {
            throw owner.error("needs '" + key + "'");
        }
        return setting;
    }

    private static String text(Map<String, LocatedValue> entries, String key) {
        LocatedValue setting = entries.get(key);
        return setting == null ? "" : setting.text();
    }

    private Published published(Placed part) {
        LocatedValue setting = part.setting();
        Map<String, LocatedValue> entries = setting.map(
                List.of("name", "dataset", "digest", "validation", "suite", "history", "classes", "values"));
        LocatedValue other = entries.get("suite");
        List<Suite.Run> settings = suite.runs();
        if (other != null) {
            StudyFiles.Found file = files.read(other, part.file());
            settings = SuiteReader.runsOf(file.path(), file.text());
        }
        Map<String, List<PublishedEpoch>> histories = new LinkedHashMap<>();
        if (entries.containsKey("values")) {
            entries.get("values").map().forEach((run, values) -> {
                requireRun(values, run);
                histories.put(run, List.of(new PublishedEpoch(1, figures(values))));
            });
        }
        if (entries.containsKey("history")) {
            StudyFiles.Found file = files.read(entries.get("history"), part.file());
            CsvTable.rows(file.path(), file.text())
                    .forEach(row -> histories
                            .computeIfAbsent(run(row), run -> new ArrayList<>())
                            .add(new PublishedEpoch(row.whole("epoch"), figures(row))));
        }
        Map<String, List<PublishedClass>> classes = new LinkedHashMap<>();
        if (entries.containsKey("classes")) {
            StudyFiles.Found file = files.read(entries.get("classes"), part.file());
            CsvTable.rows(file.path(), file.text())
                    .forEach(row -> classes.computeIfAbsent(run(row), run -> new ArrayList<>())
                            .add(new PublishedClass(
                                    row.text("class"),
                                    row.number("precision"),
                                    row.number("recall"),
                                    row.number("f1"),
                                    row.whole("support"))));
        }
        Map<String, PublishedRun> runs = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>(histories.keySet());
        names.addAll(classes.keySet());
        names.forEach(name -> runs.put(
                name,
                new PublishedRun(
                        name, histories.getOrDefault(name, List.of()), classes.getOrDefault(name, List.of()))));
        if (runs.isEmpty()) {
            throw setting.error("needs figures: 'values', 'history' or 'classes'");
        }
        return new Published(
                entries.containsKey("name") ? entries.get("name").text() : "published",
                entries.containsKey("dataset") ? entries.get("dataset").text() : suite.dataset(),
                text(entries, "digest"),
                entries.containsKey("validation")
                        ? SuiteReader.validation(entries.get("validation"))
                        : suite.validation(),
                settings.stream()
                        .collect(Collectors.toMap(Suite.Run::name, run -> new RunSource(run.given(), run.startFrom()))),
                runs);
    }

    private void requireRun(LocatedValue setting, String run) {
        List<String> names = suite.names();
        if (!names.contains(run)) {
            throw setting.error("there is no run '" + run + "'" + NearestName.hint(names, run));
        }
    }

    private String run(CsvTable.Row row) {
        String run = row.text("run");
        List<String> names = suite.names();
        if (!names.contains(run)) {
            throw row.error("run: there is no run '" + run + "'" + NearestName.hint(names, run));
        }
        return run;
    }

    private static Map<Metric, Double> figures(CsvTable.Row row) {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            if (row.has(metric.label())) {
                figures.put(metric, row.number(metric.label()));
            }
        }
        return figures;
    }

    private static Map<Metric, Double> figures(LocatedValue setting) {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        setting.map(METRICS).forEach((name, value) -> figures.put(metric(name), value.number()));
        return figures;
    }

    private static Metric metric(String label) {
        return Metric.valueOf(label.toUpperCase(Locale.ROOT));
    }

    private List<StudyTable> tables(LocatedValue setting, int lastNote) {
        List<StudyTable> tables = new ArrayList<>();
        for (LocatedValue table : setting.list()) {
            Map<String, LocatedValue> entries = table.map(List.of("title", "rows"));
            tables.add(new StudyTable(
                    require(table, entries, "title").text(),
                    require(table, entries, "rows").list().stream()
                            .map(row -> row(row, lastNote))
                            .toList()));
        }
        return tables;
    }

    private Study.Row row(LocatedValue setting, int lastNote) {
        List<String> keys = new ArrayList<>(List.of("label", "run", "notes"));
        keys.addAll(METRICS);
        Map<String, LocatedValue> entries = setting.map(keys);
        String run = run(require(setting, entries, "run"));
        Map<Metric, Double> printed = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            LocatedValue figure = entries.get(metric.label());
            if (figure != null) {
                printed.put(metric, figure.number());
            }
        }
        return new Study.Row(
                entries.containsKey("label") ? entries.get("label").text() : run,
                run,
                printed,
                noteNumbers(entries.get("notes"), lastNote));
    }

    private List<StudyFigure> figures(LocatedValue setting, int lastNote) {
        return setting.list().stream().map(figure -> figure(figure, lastNote)).toList();
    }

    private StudyFigure figure(LocatedValue setting, int lastNote) {
        Map<String, LocatedValue> entries = setting.map(List.of("title", "form", "runs", "epochs", "caption", "notes"));
        FigureForm form = require(setting, entries, "form").constant(FigureForm.class);
        LocatedValue named = entries.get("runs");
        List<String> runs = named == null ? List.of() : runs(named);
        int fewest = form == FigureForm.ARCHITECTURE ? 0 : 1;
        int most = form == FigureForm.ARCHITECTURE ? 0 : form == FigureForm.OVERFITTING ? 1 : Integer.MAX_VALUE;
        if (runs.size() < fewest || runs.size() > most) {
            throw setting.error(
                    form == FigureForm.ARCHITECTURE
                            ? "'architecture' draws the networks of all runs; leave 'runs' out"
                            : form == FigureForm.OVERFITTING
                                    ? "'overfitting' needs 'runs' with one run"
                                    : "needs 'runs' with at least one run");
        }
        return new StudyFigure(
                require(setting, entries, "title").text(),
                form,
                runs,
                entries.containsKey("epochs") ? epochs(entries.get("epochs")) : Set.of(),
                text(entries, "caption"),
                noteNumbers(entries.get("notes"), lastNote));
    }

    private static List<Integer> noteNumbers(@Nullable LocatedValue setting, int last) {
        if (setting == null) {
            return List.of();
        }
        if (last == 0 && !setting.list().isEmpty()) {
            throw setting.error("refers to notes, but the study has none; add 'notes'");
        }
        return setting.list().stream().map(note -> (int) note.whole(1, last)).toList();
    }

    private static Study.Notes notes(LocatedValue setting) {
        Map<String, LocatedValue> entries = setting.map(List.of("title", "word", "lead", "items"));
        List<Study.Note> items = new ArrayList<>();
        for (LocatedValue item : require(setting, entries, "items").list()) {
            if (item.isMap()) {
                Map<String, LocatedValue> note = item.map(List.of("text", "scope"));
                items.add(new Study.Note(
                        require(item, note, "text").text(),
                        note.containsKey("scope") ? note.get("scope").constant(Study.Scope.class) : Study.Scope.NAMED));
            } else {
                items.add(new Study.Note(item.text(), Study.Scope.NAMED));
            }
        }
        return new Study.Notes(
                require(setting, entries, "title").text(),
                entries.containsKey("word") ? entries.get("word").text() : "note",
                text(entries, "lead"),
                items);
    }
}
