package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Training steps: equal first losses first, then speed. */
final class TrainingBench {
    /** Sums of float32 products in another order: the losses near 2.3 differ in the seventh digit, wrong work in the second. */
    private static final double LOSS_TOLERANCE = 1e-4;
    /** bfloat16 has 8 significant bits; a loss from logits so rounded agrees to about that. */
    private static final double LOSS_TOLERANCE_BF16 = 2e-2;
    /** Steps whose losses are compared: the first sees the way forward, the others gradients and updates too. */
    private static final int COMPARED_STEPS = 4;

    /**
     * Adam's first steps move a weight by about the learning rate, however small its gradient, so that rounding in a gradient
     * near 0 turns a move around; and engines place epsilon differently. Over three steps that is a small part of what the
     * losses fall by, some tenths.
     */
    private static final double LATER_TOLERANCE = 1e-2;

    private static final double LATER_TOLERANCE_BF16 = 1e-1;
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

    /**
     * One engine that takes part.
     *
     * @param first the first step's loss
     * @param later the mean loss of the steps behind it, which follow from gradients and updates
     */
    private record Entrant(PeerProcess peer, double first, double later) {}

    Group measure(TrainingCase work) {
        List<Entrant> entrants = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (PeerProcess peer : peers) {
            try {
                entrants.add(losses(peer, work));
            } catch (UnsupportedOperationException e) {
                rows.add(Row.without(peer.competitor(), EngineOutcome.UNSUPPORTED, "not supported: " + e.getMessage()));
            } catch (PeerFailure e) {
                rows.add(Row.without(peer.competitor(), EngineOutcome.FAILED, e.reason()));
            }
        }
        List<EngineTimer.Work> passes = new ArrayList<>();
        for (Entrant entrant : entrants) {
            entrant.peer().ask("train-open " + work.file() + " on");
            passes.add(pass(entrant.peer(), work));
        }
        int reference = reference(entrants);
        EngineTimer timing = EngineTimer.of(settings, cache);
        List<EngineTimer.Measured> measured = timing.measure(passes, reference);
        for (int i = 0; i < entrants.size(); i++) {
            Entrant entrant = entrants.get(i);
            String difference = reference < 0 ? "" : disagreement(entrant, entrants.get(reference));
            rows.add(settings.row(entrant.peer().competitor(), measured.get(i), entrant.first(), difference));
            entrant.peer().ask("close");
        }
        rows.sort(Comparator.comparingInt(row -> row.competitor().place()));
        return new Group(
                Settings.Section.TRAINING,
                work.run(),
                work.batch(),
                threads,
                work.state(),
                work.liveWindows(),
                timing.takenAgain(),
                rows);
    }

    private static Entrant losses(PeerProcess peer, TrainingCase work) {
        peer.ask("train-open " + work.file() + " off");
        double first = peer.train(0, 1).loss();
        int steps = Math.min(COMPARED_STEPS, work.steps());
        return new Entrant(peer, first, steps > 1 ? peer.train(1, steps).loss() : first);
    }

    private static int reference(List<Entrant> entrants) {
        for (int i = 0; i < entrants.size(); i++) {
            if (entrants.get(i).peer().competitor().isReference()) {
                return i;
            }
        }
        return -1;
    }

    private static String disagreement(Entrant entrant, Entrant reference) {
        boolean bf16 = entrant.peer().competitor().isBfloat16();
        String first = disagreement(
                "first-step loss", entrant.first(), reference.first(), bf16 ? LOSS_TOLERANCE_BF16 : LOSS_TOLERANCE);
        return first.isEmpty()
                ? disagreement(
                        "mean loss of the steps behind the first",
                        entrant.later(),
                        reference.later(),
                        bf16 ? LATER_TOLERANCE_BF16 : LATER_TOLERANCE)
                : first;
    }

    private static String disagreement(String what, double loss, double expected, double tolerance) {
        return Math.abs(loss - expected) <= tolerance
                ? ""
                : String.format(
                        Locale.ROOT, "%s %.6f is not %.6f: another network or other work", what, loss, expected);
    }

    /** Every pass starts from the same weights and trains the same batches. */
    private EngineTimer.Work pass(PeerProcess peer, TrainingCase work) {
        int steps = affordable(peer, work);
        return () -> {
            peer.ask("reset");
            PeerProcess.Trained trained = peer.train(0, steps);
            return new EngineTimer.Done((long) steps * work.batch(), trained.nanos(), trained.otherNanos());
        };
    }

    private int affordable(PeerProcess peer, TrainingCase work) {
        double longest = LONGEST_PASS_TURNS * settings.seconds() * 1e9;
        peer.train(0, 1);
        PeerProcess.Trained second = peer.train(1, Math.min(2, work.steps()));
        long each = Math.max(1, second.nanos() + second.otherNanos());
        return (int) Math.min(work.steps(), Math.max(FEWEST_STEPS, longest / each));
    }
}
