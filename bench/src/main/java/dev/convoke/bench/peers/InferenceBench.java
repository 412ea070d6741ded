package dev.convoke.bench.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Inference on test images: checks that predictions agree, then measures speed. */
final class InferenceBench {
    /** Softmax of logits that float32 sums in another order made: the seventh digit. */
    private static final double ANSWER_TOLERANCE = 1e-5;
    /** bfloat16 has 8 significant bits. */
    private static final double ANSWER_TOLERANCE_BF16 = 5e-2;
    /** Number of predictions that are compared. */
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
                peer.ask("classify");
                entrants.add(peer);
            } catch (UnsupportedOperationException e) {
                rows.add(Row.without(peer.competitor(), EngineOutcome.UNSUPPORTED, "not supported: " + e.getMessage()));
            } catch (PeerFailure e) {
                rows.add(Row.without(peer.competitor(), EngineOutcome.FAILED, e.reason()));
            }
        }
        List<EngineTimer.Work> passes = new ArrayList<>();
        for (PeerProcess peer : entrants) {
            passes.add(() -> {
                PeerProcess.Classified classified = peer.classify();
                return new EngineTimer.Done(images, classified.nanos(), classified.otherNanos());
            });
        }
        int reference = reference(entrants);
        EngineTimer timing = EngineTimer.of(settings, cache);
        List<EngineTimer.Measured> measured = timing.measure(passes, reference);
        List<String> answers =
                entrants.stream().map(peer -> peer.ask("answers " + COMPARED)).toList();
        for (int i = 0; i < entrants.size(); i++) {
            Competitor competitor = entrants.get(i).competitor();
            double difference = difference(answers.get(Math.max(0, reference)), answers.get(i));
            rows.add(settings.row(competitor, measured.get(i), difference, disagreement(competitor, difference)));
            entrants.get(i).ask("close");
        }
        rows.sort(Comparator.comparingInt(row -> row.competitor().place()));
        return new Group(
                Settings.Section.INFERENCE,
                run,
                batch,
                threads,
                WeightState.AFTER_AN_EPOCH,
                Map.of(),
                timing.takenAgain(),
                rows);
    }

    private static int reference(List<PeerProcess> entrants) {
        for (int i = 0; i < entrants.size(); i++) {
            if (entrants.get(i).competitor().isReference()) {
                return i;
            }
        }
        return -1;
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
        double tolerance = competitor.isBfloat16() ? ANSWER_TOLERANCE_BF16 : ANSWER_TOLERANCE;
        return difference <= tolerance
                ? ""
                : String.format(Locale.ROOT, "predictions differ by %.2g: another network or other work", difference);
    }
}
