package dev.convoke.bench.peers;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.convoke.sweep.Processor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a comparison found, as {@code peers.json}: plain maps and lists, described in bench/README.md. */
final class Results {
    private static final String FORMAT = "convoke-peers/2";
    private static final JSON WRITER = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final Map<String, String> engines = new LinkedHashMap<>();
    private final List<Group> groups = new ArrayList<>();
    private final List<StartUp> startUps = new ArrayList<>();

    Results(Settings settings, String dataset) {
        facts.put("format", FORMAT);
        facts.put("processor", Processor.ofMachine().name());
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        facts.put("dataset", dataset);
        facts.put("rounds", settings.rounds());
        facts.put("seconds_a_turn", settings.seconds());
        facts.put("clock", lower(settings.clock()));
        facts.put("company", lower(settings.company()));
    }

    /** Notes what an engine says of itself. */
    void engine(Competitor competitor, int threads, String description) {
        engines.put(competitor.title(threads), description);
    }

    void add(Group group) {
        groups.add(group);
    }

    void add(StartUp startUp) {
        startUps.add(startUp);
    }

    /** Tables, in the order in which they were measured. */
    List<Group> groups() {
        return List.copyOf(groups);
    }

    /** What did not agree, failed or could not be counted, one line each. */
    List<String> disagreements() {
        List<String> lines = new ArrayList<>();
        for (Group group : groups) {
            for (Row row : group.rows()) {
                if (row.standing().isFault()) {
                    lines.add(group.run() + ", batch " + group.batch() + ", "
                            + group.state().words() + ": " + row.competitor().title(group.threads()) + ": "
                            + row.remark());
                }
            }
        }
        return lines;
    }

    /** The whole as JSON text. */
    String json() {
        Map<String, Object> all = new LinkedHashMap<>(facts);
        all.put("engines", engines);
        all.put("groups", groups.stream().map(Results::facts).toList());
        all.put("start_up", startUps.stream().map(StartUp::facts).toList());
        try {
            return WRITER.asString(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> facts(Group group) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("section", lower(group.section()));
        facts.put("run", group.run());
        facts.put("batch", group.batch());
        facts.put("threads", group.threads());
        facts.put("weights", lower(group.state()));
        facts.put("live_windows", group.liveWindows());
        facts.put("turns_taken_again", group.takenAgain());
        group.fastestRival().ifPresent(row -> facts.put("fastest_peer", lead(row)));
        facts.put("rows", group.rows().stream().map(row -> facts(group, row)).toList());
        return facts;
    }

    private static Map<String, Object> lead(Row row) {
        Rates ratios = row.ratios().orElseThrow();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("peer", row.competitor().name());
        facts.put("convoke_is", ratios.median());
        facts.put("least", ratios.slowest());
        facts.put("most", ratios.fastest());
        return facts;
    }

    private static Map<String, Object> facts(Group group, Row row) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("peer", row.competitor().name());
        facts.put("standing", lower(row.standing()));
        Rates rates = row.rates();
        if (rates != null) {
            facts.put("images_per_second", rates.median());
            facts.put("slowest", rates.slowest());
            facts.put("fastest", rates.fastest());
            row.ratios().ifPresent(ratios -> facts.put("convoke_is", ratios.median()));
            facts.put(
                    group.section() == Settings.Section.TRAINING ? "first_loss" : "largest_difference",
                    Double.isFinite(row.check()) ? row.check() : "different class");
            facts.put("rounds", rates.perRound());
            Rates beside = row.beside();
            if (beside != null && !row.competitor().isReference()) {
                facts.put("convoke_rounds", beside.perRound());
            }
        }
        facts.put("remark", row.remark());
        return facts;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
