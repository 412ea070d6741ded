package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Training steps: equal first losses first, then speed. */
final class TrainingBench {
    /** Sums of float32 products in another order: the losses near 2.3 differ in the seventh digit, wrong work in the second. */
    private static final double LOSS_TOLERANCE = 1e-4;
    /** bfloat16 has 8 significant bits; a loss from logits so rounded agrees to about that. */
    private static final double LOSS_TOLERANCE_BF16 = 2e-2;
    /** An engine whose pass would take more than so many turns trains fewer steps of it. */
    private static final double LONGEST_PASS_TURNS = 4;

    private static final int FEWEST_STEPS = 2;

    private final Settings settings;
    private final int threads;
    private final List<PeerProcess> peers;
    private final BooleanSupplier cache;

    TrainingBench(Settings settings, int threads, List<PeerProcess> peers, BooleanSupplier cache) {
        this.settings = settings;
        this.threads = threads;
        this.peers = peers;
        this.cache = cache;
    }

    /** One engine that takes part. */
    private record Entrant(PeerProcess peer, double loss) {}

    Group measure(TrainingCase work) {
        List<Entrant> entrants = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (PeerProcess peer : peers) {
            try {
                entrants.add(new Entrant(peer, firstLoss(peer, work)));
            } catch (UnsupportedOperationException e) {
                rows.add(Row.unsupported(peer.competitor(), "not supported: " + e.getMessage()));
            }
        }
        List<Turns.Work> turns = new ArrayList<>();
        for (Entrant entrant : entrants) {
            entrant.peer().ask("train-open " + work.file() + " on");
            turns.add(pass(entrant.peer(), work));
        }
        Turns alternation = new Turns(settings.rounds(), settings.seconds(), cache);
        List<Rates> rates = alternation.measure(turns);
        double reference = reference(entrants);
        for (int i = 0; i < entrants.size(); i++) {
            Entrant entrant = entrants.get(i);
            rows.add(new Row(
                    entrant.peer().competitor(), rates.get(i), entrant.loss(), disagreement(entrant, reference)));
            entrant.peer().ask("close");
        }
        rows.sort((a, b) -> Competitor.ALL.indexOf(a.competitor()) - Competitor.ALL.indexOf(b.competitor()));
        return new Group(
                Settings.Section.TRAINING,
                work.run(),
                work.batch(),
                threads,
                work.state(),
                work.liveWindows(),
                alternation.takenAgain(),
                rows);
    }

    private static double firstLoss(PeerProcess peer, TrainingCase work) {
        peer.ask("train-open " + work.file() + " off");
        return peer.train(0, 1).loss();
    }

    /** The loss of Convoke's float32 row, else of the first engine that is there. */
    private static double reference(List<Entrant> entrants) {
        return entrants.stream()
                .filter(each -> each.peer().competitor().name().equals(Competitor.REFERENCE))
                .findFirst()
                .or(() -> entrants.stream().findFirst())
                .map(Entrant::loss)
                .orElse(Double.NaN);
    }

    private static String disagreement(Entrant entrant, double reference) {
        boolean bf16 = entrant.peer().competitor().name().endsWith("bf16");
        double tolerance = bf16 ? LOSS_TOLERANCE_BF16 : LOSS_TOLERANCE;
        double difference = Math.abs(entrant.loss() - reference);
        return difference <= tolerance
                ? ""
                : String.format(
                        Locale.ROOT,
                        "first-step loss %.6f is not %.6f: another network or other work",
                        entrant.loss(),
                        reference);
    }

    /** Every pass starts from the same weights and trains the same batches. */
    private Turns.Work pass(PeerProcess peer, TrainingCase work) {
        int steps = affordable(peer, work);
        return () -> {
            peer.ask("reset");
            return new Turns.Done(
                    (long) steps * work.batch(), peer.train(0, steps).nanos());
        };
    }

    private int affordable(PeerProcess peer, TrainingCase work) {
        double longest = LONGEST_PASS_TURNS * settings.seconds() * 1e9;
        peer.train(0, 1);
        long each = Math.max(1, peer.train(1, Math.min(2, work.steps())).nanos());
        return (int) Math.min(work.steps(), Math.max(FEWEST_STEPS, longest / each));
    }
}
