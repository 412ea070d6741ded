package dev.convoke.bench.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Answers to test images: equal answers first, then speed. */
final class InferenceBench {
    /** Softmax of logits that float32 sums in another order made: the seventh digit. */
    private static final double ANSWER_TOLERANCE = 1e-5;
    /** bfloat16 has 8 significant bits. */
    private static final double ANSWER_TOLERANCE_BF16 = 5e-2;
    /** Answers that are compared. */
    private static final int COMPARED = 512;

    private final Settings settings;
    private final int threads;
    private final List<PeerProcess> peers;
    private final BooleanSupplier cache;

    InferenceBench(Settings settings, int threads, List<PeerProcess> peers, BooleanSupplier cache) {
        this.settings = settings;
        this.threads = threads;
        this.peers = peers;
        this.cache = cache;
    }

    /**
     * Measures one batch size.
     *
     * @param images images of a pass
     */
    Group measure(String run, int batch, int images, Path file) {
        List<PeerProcess> entrants = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (PeerProcess peer : peers) {
            try {
                peer.ask("classify-open " + file);
                entrants.add(peer);
            } catch (UnsupportedOperationException e) {
                rows.add(Row.unsupported(peer.competitor(), "not supported: " + e.getMessage()));
            }
        }
        List<Turns.Work> turns = new ArrayList<>();
        for (PeerProcess peer : entrants) {
            turns.add(() -> new Turns.Done(images, Long.parseLong(peer.ask("classify"))));
        }
        Turns alternation = new Turns(settings.rounds(), settings.seconds(), cache);
        List<Rates> rates = alternation.measure(turns);
        List<String> answers =
                entrants.stream().map(peer -> peer.ask("answers " + COMPARED)).toList();
        String reference = reference(entrants, answers);
        for (int i = 0; i < entrants.size(); i++) {
            Competitor competitor = entrants.get(i).competitor();
            double difference = difference(reference, answers.get(i));
            rows.add(new Row(competitor, rates.get(i), difference, disagreement(competitor, difference)));
            entrants.get(i).ask("close");
        }
        rows.sort((a, b) -> Competitor.ALL.indexOf(a.competitor()) - Competitor.ALL.indexOf(b.competitor()));
        return new Group(
                Settings.Section.INFERENCE,
                run,
                batch,
                threads,
                WeightState.AFTER_AN_EPOCH,
                Map.of(),
                alternation.takenAgain(),
                rows);
    }

    private static String reference(List<PeerProcess> entrants, List<String> answers) {
        for (int i = 0; i < entrants.size(); i++) {
            if (entrants.get(i).competitor().name().equals(Competitor.REFERENCE)) {
                return answers.get(i);
            }
        }
        return answers.isEmpty() ? "" : answers.get(0);
    }

    /** The largest difference of a confidence; infinite where a class differs. */
    static double difference(String reference, String answers) {
        String[] expected = reference.split(" ", -1);
        String[] given = answers.split(" ", -1);
        if (expected.length != given.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            String[] one = expected[i].split(":", -1);
            String[] other = given[i].split(":", -1);
            if (!one[0].equals(other[0])) {
                return Double.POSITIVE_INFINITY;
            }
            largest = Math.max(largest, Math.abs(Double.parseDouble(one[1]) - Double.parseDouble(other[1])));
        }
        return largest;
    }

    private static String disagreement(Competitor competitor, double difference) {
        double tolerance = competitor.name().endsWith("bf16") ? ANSWER_TOLERANCE_BF16 : ANSWER_TOLERANCE;
        return difference <= tolerance
                ? ""
                : String.format(Locale.ROOT, "answers differ by %.2g: another network or other work", difference);
    }
}
